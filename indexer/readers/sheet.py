"""Spreadsheets: each row a row of a table, its cells as the sheet shows them.

Calamine reads the values of every format; how numbers are shown it does not tell, so of .xlsx the
formats are read beside it. In other formats a share is shown as the number that is kept (0.6).
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page, PageBlock
from indexer.readers.doc_title import choose_title
from indexer.readers.package import Package
from indexer.text.spacing import collapse, plain

# The formats of numbers that need no definition in the file (ECMA-376, 18.8.30).
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d",
    31: 'yyyy"年"m"月"d"日"', 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
# What a format writes beside the number: colours, conditions, fillers, literal signs.
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|_.|\*.|\\.|[¥￥$€ ()-]')
_SHOWN = re.compile(r"[#0?]*(?P<groups>,[#0?]{3})*[#0?]*(?:\.(?P<places>[#0?]+))?(?P<share>%)?")
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表) ?\d*", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# A sheet shows so many digits of a number without a format.
_DIGITS = 11
_ZIP = b"PK\x03\x04"
# A title is a row of one cell no longer than this.
_LONGEST_TITLE = 80

# The formats of a sheet's cells, by row and column from 0.
Formats = Mapping[tuple[int, int], str]


def read_sheet(data: bytes, relative: str) -> Page:
    """The page of a spreadsheet: its sheets one after another, hidden ones as hidden blocks.

    Raises SourceError where it is damaged, encrypted, empty, or beyond the limits.
    """
    formats: dict[str, Formats] = {}
    if data.startswith(_ZIP):
        # Whatever it says of itself, it unpacks within limits.
        formats = _formats(Package(data, relative))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        blocks = [
            block
            for about in book.sheets_metadata
            for block in _blocks(
                book.get_sheet_by_name(about.name),
                formats.get(about.name, {}),
                hidden=about.visible is not SheetVisibleEnum.Visible,
            )
        ]
    except PasswordError as error:
        raise SourceError("reader.encrypted", relative=relative) from error
    except (CalamineError, ValueError, OverflowError) as error:
        raise SourceError("package.damaged", relative=relative, said=error) from error
    if not blocks:
        raise SourceError("sheet.empty", relative=relative)
    shown = [block for block in blocks if not block.hidden]
    title = choose_title(None, ((b.text, b.tag == "h1") for b in shown if not b.row))
    warnings = () if shown else (ReadingWarning.HIDDEN.value,)
    return Page(path=relative, blocks=tuple(blocks), title=title, warnings=warnings)


def _blocks(sheet: CalamineSheet, formats: Formats, *, hidden: bool) -> Iterator[PageBlock]:
    """Yield a sheet's name, its title, and its rows without the empty columns about them."""
    rows = list(_rows(sheet, formats))
    used = [at for row in rows for at, cell in enumerate(row) if cell]
    if not used:
        return
    first, end = min(used), max(used) + 1
    if not _DEFAULT_NAME.fullmatch(sheet.name):
        yield PageBlock(collapse(plain(sheet.name)), tag="h2", hidden=hidden)
    in_table = False
    for row in rows:
        cells = row[first:end]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1 and (end - first == 1 or (cells[0] and not in_table)):
            # A title or a note over the columns, or a list of one column.
            tag = "h1" if not in_table and len(filled[0]) <= _LONGEST_TITLE else "p"
            yield PageBlock(filled[0], tag=tag if end - first > 1 else "p", hidden=hidden)
        elif filled:
            in_table = True
            yield PageBlock("\t".join(cells), tag="tr", hidden=hidden)


def _rows(sheet: CalamineSheet, formats: Formats) -> Iterator[list[str]]:
    """Yield the rows that have a value, each with its cells as they are shown."""
    top, left = sheet.start or (0, 0)
    for down, row in enumerate(sheet.to_python(skip_empty_area=True), top):
        cells = [shown(value, formats.get((down, at), "")) for at, value in enumerate(row, left)]
        if any(cells):
            yield cells


def shown(value: Any, code: str = "") -> str:
    """A value as a sheet shows it in the format `code`.

    >>> shown(0.6, "0%"), shown(128.5, "#,##0.00"), shown(1285.5), shown(date(2021, 3, 5))
    ('60%', '128.50', '1285.5', '2021-03-05')
    """
    match value:
        case bool():
            return str(value).upper()
        case int() | float():
            return _number(value, code)
        case datetime() if value.time() != time():
            return value.isoformat(" ", "minutes")
        case date():
            return _day(value, code)
        case time() | timedelta():
            return str(value)
        case _:
            return collapse(plain(str(value)))


def _number(value: float, code: str) -> str:
    section = _LITERAL.sub("", code.partition(";")[0])
    found = _SHOWN.fullmatch(section) if section else None
    if found is None or not section.strip("#?,"):
        return str(int(value)) if float(value).is_integer() else f"{value:.{_DIGITS}g}"
    places = len(found["places"] or "")
    number = value * 100 if found["share"] else value
    text = f"{number:{',' if found['groups'] else ''}.{places}f}"
    # Of # and ? only the digits that there are.
    loose = len(found["places"] or "") - (found["places"] or "").count("0")
    while loose and text.endswith("0"):
        text, loose = text[:-1], loose - 1
    return text.removesuffix(".") + (found["share"] or "")


def _day(value: date, code: str) -> str:
    if "年" not in code and "月" not in code:
        return f"{value.year}/{value.month}/{value.day}" if "/" in code else value.isoformat()[:10]
    parts = ((value.year, "年"), (value.month, "月"), (value.day, "日"))
    return "".join(f"{number}{sign}" for number, sign in parts if sign in code)


def _formats(package: Package) -> dict[str, Formats]:
    """The formats of an .xlsx file's cells, by sheet; none of any other package."""
    book = package.xml("xl/workbook.xml")
    if book is None:
        return {}
    codes = _codes(package)
    relations = package.relations("xl/workbook.xml")
    found: dict[str, Formats] = {}
    for sheet in book.iter("{*}sheet"):
        key = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
        part = relations.get(key, ("", ""))[1]
        root = package.xml(posixpath.normpath(part)) if part else None
        found[sheet.get("name", "")] = {} if root is None else _cells(root, codes)
    return found


def _codes(package: Package) -> Sequence[str]:
    """The format of each style of cells."""
    styles = package.xml("xl/styles.xml")
    if styles is None:
        return ()
    own = {int(f.get("numFmtId", 0)): f.get("formatCode", "") for f in styles.iter("{*}numFmt")}
    listed = styles.find("{*}cellXfs")
    ids = [int(style.get("numFmtId", 0)) for style in (() if listed is None else listed)]
    return [own.get(number, _BUILT_IN.get(number, "")) for number in ids]


def _cells(root: Any, codes: Sequence[str]) -> Formats:
    found: dict[tuple[int, int], str] = {}
    for cell in root.iter("{*}c"):
        style, place = int(cell.get("s", 0)), _CELL.fullmatch(cell.get("r", ""))
        if place and 0 < style < len(codes) and codes[style]:
            column = 0
            for letter in place[1]:
                column = column * 26 + ord(letter) - ord("A") + 1
            found[int(place[2]) - 1, column - 1] = codes[style]
    return found
