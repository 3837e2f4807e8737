"""Blocks as HTML, in the ways that editors and sites write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from tests.measure.quality.families.chance import Chance
from tests.measure.quality.families.texts import Block, Cell

_LATIN = re.compile(r"[0-9A-Za-z.%]+")


@dataclass(frozen=True)
class Style:
    """How an editor writes paragraphs."""

    tag: str = "p"
    attributes: str = ""
    indent: str = ""
    spans: str = ""
    bold_headings: bool = True
    align: str = 'style="text-align:right"'
    cell_tag: str = "p"
    cell_tags: bool = False
    head: str = "td"

    def paragraph(self, block: Block) -> str:
        """One block that is no table and no item."""
        inner = self._inline(block.text)
        if block.form == "heading" and self.bold_headings:
            inner = f"<strong>{inner}</strong>"
        if block.form == "closing":
            return f"<{self.tag} {self.align}>{inner}</{self.tag}>"
        start = f"{self.tag} {self.attributes}".strip()
        return f"<{start}>{self.indent if block.form != 'verse' else ''}{inner}</{self.tag}>"

    def _inline(self, text: str) -> str:
        match self.spans:
            case "word":
                # As Word saves it: digits and letters in runs of another language.
                split = _LATIN.sub(lambda m: f'</span><span lang="EN-US">{m[0]}</span><span>', text)
                return f"<span>{split}</span>"
            case "wechat":
                return f'<span style="font-size:16px" leaf="">{escape(text)}</span>'
        return escape(text, quote=False)

    def table(self, block: Block) -> str:
        """A table, its spans as attributes."""
        rows = []
        for number, row in enumerate(block.rows):
            tag = "td" if number else self.head
            cells = "".join(self._cell(cell, tag) for cell in row if not cell.covered)
            rows.append(f"<tr>{cells}</tr>")
        return (
            '<table border="1" cellspacing="0"><tbody>\n' + "\n".join(rows) + "\n</tbody></table>"
        )

    def _cell(self, cell: Cell, name: str) -> str:
        spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
        if len(cell.paragraphs) > 1 or (self.cell_tags and cell.paragraphs):
            tag = self.cell_tag
            inner = "".join(f"<{tag}>{self._inline(text)}</{tag}>" for text in cell.paragraphs)
        else:
            inner = escape(cell.text) or "&nbsp;"
        return f"<{name}{spans}>{inner}</{name}>"


# The ways to write a paragraph; each half has its own.
STYLES = (
    Style(attributes='style="text-indent:2em"'),
    Style(attributes='class="p0"', spans="word", align='align="right"', head="th"),
    Style(indent="　　", head="th"),
    Style(indent="&nbsp;&nbsp;&nbsp;&nbsp;", align='class="right-align"'),
    Style(tag="div", attributes='class="para"', bold_headings=False, cell_tag="div"),
    Style(attributes='style="margin:0;line-height:2"', indent="&emsp;&emsp;", cell_tags=True),
    Style(attributes='class="MsoNormal"', spans="word", cell_tags=True),
    Style(tag="section", spans="wechat", cell_tag="section", bold_headings=False),
)
WECHAT = Style(tag="section", spans="wechat", align='style="text-align: right;"')


def elements(blocks: Iterable[Block], style: Style) -> list[str]:
    """The blocks as elements; neighbouring items are one list.

    >>> elements([Block("item", "甲"), Block("item", "乙")], Style())
    ['<ul><li>甲</li><li>乙</li></ul>']
    """
    made = []
    for form, group in groupby(blocks, lambda block: block.form):
        if form == "item":
            items = "".join(f"<li>{escape(block.text, quote=False)}</li>" for block in group)
            made.append(f"<ul>{items}</ul>")
        elif form == "table":
            made.extend(style.table(block) for block in group)
        else:
            made.extend(style.paragraph(block) for block in group)
    return made


def breaks(blocks: Iterable[Block], separator: str = "<br>") -> str:
    """The blocks in one element, parted by line breaks; tables stand between them."""
    plain = Style()
    parts = [
        plain.table(block) if block.form == "table" else f"　　{escape(block.text, quote=False)}"
        for block in blocks
    ]
    return f"{separator}\n".join(parts)


def body(chance: Chance, blocks: Sequence[Block]) -> str:
    """The blocks in a style of the page's own."""
    if chance.likely(0.2):
        return breaks(blocks, chance.pick(("<br>", "<br/><br/>", "<BR>", "<br />")))
    return "\n".join(elements(blocks, chance.pick(STYLES)))


def menu(chance: Chance, name: str) -> str:
    """A menu whose entries stand between bars in the list `name`."""
    entries = chance.word(name).split("|")
    links = [f'<a href="/{number}/">{entry}</a>' for number, entry in enumerate(entries)]
    if chance.likely():
        return "<ul>" + "".join(f"<li>{link}</li>" for link in links) + "</ul>"
    return " | ".join(links)


def related(chance: Chance, count: int) -> str:
    """A list of links to other pages, some of which are of the same kind as the text."""
    titles = [*chance.several("related", count // 2)]
    while len(titles) < count:
        names = "".join(map(chance.word, ("other_place", "other_office")))
        titles.append(f"{names}20{chance.between(10, 23)}年{chance.word('other_kind')}")
    links = [
        f'<a href="/doc/{chance.between(1000, 99999)}.html">{title}</a>'
        for title in chance.draw(titles, count)
    ]
    tag = chance.choose(("li", "p", "dd"))
    return "".join(f"<{tag}>{link}</{tag}>" for link in links)


def broken(title: str, chance: Chance, mark: str = "<br>") -> str:
    """The title, on two lines where it is long and chance will have it."""
    if len(title) < 18 or chance.likely():
        return title
    at = len(title) // 2
    return f"{title[:at]}{mark}{title[at:]}"


def div(name: str, inner: str) -> str:
    """An element of class `name`."""
    return f'<div class="{name}">{inner}</div>'


def lines(text: str, tag: str = "p") -> str:
    """The parts of a wording between bars, each in an element."""
    return "".join(f"<{tag}>{part}</{tag}>" for part in text.split("|"))


# What nearly every page carries and no reader sees.
_SCRIPT = (
    '<script>var _st=_st||[];(function(){var s=document.createElement("script");'
    's.src="https://tj.example/c.js";document.body.appendChild(s);})();</script>'
    "<style>.main p{line-height:1.8} .tip{color:#999}</style>\n"
)


def page(head: str, content: str, charset: str = "utf-8") -> bytes:
    """A whole page, encoded as it declares; GB 2312 in name is GBK in fact."""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{charset}">\n{head}\n</head>\n'
        f"<body>\n{_SCRIPT}{content}\n</body></html>\n"
    ).encode("gbk" if charset.lower().startswith("gb") else charset, "xmlcharrefreplace")
