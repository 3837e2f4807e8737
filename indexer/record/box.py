"""What a page says of its document in labelled values: its index box, a table, its mark-up.

Such a box stands beside the text, mostly among what is dropped as boilerplate; its values are
read all the same. A table of many documents, and the data of another one, are none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from archive.model import Status
from indexer.page import LabelledBlock
from indexer.record.lines import Value
from indexer.record.words import (
    CODED,
    ISSUE,
    NAMED,
    day_in,
    is_about,
    offices_in,
    unbracketed,
)

# What a head labels too, beside its number.
_OF_HEAD = ("signer", "secrecy", "urgency", "addressee")
# A box has at least so many labels.
_FEWEST = 2
# The elements whose values are known by their form.
_SURE = ("number", "issuer", "issued", "published", "effective", "expires")
_LABEL_LENGTH, _VALUE_LENGTH, _BLOCK_LENGTH = 12, 200, 400
_NOTHING = re.compile(r"[-—－–/\\无空暂*\s]*")
_AROUND = re.compile(r"[\s【】\[\]［］:：\u3000]+")
_STATES = (
    ("废止", Status.REPEALED),
    ("失效", Status.EXPIRED),
    ("无效", Status.EXPIRED),
    ("修改", Status.AMENDED),
    ("修订", Status.AMENDED),
    ("修正", Status.AMENDED),
    ("有效", Status.VALID),
)
_COLON = re.compile("[:：]")
_LINKS = "density:links"


@lru_cache(maxsize=1)
def _labels() -> dict[str, tuple[int, str | None]]:
    """Each label with its rank among those of its element, and the element."""
    with files("indexer.record").joinpath("box.toml").open("rb") as file:
        named = tomllib.load(file)
    others = named.pop("others")
    known: dict[str, tuple[int, str | None]] = dict.fromkeys(others, (0, None))
    for element, names in named.items():
        known |= {name: (rank, element) for rank, name in enumerate(names)}
    return known


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    """A label that opens a line; its value may stand right behind it."""
    return re.compile(rf"[【\[]?({_spread()})[】\]]?\s*")


def _spread() -> str:
    """Every label, as a pattern: its characters may be spread."""
    names = sorted(_labels(), key=len, reverse=True)
    return "|".join(r"\s*".join(map(re.escape, name)) for name in names if not name.isascii())


@lru_cache(maxsize=1)
def _inline() -> re.Pattern[str]:
    """A label inside a line, with its colon."""
    return re.compile(rf"(?:^|(?<=[\s\t】|｜]))[【\[［]?({_spread()})[】\]］]?\s*[:：]")


def read_box(
    blocks: Sequence[LabelledBlock], meta: Mapping[str, str], title: str
) -> tuple[list[Value], set[int]]:
    """Return the values that boxes of `blocks` and the statements `meta` give, the surest first.

    With them, the numbers of the blocks that hold some. A value counts above the running text,
    or where its block was dropped.
    """
    found: list[tuple[int, Value]] = []
    used: set[int] = set()
    labels: set[str] = set()
    above = True
    for i, block in enumerate(blocks):
        text = block.source.text
        kept = block.keep and not block.source.row
        above = above and not (kept and len(text) > 30 and text[-1] in "。；")
        if block.rule == _LINKS or len(text) > _BLOCK_LENGTH or not (above or not block.keep):
            continue
        if not (block.source.row or _COLON.search(text) or _opening().match(text)):
            continue
        pairs = list(_pairs(blocks, i))
        if any(_labels()[label][1] not in _OF_HEAD for _, label, _, _ in pairs):
            used.update(at for at, _, _, _ in pairs)
        labels.update(label for _, label, _, _ in pairs)
        for _, label, value, words in pairs:
            rank, element = _labels()[label]
            if element and (read := _read(element, value)):
                found.append((rank, Value(element, read, words)))
    if len(labels) < _FEWEST:
        # A label alone is a line of a text or of a table.
        found, used = [], set()
    for name, said in meta.items():
        rank, element = _labels().get(_AROUND.sub("", name), (0, None))
        if element and (read := _read(element, said)):
            found.append((rank + len(_labels()), Value(element, read, f"{name}: {said}")))
    if is_about(title):
        return [], used
    return [value for _, value in sorted(found, key=lambda one: one[0])], used


def _pairs(blocks: Sequence[LabelledBlock], i: int) -> Iterator[tuple[int, str, str, str]]:
    """Each label and its value in block `i`: the block of the value, both, and the words."""
    block = blocks[i]
    text = block.source.text
    cells = text.split("\t")
    names = [_label(cell) for cell in cells]
    if block.source.row and any(names):
        for name, cell, value in zip(names, cells, [*cells[1:], ""], strict=True):
            if name and (_label(value) is None) and not _inline().match(value):
                yield i, name, value, f"{cell} {value}".strip()
    elif names[0] and len(cells) == 1:
        after = blocks[i + 1] if i + 1 < len(blocks) else None
        if after and after.keep == block.keep and _is_value(after.source.text):
            yield i, names[0], "", text
            yield i + 1, names[0], after.source.text, f"{text} {after.source.text}"
        return
    elif (bare := _opening().match(text)) and not _COLON.match(text, bare.end()):
        label = _AROUND.sub("", bare[1])
        if _labels()[label][1] in _SURE:
            yield i, label, text[bare.end() :], text
    for cell in cells:
        marks = list(_inline().finditer(cell))
        # A line that begins with a label of its own is about something else.
        if not marks or marks[0].start():
            continue
        ends = [mark.start() for mark in marks[1:]] + [len(cell)]
        for mark, end in zip(marks, ends, strict=True):
            yield i, _AROUND.sub("", mark[1]), cell[mark.end() : end], cell[mark.start() : end]


def _label(text: str) -> str | None:
    """The label that `text` is, without blanks and colon."""
    if len(text) > 2 * _LABEL_LENGTH:
        return None
    bare = _AROUND.sub("", text)
    return bare if bare in _labels() else None


def _is_value(text: str) -> bool:
    return len(text) <= _VALUE_LENGTH and _label(text) is None and not _inline().match(text)


def _read(element: str, text: str) -> str | tuple[str, ...] | None:
    """The value of an element as a box gives it; None where it says nothing that we can read."""
    said = text.strip()
    if not said or _NOTHING.fullmatch(said) or len(said) > _VALUE_LENGTH:
        return None
    if element == "number":
        bare = unbracketed(said)
        found = CODED.match(bare) or NAMED.fullmatch(bare) or ISSUE.fullmatch(bare)
        # Other labels may follow on the line.
        return found[0] if found and not bare[found.end() :][:1].strip() else None
    if element == "issuer":
        return offices_in(said) or None
    if element in ("issued", "published", "effective", "expires"):
        return day_in(said)
    if element == "status":
        state = next((state for word, state in _STATES if word in said), None)
        return state.value if state else None
    if element == "secrecy":
        return said if said.startswith(("绝密", "机密", "秘密")) else None
    if element == "urgency":
        return said if said in ("特提", "特急", "加急", "平急", "急件") else None
    return said
