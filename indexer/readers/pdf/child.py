"""The text layer of a PDF as printed lines with their places, in a process of its own.

Run as a program: the PDF on standard input, how many bytes of memory it may take beside the
file as the argument, one JSON object a line on standard output.
PDFium is native code that reads whatever a file holds; here it may crash, hang or eat its
memory without harm to the run, so this file imports nothing of ours.

The first object is `{"title": …, "pages": …}`; one with `error` ends the work. Each page is
`{"page": [width, height], "lines": [[x0, y0, x1, y1, size, text, turn], …]}`: the pieces of
its lines, in the order of its content, in points, y upwards. `turn` counts the quarters that
a piece is turned by, -1 for slanting; its box is as one sees it who reads along the line.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

# A document of more pages is a book or no document at all.
MAX_PAGES = 3000
# A page of small print has 3,000 characters, a book of 1,000 pages a million.
MAX_CHARACTERS = 3_000_000
# Pieces of lines; a page has some 40, one of small figures in many columns 500. Each takes the
# parent about 1 KB.
MAX_PIECES = 400_000

_SPACES = " \t\u00a0\u3000"
_HAN = "\u2e80"
# A gap of this many ems between two characters is a space; between ideographs, which may be
# set wide to fill a line, only a wider one.
_GAP = 0.25
_HAN_GAP = 0.9
_MIXED_GAP = 0.5
# The narrowest space that a file holds as such; a hair space sets type, not words.
_REAL_GAP = 0.12
# One as wide as this parts the cells of a table's row, or columns: another piece begins.
_CELL_GAP = 1.6
_QUARTER = math.pi / 2
# A character turned by more than this from upright or sideways is part of a watermark.
_SLANT = 0.05

# What stands before a character: nothing, a space that PDFium sees in a gap, one of the file.
_NONE, _GUESSED, _REAL = 0, 1, 2
# A character with its box (x0, y0, x1, y1) and the space before it.
Glyph = tuple[str, float, float, float, float, int]


def main() -> None:
    """Read standard input, write standard output."""
    data = sys.stdin.buffer.read()
    _limit_memory(int(sys.argv[1]) + len(data))
    try:
        for line in read(data):
            sys.stdout.write(json.dumps(line) + "\n")
    except pdfium.PdfiumError as error:
        kind = "encrypted" if "password" in str(error).lower() else "damaged"
        sys.stdout.write(json.dumps({"error": kind, "said": str(error)}) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"error": "large", "said": "memory"}) + "\n")


def read(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield what is said of the document, then each page."""
    document = pdfium.PdfDocument(data)
    pages = len(document)
    if pages > MAX_PAGES:
        yield {"error": "large", "said": f"{pages} pages, at most {MAX_PAGES}"}
        return
    title = document.get_metadata_dict(skip_empty=True).get("Title", "")
    yield {"title": title, "pages": pages}
    characters = pieces = 0
    for number in range(pages):
        try:
            page = document[number]
            width, height = page.get_size()
            text = page.get_textpage()
        except pdfium.PdfiumError:
            # One page that cannot be shown is no reason to lose the others.
            yield {"page": [0, 0], "lines": [], "unmapped": 0, "damaged": True}
            continue
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            yield {"error": "large", "said": f"more than {MAX_CHARACTERS} characters"}
            return
        lines, unmapped = _page_lines(text)
        pieces += len(lines)
        if pieces > MAX_PIECES:
            yield {"error": "large", "said": f"more than {MAX_PIECES} pieces of lines"}
            return
        yield {"page": [width, height], "lines": lines, "unmapped": unmapped}
        text.close()
        page.close()


def _page_lines(text: Any) -> tuple[list[list[Any]], int]:
    """The lines of a page, and how many of its characters have no Unicode value."""
    runs: list[tuple[float, int, list[Glyph]]] = []
    unmapped = 0
    broken, space = True, _NONE
    box = raw.FS_RECTF()
    place = ctypes.byref(box)
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        character = _character(code)
        if character == "\n":
            broken = True
            continue
        if character == " ":
            generated = raw.FPDFText_IsGenerated(text, index)
            space = max(space, _GUESSED if generated else _REAL)
            continue
        unmapped += character == "\ufffd"
        if not character or not raw.FPDFText_GetLooseCharBox(text, index, place):
            continue
        turn = _quarter(raw.FPDFText_GetCharAngle(text, index))
        glyph = (character, *_turned(box, turn), space)
        if broken or runs[-1][1] != turn or _is_apart(runs[-1][2][-1], glyph, runs[-1][0]):
            runs.append((_size(text, index), turn, []))
        runs[-1][2].append(glyph)
        broken, space = False, _NONE
    return [_line(size, turn, glyphs) for size, turn, glyphs in runs], unmapped


def _character(code: int) -> str:
    """The character that PDFium calls `code`; "" for none, a space or a line end as such."""
    if code in (2, 0xFFFE):
        # PDFium's signs for a hyphen at the end of a line.
        return "-"
    if code in (10, 13):
        return "\n"
    if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    character = chr(code)
    return " " if character in _SPACES else character if character.isprintable() else ""


def _quarter(angle: float) -> int:
    """The turn of a character in quarters, 0 to 3, or -1 for a slanted one."""
    quarters = angle / _QUARTER
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) * _QUARTER <= _SLANT else -1


def _turned(box: Any, turn: int) -> tuple[float, float, float, float]:
    """The box (x0, y0, x1, y1) of a character as one sees it who reads along its line."""
    left, bottom, right, top = box.left, box.bottom, box.right, box.top
    if turn == 1:
        return bottom, -right, top, -left
    if turn == 2:
        return -right, -top, -left, -bottom
    if turn == 3:
        return -top, left, -bottom, right
    return left, bottom, right, top


def _is_apart(before: Glyph, after: Glyph, size: float) -> bool:
    """Whether a gap as between cells or columns parts two characters."""
    return after[1] - before[3] >= _CELL_GAP * max(size, 1.0)


def _size(text: Any, index: int) -> float:
    """The em of a character in points: its font's size, as its matrix scales it."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    return float(raw.FPDFText_GetFontSize(text, index) * scale)


def _line(size: float, turn: int, glyphs: list[Glyph]) -> list[Any]:
    text = glyphs[0][0]
    for before, after in pairwise(glyphs):
        gap = (after[1] - before[3]) / max(size, 1.0)
        text += _between(before[0], after[0], gap, after[5]) + after[0]
    return [
        *(min(glyph[1] for glyph in glyphs), min(glyph[2] for glyph in glyphs)),
        *(max(glyph[3] for glyph in glyphs), max(glyph[4] for glyph in glyphs)),
        *(size, text, turn),
    ]


def _between(before: str, after: str, gap: float, space: int) -> str:
    """What stands between two characters `gap` ems apart: a space or nothing.

    Programs set ideographs wide to fill a line, and set figures a quarter em off from them:
    neither is a space of the text. Only between Latin letters is PDFium's guess good.
    """
    if before < _HAN and after < _HAN:
        return " " if space or gap >= _GAP else ""
    if space == _REAL:
        least = _REAL_GAP
    else:
        least = _HAN_GAP if before >= _HAN and after >= _HAN else _MIXED_GAP
    return " " if gap >= least else ""


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limit; the parent's time limit remains.
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main()
