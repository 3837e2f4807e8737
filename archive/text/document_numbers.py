"""Numbers of documents (发文字号): one form for all ways to write the same number."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.text.fold import fold
from archive.text.numerals import parse

_YEAR = "(?:19|20)[0-9]{2}"
_FIGURE = "[0-9]+|[零〇○一二三四五六七八九十百]+"
# 国办发〔2019〕6号, 国办发2019年6号, 国办发 2019 6号, 公告2023年第6号, 〔2022〕第7期
_OF_YEAR = re.compile(
    rf"(?P<office>.*?) ?(?:\( ?(?P<in>{_YEAR}) ?年? ?\)|(?<![0-9])(?P<bare>{_YEAR})"
    rf"(?: ?年| |(?=第))) ?(?:第 ?)?(?P<serial>{_FIGURE}) ?(?P<end>[号期]?)"
)
# 令第708号, 主席令第八号, 708号
_OF_NO_YEAR = re.compile(
    rf"(?P<office>.*?) ?(?:第 ?(?P<serial>{_FIGURE})|(?P<bare>[0-9]+)(?= ?[号期]))"
    " ?(?P<end>[号期]?)"
)
# The beginning of a number, without its serial: 国办发2019
_STEM = re.compile(rf"(?P<office>.*[^0-9(]) ?(?P<year>{_YEAR}) ?年?")
_HAN = re.compile("[㐀-鿿]")
# 令（第六号）, 第8号令: 令第8号 in other order.
_ORDER = re.compile(rf"\(? ?第 ?(?P<serial>{_FIGURE}) ?号 ?(?P<order>令?) ?\)?$")
# What a speaker adds to a number: 国发〔2019〕4号文件.
_TAIL = re.compile("(?<=[号期])文件?$")
_ROUND = str.maketrans("[{<〈﹝〖]}>〉﹞〗", "(((((())))))")
_STATE = "中华人民共和国"


@lru_cache(maxsize=4_096)
def number_key(text: str) -> str:
    """Return the form in which numbers are compared, of a whole number or a part of one.

    Width, blanks, the shape of the brackets, 年, 第, 号 and leading zeros make no difference.

    >>> {number_key(f"国办发{t}") for t in ("〔2019〕6号", "[2019]06號", " 2019 6 号", "2019年第6")}
    {'国办发(2019)第6号'}
    >>> number_key("国务院令第七百零八号"), number_key("国办发〔2019〕"), number_key("云政办")
    ('国务院令第708号', '国办发(2019)', '云政办')
    >>> {number_key(f"国务院{n}") for n in ("令（第六号）", "第6号令", "令第6号")}
    {'国务院令第6号'}
    """
    plain = _plain(text)
    if found := _OF_YEAR.fullmatch(plain):
        office = f"{found['office']}({found['in'] or found['bare']})"
        return _closed(office, found["serial"], found["end"])
    if found := _OF_NO_YEAR.fullmatch(plain):
        return _closed(found["office"], found["serial"] or found["bare"], found["end"])
    if found := _STEM.fullmatch(plain):
        plain = f"{found['office']}({found['year']})"
    return "".join(plain.split())


def is_number(text: str) -> bool:
    """Whether a text is a whole number of a document, that of its office included.

    >>> is_number("国办发 2019 6号"), is_number("令第8号"), is_number("〔2019〕6号")
    (True, True, False)
    """
    plain = _plain(text)
    found = _OF_YEAR.fullmatch(plain) or _OF_NO_YEAR.fullmatch(plain)
    return found is not None and _HAN.search(found["office"]) is not None


def written_forms(text: str) -> tuple[str, ...]:
    """Return the usual forms of a whole number with its year, folded; none of another text.

    >>> written_forms("甲发2019年06号文件")[:4]
    ('甲发(2019)6号', '甲发(2019)第6号', '甲发[2019]6号', '甲发[2019]第6号')
    >>> written_forms("甲发2019年"), written_forms("令第8号")
    ((), ())
    """
    found = _OF_YEAR.fullmatch(_plain(text))
    if not (found and found["end"] and _HAN.search(found["office"])):
        return ()
    office, year = "".join(found["office"].split()), found["in"] or found["bare"]
    value = parse(found["serial"])
    serials = dict.fromkeys((found["serial"] if value is None else str(value), found["serial"]))
    return tuple(
        f"{office}{written}{ordinal}{serial}{found['end']}"
        for serial in serials
        for written in (f"({year})", f"[{year}]", f"{year}年", year)
        for ordinal in ("", "第")
        if written != year or ordinal
    )


def _plain(text: str) -> str:
    """The folded text with round brackets and single blanks, an order's number behind 令."""
    plain = " ".join(fold(text).translate(_ROUND).split()).removeprefix(_STATE)
    plain = _TAIL.sub("", plain)
    return _ORDER.sub(r"\g<order>第\g<serial>号", plain)


def _closed(office: str, serial: str, end: str) -> str:
    value = parse(serial)
    return f"{''.join(office.split())}第{serial if value is None else value}{end or '号'}"
