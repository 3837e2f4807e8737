"""The texts that the generated pages hold, and what a right reading keeps of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

Half = Literal["seen", "unseen"]
HALVES: tuple[Half, Half] = ("seen", "unseen")
Form = Literal["heading", "body", "closing", "item", "verse", "table"]

_FORMS: dict[str, Form] = {"#": "heading", ">": "closing", "-": "item", "~": "verse", "|": "table"}


@dataclass(frozen=True)
class Cell:
    """A table cell. `rows`: how many rows it spans; `covered`: one above spans this place."""

    paragraphs: tuple[str, ...] = ()
    rows: int = 1
    covered: bool = False

    @property
    def text(self) -> str:
        """The cell's paragraphs, joined by a space."""
        return " ".join(self.paragraphs)


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Block:
    """A paragraph with its form, or a whole table, which has `rows` and no text."""

    form: Form
    text: str = ""
    rows: tuple[Row, ...] = ()

    def gold(self) -> tuple[str, ...]:
        r"""The paragraphs to keep: a row is one, its cells joined by TAB, empty ones too.

        >>> Block("table", rows=((Cell(("甲",)), Cell(), Cell(("乙", "丙"))),)).gold()
        ('甲\t\t乙 丙',)
        """
        if self.form != "table":
            return (self.text,)
        return tuple("\t".join(cell.text for cell in row) for row in self.rows)


@dataclass(frozen=True)
class Text:
    """A document: its elements and its blocks in order."""

    half: Half
    kind: str
    title: str
    issuer: str
    day: str
    number: str
    blocks: tuple[Block, ...]


def gold(blocks: Iterable[Block]) -> list[str]:
    """The paragraphs to keep of `blocks`, in order."""
    return [paragraph for block in blocks for paragraph in block.gold()]


def parse(lines: Iterable[str]) -> Iterator[Block]:
    """Yield the blocks that marked lines stand for; neighbouring rows are one table.

    >>> [block.form for block in parse(["# 一、总则", "正文。", "| 甲 | 乙", "| 丙 |", "> 某局"])]
    ['heading', 'body', 'table', 'closing']
    """
    for form, group in groupby(lines, _form):
        if form == "table":
            yield Block(form, rows=tuple(map(_row, group)))
            continue
        for line in group:
            yield Block(form, line if form == "body" else line[1:].strip())


def _form(line: str) -> Form:
    return _FORMS.get(line[:1], "body")


def _row(line: str) -> Row:
    cells = (cell.strip() for cell in line[1:].split("|"))
    return tuple(Cell((cell,) if cell else ()) for cell in cells)


@cache
def texts(half: Half) -> tuple[Text, ...]:
    """All texts of a half."""
    path = Path(__file__).with_name("texts.toml")
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["text"]
    return tuple(_text(entry) for entry in entries if entry["half"] == half)


def _text(entry: dict[str, Any]) -> Text:
    blocks = tuple(parse(entry["paragraphs"].strip("\n").split("\n")))
    return Text(
        entry["half"],
        entry["kind"],
        entry["title"],
        entry["issuer"],
        entry["day"],
        entry.get("number", ""),
        blocks,
    )
