"""Keys by which documents are named: a number and a title, however they are typed."""

from __future__ import annotations

import re

from archive.text.fold import fold
from archive.text.numerals import parse

# Every bracket is made a round one; 〔〕 and 【】 fold to them.
_ROUND = str.maketrans("[{<〈﹝〖]}>〉﹞〗", "(((((())))))")
_SERIAL = re.compile(r"\(?第?0*(\d+|[〇零一二三四五六七八九十百]+)号(令?)\)?$")
# What a title is quoted with, and what else is left out or typed otherwise.
_SIGNS = re.compile(r"[\W_]+")


def number_key(number: str) -> str:
    """The key of a document's number, the same in any bracket, width and spacing.

    >>> {number_key(n) for n in ("国发〔2021〕29号", "国发[2021]第29号", "国发 （2021） 029 号")}
    {'国发(2021)29号'}
    >>> {number_key(n) for n in ("中华人民共和国国务院令（第六号）", "国务院令第6号")}
    {'国务院令6号'}
    >>> {number_key(n) for n in ("云溪县人民政府第8号令", "云溪县人民政府令 第 8 号")}
    {'云溪县人民政府令8号'}
    """
    folded = "".join(fold(number).split()).translate(_ROUND).removeprefix("中华人民共和国")
    serial = _SERIAL.search(folded)
    if serial is None:
        return folded
    return f"{folded[: serial.start()]}{serial[2]}{parse(serial[1])}号"


def title_key(title: str) -> str:
    """The key of a document's title, without its signs.

    >>> title_key("关于印发《云溪县节约用水办法（试行）》的通知")
    '关于印发云溪县节约用水办法试行的通知'
    """
    return _SIGNS.sub("", fold(title))
