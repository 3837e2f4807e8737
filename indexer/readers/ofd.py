"""OFD (GB/T 33190-2016) as a page: its text objects, laid out as those of a PDF are.

An OFD file is a ZIP package of XML. Text stands where it is drawn: each text object has a box on
the page, a transformation, and codes with their distances. They become the pieces of lines that
the PDF reader knows, in points, y upwards. Signatures are told as what the file says of itself:
nothing is checked.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any

from archive.errors import SourceError
from indexer.page import Page, PageBlock
from indexer.readers.package import Package
from indexer.readers.pdf.child import REAL, Box, Glyph, pieces, quarter, turned
from indexer.readers.pdf.reader import lay_out

# A page of more objects is a map; pages in a page, or composites in one another, end here.
MAX_PAGES = 3000
_MAX_OBJECTS = 200_000
_DEEPEST = 8
_POINTS = 72 / 25.4
# How far a character's box reaches above and below its baseline, and how wide one of which the
# file does not say is drawn, in ems.
_ASCENT, _DESCENT = 0.88, 0.12
_WIDE, _NARROW = 1.0, 0.5
_HAN = "\u2e80"
# What is drawn thinner than this, in millimetres, and longer than that is a rule.
_THIN, _LONG = 1.0, 1.8
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PATH = re.compile(r"([MLSQBAC])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
# How many numbers stand behind each sign of a path; the last two are where it leads.
_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_NO_MATRIX = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# What of a file is drawn in place of a code that says nothing: the private areas of Unicode.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_SPACES = " \t\u00a0\u3000"
_ANNOTATED, _SEALED = ("page", "annotation"), ("page", "signature")

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


def read_ofd(data: bytes, relative: str) -> Page:
    """The page of an OFD file.

    Raises SourceError where it is damaged, encrypted, has no text, or is beyond the limits.
    """
    package = Package(data, relative)
    root = package.xml("OFD.xml")
    if root is None:
        raise package.damaged("no OFD.xml")
    if "encryptions.xml" in package or "decryptseed.dat" in package:
        raise SourceError("reader.encrypted", relative=relative)
    described: list[dict[str, Any]] = []
    apart: list[PageBlock] = []
    for body in _each(root, "DocBody"):
        document = _Document(package, _text(body, "DocRoot"), relative)
        described += document.pages()
        apart += document.annotations()
        apart += _signatures(package, _text(body, "Signatures"))
    page = lay_out(described, _text(root, "Title"), relative)
    return replace(page, blocks=(*page.blocks, *apart))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A text or path object, and how its place becomes one of the page, in millimetres."""

    node: Any
    matrix: Matrix


class _Document:
    """One document of a package."""

    def __init__(self, package: Package, path: str, relative: str) -> None:
        self._package = package
        self._relative = relative
        self._path = path.lstrip("/")
        self._folder = posixpath.dirname(self._path)
        found = package.xml(self._path) if path else None
        if found is None:
            raise package.damaged(f"no {path or 'document'}")
        self._root = found
        self._pages = list(_each(found, "Page"))
        if len(self._pages) > MAX_PAGES:
            raise SourceError("pdf.too_large", relative=relative, said=f"{len(self._pages)} pages")
        self._templates = {
            template.get("ID"): self._part(template.get("BaseLoc", ""))
            for template in _each(found, "TemplatePage")
        }
        self._composites = {
            unit.get("ID"): unit
            for resource in chain(_each(found, "DocumentRes"), _each(found, "PublicRes"))
            if (part := self._part(resource.text or "")) is not None
            for unit in _each(part, "CompositeGraphicUnit")
        }
        self._objects = 0

    def pages(self) -> Iterator[dict[str, Any]]:
        """Yield each page as the PDF reader's child describes one."""
        for page in self._pages:
            content = self._part(page.get("BaseLoc", ""))
            if content is None:
                continue
            width, height = self._size(content)
            layers = [
                self._templates.get(used.get("TemplateID"))
                for used in _each(content, "Template")
                if used.get("ZOrder", "Background") == "Background"
            ]
            layers.append(content)
            drawn = [one for layer in layers if layer is not None for one in self._drawn(layer)]
            rules = [rule for one in drawn for rule in _rules(one, height)]
            glyphs = [glyph for one in drawn for glyph in _glyphs(one, height)]
            yield {
                "page": [width * _POINTS, height * _POINTS],
                "lines": pieces(glyphs, rules),
                "rules": rules,
                "unmapped": sum(glyph.text == "\ufffd" for glyph, _, _ in glyphs),
                "pictured": next(_each(content, "ImageObject"), None) is not None,
            }

    def annotations(self) -> Iterator[PageBlock]:
        """Yield the texts of annotations, stamps and watermarks, each once."""
        listed = self._part(_text(self._root, "Annotations"))
        folder = posixpath.dirname(self._located(_text(self._root, "Annotations")))
        seen: dict[str, None] = {}
        for location in () if listed is None else _each(listed, "FileLoc"):
            part = self._part(location.text or "", folder)
            for annotation in () if part is None else _each(part, "Annot"):
                texts = (code.text or "" for code in _each(annotation, "TextCode"))
                seen["".join(texts).strip()] = None
        return (PageBlock(text, path=_ANNOTATED) for text in seen if text)

    def _part(self, location: str, folder: str | None = None) -> Any | None:
        """The XML part at a location; relative to the document's folder, or from the root."""
        location = self._located(location, folder)
        return self._package.xml(location) if location else None

    def _located(self, location: str, folder: str | None = None) -> str:
        location = location.strip().replace("\\", "/")
        base = self._folder if folder is None else folder
        candidates = (posixpath.normpath(posixpath.join(base, location)), location.lstrip("/"))
        found = (one.lstrip("/") for one in candidates if location)
        return next((one for one in found if one in self._package), "")

    def _size(self, content: Any) -> Point:
        """The width and height of a page, in millimetres."""
        for root in (content, self._root):
            for name in ("PhysicalBox", "ApplicationBox"):
                box = _numbers(_text(root, name))
                if len(box) == 4 and box[2] > 0 < box[3]:
                    return box[2], box[3]
        return 210.0, 297.0

    def _drawn(self, node: Any, matrix: Matrix = _NO_MATRIX, depth: int = 0) -> Iterator[_Drawn]:
        """Yield the text and path objects under `node`, in their order."""
        for child in node if depth <= _DEEPEST else ():
            name = _name(child)
            if name not in _CONTAINERS and name not in _OBJECTS:
                continue
            if child.get("Visible", "true").lower() == "false":
                continue
            if name in _CONTAINERS:
                yield from self._drawn(child, matrix, depth + (name == "PageBlock"))
                continue
            self._objects += 1
            if self._objects > _MAX_OBJECTS:
                said = f"more than {_MAX_OBJECTS} objects"
                raise SourceError("pdf.too_large", relative=self._relative, said=said)
            own = _joined(_placed(child), matrix)
            if name != "CompositeObject":
                yield _Drawn(child, own)
            elif (unit := self._composites.get(child.get("ResourceID"))) is not None:
                yield from self._drawn(unit, own, depth + 1)


_CONTAINERS = frozenset(("Content", "Layer", "PageBlock"))
_OBJECTS = frozenset(("TextObject", "PathObject", "CompositeObject"))


def _glyphs(drawn: _Drawn, height: float) -> Iterator[tuple[Glyph, int, bool]]:
    """Yield the characters of a text object with their boxes on the page, in points."""
    if _name(drawn.node) != "TextObject" or drawn.node.get("Alpha") == "0":
        return
    a, b, c, d, _, _ = drawn.matrix
    em = (_number(drawn.node.get("Size")) or 1.0) * (math.hypot(c, d) or 1.0) * _POINTS
    turn = quarter(math.atan2(-b, a))
    down = drawn.node.get("ReadDirection") in ("90", "270")
    stretched = math.hypot(a, b) * _POINTS
    x = y = 0.0
    for code in _each(drawn.node, "TextCode"):
        # What is left out is that of the code before.
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        text = code.text or ""
        right = _steps(code.get("DeltaX"), len(text), 0.0 if down else None)
        below = _steps(code.get("DeltaY"), len(text), None if down else 0.0)
        at_x, at_y, space, first = x, y, 0, True
        for character, step, fall in zip(text, right, below, strict=True):
            usual = em * (_WIDE if character >= _HAN else _NARROW)
            gone = usual if step is None else abs(step) * stretched
            if character in _SPACES:
                space = REAL
            elif character.isprintable() or _PRIVATE.match(character):
                wide = usual if down or not 0 < gone <= em else gone
                origin = _on_page(drawn.matrix, (at_x, at_y), height)
                box, base = _box(origin, em, wide, turn)
                shown = "\ufffd" if _PRIVATE.match(character) else character
                yield Glyph(shown, *box, space, em, base), turn, first
                space, first = 0, False
            at_x += usual / (stretched or 1.0) if step is None else step
            at_y += usual / (stretched or 1.0) if fall is None else fall


def _box(origin: Point, em: float, wide: float, turn: int) -> tuple[Box, float]:
    """The box of a character at its origin as one sees it who reads along it, and its baseline."""
    x, y, _, _ = turned((origin[0], origin[1], origin[0], origin[1]), turn)
    return (x, y - _DESCENT * em, x + wide, y + _ASCENT * em), y


def _rules(drawn: _Drawn, height: float) -> Iterator[Box]:
    """Yield the straight strokes of a path as thin boxes, in points."""
    if _name(drawn.node) != "PathObject":
        return
    for one, other in pairwise(_corners(_text(drawn.node, "AbbreviatedData"))):
        if one is None or other is None:
            continue
        (x0, y0), (x1, y1) = (_on_page(drawn.matrix, point, height) for point in (one, other))
        wide, high = abs(x1 - x0), abs(y1 - y0)
        if min(wide, high) <= _THIN * _POINTS and max(wide, high) >= _LONG * _POINTS:
            yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _corners(path: str) -> Iterator[Point | None]:
    """Yield where a path leads, None where the pen is lifted or draws a curve."""
    first: Point | None = None
    sign = ""
    numbers: list[float] = []
    for command, number in _PATH.findall(path):
        if command == "C":
            yield first
            yield None
        elif command:
            sign, numbers = command, []
        elif sign:
            numbers.append(float(number))
            if len(numbers) == _ARGUMENTS[sign]:
                point = (numbers[-2], numbers[-1])
                if sign in "SM":
                    first = point
                if sign != "L":
                    yield None
                yield point
                numbers = []


def _signatures(package: Package, location: str) -> Iterator[PageBlock]:
    """Yield what the file says of its signatures and seals."""
    location = location.strip().lstrip("/")
    listed = package.xml(location) if location in package else None
    for signature in () if listed is None else _each(listed, "Signature"):
        name = signature.get("BaseLoc", "")
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(location), name))
        part = next((p for p in (name.lstrip("/"), beside.lstrip("/")) if p in package), "")
        told = package.xml(part) if part else None
        if told is None:
            continue
        provider = next(_each(told, "Provider"), None)
        who = provider.get("ProviderName", "") if provider is not None else ""
        kind = "电子印章" if signature.get("Type", "Seal") == "Seal" else "数字签名"
        facts = (kind, who, _text(told, "SignatureDateTime"), "未验证")
        yield PageBlock(" · ".join(filter(None, facts)), path=_SEALED)


def _steps(given: str | None, count: int, left_out: float | None) -> list[float | None]:
    """The distances behind each of `count` characters; `left_out` where the file says none.

    >>> _steps("1 g 3 2.5", 6, 0.0)
    [1.0, 2.5, 2.5, 2.5, 2.5, 2.5]
    """
    steps: list[float | None] = []
    words = iter((given or "").split())
    for word in words:
        if word == "g":
            times, value = int(_number(next(words, "0"))), _number(next(words, "0"))
            steps += [value] * min(times, count)
        else:
            steps.append(_number(word))
    # Too few: the last one goes on.
    rest = steps[-1] if steps else left_out
    return (steps + [rest] * count)[:count]


def _placed(node: Any) -> Matrix:
    """How places in an object become those of what holds it: its CTM, then its boundary."""
    ctm = _numbers(node.get("CTM", ""))
    a, b, c, d, e, f = ctm if len(ctm) == 6 else _NO_MATRIX
    boundary = _numbers(node.get("Boundary", ""))
    left, top = boundary[:2] if len(boundary) == 4 else (0.0, 0.0)
    return a, b, c, d, e + left, f + top


def _joined(inner: Matrix, outer: Matrix) -> Matrix:
    """First `inner`, then `outer`."""
    a, b, c, d, e, f = inner
    p, q, r, s, u, v = outer
    x, y = e * p + f * r + u, e * q + f * s + v
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, x, y


def _on_page(matrix: Matrix, point: Point, height: float) -> Point:
    """A point of an object in points of the page, y upwards."""
    a, b, c, d, e, f = matrix
    x, y = point
    return (a * x + c * y + e) * _POINTS, (height - (b * x + d * y + f)) * _POINTS


def _each(node: Any, name: str) -> Iterator[Any]:
    """Yield the elements of this name under `node`, whatever namespace they have."""
    return (one for one in node.iter() if _name(one) == name)


def _name(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _text(node: Any, name: str) -> str:
    """The text of the first element of this name; empty where there is none."""
    found = next(_each(node, name), None)
    return (found.text or "").strip() if found is not None else ""


def _numbers(text: str) -> Sequence[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _number(text: str | None, otherwise: float = 0.0) -> float:
    found = _NUMBER.match(text.strip()) if text else None
    return float(found[0]) if found else otherwise
