"""The text layer of a PDF as printed lines with their places, in a process of its own.

Run as a program: the PDF on standard input, how many bytes of memory it may take beside the
file as the argument, one JSON object a line on standard output.
PDFium is native code that reads whatever a file holds; here it may crash, hang or eat its
memory without harm to the run, so this file imports nothing of ours.

The first object is `{"title": …, "pages": …}`; one with `error` ends the work. Each page is
`{"page": [width, height], "lines": [[x0, y0, x1, y1, size, text, turn, base], …], "rules":
[[x0, y0, x1, y1], …], "unmapped": …, "pictured": …}`: the pieces of its lines, in the order
of its content, in points, y upwards; the straight strokes that may be a table's; how many
characters have no Unicode value; whether it shows a picture. `turn` counts the quarters that
a piece is turned by, -1 for slanting; its box and the height `base` of its baseline are as one
sees them who reads along the line. 4 is a column of vertical writing, in its place.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

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
# A gap without a space of the file in it does so earlier; an ideographic space may be drawn so.
_BARE_CELL_GAP = 1.05
_FIGURES_GAP = 0.95
# The spacing of a line is the usual gap between this many characters on either side; one below
# this share of an em is no spacing, and figures are not set wider than the last.
_BESIDE = 3
_SPACED = 0.1
_MOST_SPACED = 0.8
# Characters whose sizes or baselines differ by more of an em are not of one piece.
_OTHER_TYPE = 0.1
VERTICAL = 4
# What stands before a figure that ends a piece, where a gap sets it off from the words before:
# a space in a table's cell (清溪镇 1), nothing in a line of text.
_SET_OFF = "\u2009"
# What is drawn thinner than this, in points, and longer than that is a rule; a page with more
# drawn objects is a map.
_THIN, _LONG = 3.0, 5.0
_MAX_OBJECTS = 20_000
_QUARTER = math.pi / 2
# A character turned by more than this from upright or sideways is part of a watermark.
_SLANT = 0.05

# What stands before a character: nothing, a space that PDFium sees in a gap, one of the file.
_NONE, _GUESSED, REAL = 0, 1, 2
Box = tuple[float, float, float, float]


class Glyph(NamedTuple):
    """A character with its box, the space before it, its em and the height of its baseline."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    space: int
    size: float
    base: float


@dataclass(slots=True)
class _Run:
    """Characters of one piece; `opening` says that a space parts it from the piece before."""

    turn: int
    glyphs: list[Glyph] = field(default_factory=list)
    opening: str = ""


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
    characters = count = 0
    for number in range(pages):
        try:
            page = document[number]
            width, height = page.get_size()
            text = page.get_textpage()
        except pdfium.PdfiumError:
            # One page that cannot be shown is no reason to lose the others.
            yield {"page": [0, 0], "lines": [], "rules": [], "unmapped": 0, "pictured": False}
            continue
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            yield {"error": "large", "said": f"more than {MAX_CHARACTERS} characters"}
            return
        rules, pictured = _drawn(page)
        lines, unmapped = _page_lines(text, rules)
        count += len(lines)
        if count > MAX_PIECES:
            yield {"error": "large", "said": f"more than {MAX_PIECES} pieces of lines"}
            return
        about = {"rules": rules, "unmapped": unmapped, "pictured": pictured}
        yield {"page": [width, height], "lines": lines, **about}
        text.close()
        page.close()


def _page_lines(text: Any, rules: Sequence[Box]) -> tuple[list[list[Any]], int]:
    """The pieces of a page's lines, and how many of its characters have no Unicode value."""
    glyphs = list(_glyphs(text))
    unmapped = sum(glyph.text == "\ufffd" for glyph, _, _ in glyphs)
    return pieces(glyphs, rules), unmapped


def _glyphs(text: Any) -> Iterator[tuple[Glyph, int, bool]]:
    """Yield the characters of a page, how each is turned, and whether a line begins with it."""
    broken, space = True, _NONE
    box = raw.FS_RECTF()
    place = ctypes.byref(box)
    for index in range(text.count_chars()):
        character = _character(raw.FPDFText_GetUnicode(text, index))
        if character == "\n":
            broken = True
            continue
        if character == " ":
            generated = raw.FPDFText_IsGenerated(text, index)
            space = max(space, _GUESSED if generated else REAL)
            continue
        if raw.FPDFText_HasUnicodeMapError(text, index) == 1:
            # What PDFium gives then is the code in the font, which says nothing.
            character = "\ufffd"
        if not character or not raw.FPDFText_GetLooseCharBox(text, index, place):
            continue
        turn = quarter(raw.FPDFText_GetCharAngle(text, index))
        bounds = turned((box.left, box.bottom, box.right, box.top), turn)
        yield Glyph(character, *bounds, space, *_type(text, index, turn)), turn, broken
        broken, space = False, _NONE


def pieces(glyphs: Iterable[tuple[Glyph, int, bool]], rules: Sequence[Box]) -> list[list[Any]]:
    """Put characters together to the pieces of lines that the first object describes.

    Each comes with its turn and whether a line begins with it.
    """
    runs: list[_Run] = []
    upright: dict[int, list[tuple[float, float, float]]] = {}
    for glyph, turn, broken in glyphs:
        if turn not in upright:
            upright[turn] = _upright_rules(rules, turn)
        run = runs[-1] if runs and not broken and runs[-1].turn in (turn, VERTICAL) else None
        before = run.glyphs[-1] if run else None
        if run and before and _is_below(before, glyph) and (run.turn or len(run.glyphs) == 1):
            run.turn = VERTICAL
        elif (
            run is None
            or before is None
            or run.turn == VERTICAL
            or _is_apart(before, glyph)
            or _is_ruled(before, glyph, upright[turn])
        ):
            runs.append(_Run(turn))
        elif turn >= 0 and _is_other_type(before, glyph):
            gap = (glyph.x0 - before.x1) / max(before.size, glyph.size, 1.0)
            opening = _between(before.text, glyph.text, gap, glyph.space) if glyph.space else ""
            runs.append(_Run(turn, [], opening))
        runs[-1].glyphs.append(glyph)
    return [_line(run) for run in runs]


def _drawn(page: Any) -> tuple[list[Box], bool]:
    """The straight strokes of a page as thin boxes, and whether the page shows a picture."""
    rules: list[Box] = []
    pictured = False
    kinds = [raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE]
    for number, drawn in enumerate(page.get_objects(filter=kinds, max_depth=4)):
        if number >= _MAX_OBJECTS:
            return [], pictured
        if drawn.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictured = True
            continue
        matrix, outer = drawn.get_matrix(), drawn.container
        while outer is not None:
            matrix, outer = matrix.multiply(outer.get_matrix()), outer.container
        for (x0, y0), (x1, y1) in pairwise(matrix.on_point(*point) for point in _points(drawn)):
            wide, high = abs(x1 - x0), abs(y1 - y0)
            if min(wide, high) <= _THIN and max(wide, high) >= _LONG:
                rules.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return rules, pictured


def _points(drawn: Any) -> Iterator[tuple[float, float]]:
    """Yield the corners of a drawn path; where a part of it is closed, its first one again."""
    x, y = ctypes.c_float(), ctypes.c_float()
    first = (0.0, 0.0)
    for number in range(raw.FPDFPath_CountSegments(drawn)):
        segment = raw.FPDFPath_GetPathSegment(drawn, number)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (x.value, y.value)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            # No stroke leads here: not-a-number is neither short nor long.
            yield math.nan, math.nan
            first = point
        yield point
        if raw.FPDFPathSegment_GetClose(segment):
            yield first


def _upright_rules(rules: Sequence[Box], turn: int) -> list[tuple[float, float, float]]:
    """The rules that cross lines turned by `turn`: their place along it, and their two ends."""
    boxes = [turned(rule, turn) for rule in rules]
    return sorted((x0, y0, y1) for x0, y0, x1, y1 in boxes if x1 - x0 <= _THIN < y1 - y0)


def _is_ruled(before: Glyph, after: Glyph, rules: Sequence[tuple[float, float, float]]) -> bool:
    """Whether a rule stands between two characters of a line."""
    if after.x0 - before.x1 <= 0 or not rules:
        return False
    middle = (after.y0 + after.y1) / 2
    at = bisect_left(rules, (before.x1 - 1, 0.0, 0.0))
    while at < len(rules) and rules[at][0] <= after.x0 + 1:
        if rules[at][1] <= middle <= rules[at][2]:
            return True
        at += 1
    return False


def _is_apart(before: Glyph, after: Glyph) -> bool:
    least = _BARE_CELL_GAP if before.text >= _HAN and after.text >= _HAN else _FIGURES_GAP
    if after.space == REAL:
        least = _CELL_GAP
    return after.x0 - before.x1 >= least * max(before.size, 1.0)


def _is_other_type(before: Glyph, after: Glyph) -> bool:
    off = max(abs(after.size - before.size), abs(after.base - before.base))
    return off > _OTHER_TYPE * before.size


def _is_below(before: Glyph, after: Glyph) -> bool:
    """Whether a character stands under the one before it, as in vertical writing."""
    return (
        abs(after.x0 + after.x1 - before.x0 - before.x1) < before.size
        and 0 < before.y1 - after.y1 < 2 * before.size
        and after.y1 - before.y0 <= 0.2 * before.size
    )


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


def quarter(angle: float) -> int:
    """The turn of a character in quarters, 0 to 3, or -1 for a slanted one."""
    quarters = angle / _QUARTER
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) * _QUARTER <= _SLANT else -1


def turned(box: Box, turn: int) -> Box:
    """The box (x0, y0, x1, y1) of a character as one sees it who reads along its line."""
    left, bottom, right, top = box
    if turn == 1:
        return bottom, -right, top, -left
    if turn == 2:
        return -right, -top, -left, -bottom
    if turn == 3:
        return -top, left, -bottom, right
    return left, bottom, right, top


def _type(text: Any, index: int, turn: int) -> tuple[float, float]:
    """The em of a character in points, as its matrix scales its font, and its baseline."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, ctypes.byref(matrix))
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, index, x, y)
    base = (y.value, -x.value, -y.value, x.value)[max(turn, 0)]
    return float(raw.FPDFText_GetFontSize(text, index) * scale), base


def _line(run: _Run) -> list[Any]:
    glyphs = run.glyphs
    size = max(glyphs[0].size, 1.0)
    gaps = [(after.x0 - before.x1) / size for before, after in pairwise(glyphs)]
    text = run.opening + glyphs[0].text
    figure = 0
    for number, (before, after) in enumerate(pairwise(glyphs)):
        if run.turn == VERTICAL:
            text += after.text
            continue
        gap, space = gaps[number], after.space
        if space == _GUESSED and before.text >= _HAN > after.text:
            figure = len(text)
        if space != REAL and gap >= _SPACED:
            spread = _spread(gaps, glyphs, number)
            if before.text >= _HAN or after.text >= _HAN or spread <= _MOST_SPACED:
                gap -= spread
                space = space if spread < _SPACED or gap >= _GAP else _NONE
        text += _between(before.text, after.text, gap, space) + after.text
    if figure and text[figure:].isdigit():
        text = text[:figure] + _SET_OFF + text[figure:]
    return [
        *(min(glyph.x0 for glyph in glyphs), min(glyph.y0 for glyph in glyphs)),
        *(max(glyph.x1 for glyph in glyphs), max(glyph.y1 for glyph in glyphs)),
        *(glyphs[0].size, text, run.turn, glyphs[0].base),
    ]


def _spread(gaps: Sequence[float], glyphs: Sequence[Glyph], number: int) -> float:
    """How far the characters about a gap are set apart where no space of the file is."""
    near = range(max(number - _BESIDE, 0), min(number + _BESIDE + 1, len(gaps)))
    beside = [gaps[at] for at in near if glyphs[at + 1].space != REAL]
    usual = median(beside) if len(beside) >= _BESIDE else 0.0
    return usual if usual >= _SPACED else 0.0


def _between(before: str, after: str, gap: float, space: int) -> str:
    """What stands between two characters `gap` ems apart: a space or nothing.

    Programs set ideographs wide to fill a line, and set figures a quarter em off from them:
    neither is a space of the text. Only between Latin letters is PDFium's guess good.
    """
    if before < _HAN and after < _HAN:
        return " " if space or gap >= _GAP else ""
    if space == REAL:
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
