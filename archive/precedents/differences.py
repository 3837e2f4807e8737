"""Word-level differences of two variants of a passage, for display side by side.

Words are compared as the reader takes them: what folding makes equal (width, case,
brackets, Traditional) is equal, and so are quotation marks of any form, because sites swap
those by the hundred and they would drown the words that differ. Each difference carries
both texts as printed, so that nothing is hidden either. A mask is one word; where the
other variant has words in its place, it says what the mask hides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise, takewhile
from typing import ClassVar

from rapidfuzz.distance import LCSseq

from archive.serializers import Printed
from archive.text.fold import fold, fold_with_offsets
from archive.text.masks import MASK, is_mask
from archive.text.tokenize import tokenize

_QUOTES = str.maketrans(dict.fromkeys("“”‘’〝〞「」『』'", '"'))

# An equal run of fewer letters than this between two changes is an accident of alignment
# (的, a comma): it is read with them as one change. A stop between two swaps of so few
# words is none: a rewriting program has replaced both words and left the stop.
_ISLAND = 2
_SWAP = 2

# Words of one variant times words of the other beyond which only the common beginning and
# end are found: 36 million are two paragraphs of 10,000 characters, 50 ms and 5 MB.
_MAX_WORK = 36_000_000


class Operation(StrEnum):
    """How a stretch of the first text becomes one of the second."""

    EQUAL = "equal"
    REPLACE = "replace"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Difference(Printed):
    """One stretch of both texts: [start_a, end_a) of the first, [start_b, end_b) of the second.

    The stretches of all differences, in order, make up both texts. `text_a` and `text_b`
    are as printed, also where they count as equal.
    """

    json_keys: ClassVar = ("operation", "draft=text_a", "passage=text_b")

    operation: Operation
    text_a: str
    text_b: str
    start_a: int
    start_b: int

    @property
    def end_a(self) -> int:
        """Where the stretch ends in the first text."""
        return self.start_a + len(self.text_a)

    @property
    def end_b(self) -> int:
        """Where the stretch ends in the second text."""
        return self.start_b + len(self.text_b)

    @property
    def hidden(self) -> str | None:
        """What a mask on one side hides: the words on the other; None where neither hides."""
        if self.operation is not Operation.REPLACE:
            return None
        mask_a, mask_b = is_mask(fold(self.text_a)), is_mask(fold(self.text_b))
        if mask_a == mask_b:
            return None
        return self.text_b if mask_a else self.text_a


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, mask or single sign: how it compares, and where it ends in the original."""

    key: str
    end: int


# A change or an equal run, as ranges of words: (equal, first a, end a, first b, end b).
_Run = tuple[bool, int, int, int, int]


def differences(a: str, b: str) -> tuple[Difference, ...]:
    """Return how `a` becomes `b`, stretch by stretch, equal ones included.

    >>> for d in differences("20xx年评出一等奖18人", "2010年评出一等奖18人。"):
    ...     print(d.operation, d.text_a, d.text_b, d.hidden)
    replace 20xx 2010 2010
    equal 年评出一等奖18人 年评出一等奖18人 None
    insert  。 None
    """
    words_a, words_b = list(_words(a)), list(_words(b))
    runs = _without_islands(_runs(words_a, words_b), words_a, words_b)
    ends_a, ends_b = [0, *(w.end for w in words_a)], [0, *(w.end for w in words_b)]
    pieces: list[tuple[bool, str, str]] = []
    for equal, first_a, end_a, first_b, end_b in runs:
        text_a = a[ends_a[first_a] : ends_a[end_a]]
        text_b = b[ends_b[first_b] : ends_b[end_b]]
        for piece in [(True, text_a, text_b)] if equal else _bare_mask(text_a, text_b):
            if pieces and pieces[-1][0] and piece[0]:
                pieces[-1] = (True, pieces[-1][1] + piece[1], pieces[-1][2] + piece[2])
            else:
                pieces.append(piece)
    return tuple(_placed(pieces))


def _placed(pieces: list[tuple[bool, str, str]]) -> Iterator[Difference]:
    """Name the operation of each piece and say where it stands."""
    at_a = at_b = 0
    for equal, text_a, text_b in pieces:
        if equal:
            operation = Operation.EQUAL
        elif text_a:
            operation = Operation.REPLACE if text_b else Operation.DELETE
        else:
            operation = Operation.INSERT
        yield Difference(operation, text_a, text_b, at_a, at_b)
        at_a, at_b = at_a + len(text_a), at_b + len(text_b)


def _bare_mask(a: str, b: str) -> list[tuple[bool, str, str]]:
    """Cut what both sides of a change share off a mask: xx县 and 云和县 differ in xx."""
    if is_mask(fold(a)) or is_mask(fold(b)):
        return [(False, a, b)]
    tail = _shared(a[::-1], b[::-1])
    head = _shared(a[: len(a) - tail], b[: len(b) - tail])
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    if not inner_a or not inner_b or is_mask(fold(inner_a)) == is_mask(fold(inner_b)):
        return [(False, a, b)]
    pieces = [
        (True, a[:head], b[:head]),
        (False, inner_a, inner_b),
        (True, a[len(a) - tail :], b[len(b) - tail :]),
    ]
    return [piece for piece in pieces if piece[1]]


def _shared(a: str, b: str) -> int:
    """How many characters, figures aside (they belong to a mask), `a` and `b` begin with."""
    pairs = zip(a, b, strict=False)
    return sum(
        1 for _ in takewhile(lambda p: fold(p[0]) == fold(p[1]) and not p[0].isdigit(), pairs)
    )


def _words(text: str) -> Iterator[_Word]:
    """The words of `text`, without a gap: masks first, then tokens, then every other sign."""
    folded, offsets = fold_with_offsets(text)
    spans: list[tuple[int, int]] = []
    at = 0
    for mask in MASK.finditer(folded):
        spans.extend(_plain_spans(folded, at, mask.start()))
        spans.append(mask.span())
        at = mask.end()
    spans.extend(_plain_spans(folded, at, len(folded)))
    # A character that folds to several may be cut in two; its parts are one word.
    starts = [start if offsets is None else offsets[start] for start, _ in spans]
    first = [i for i, start in enumerate(starts) if not i or start > starts[i - 1]]
    for i, following in pairwise([*first, len(spans)]):
        key = folded[spans[i][0] : spans[following - 1][1]].translate(_QUOTES)
        yield _Word(key, starts[following] if following < len(spans) else len(text))


def _plain_spans(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of tokens and of single other signs in folded[start:end]."""
    at = start
    for token in tokenize(folded[start:end]):
        yield from ((i, i + 1) for i in range(at, start + token.start))
        yield start + token.start, start + token.end
        at = start + token.end
    yield from ((i, i + 1) for i in range(at, end))


def _runs(a: list[_Word], b: list[_Word]) -> list[_Run]:
    """Equal and changed runs in turn: a longest common subsequence of words."""
    keys_a, keys_b = [word.key for word in a], [word.key for word in b]
    if len(a) * len(b) > _MAX_WORK:
        return _common_ends(keys_a, keys_b)
    runs: list[_Run] = []
    opcodes = LCSseq.opcodes(keys_a, keys_b)
    for equal, group in groupby(opcodes, key=lambda op: op.tag == "equal"):
        ops = list(group)
        first, last = ops[0], ops[-1]
        runs.append((equal, first.src_start, last.src_end, first.dest_start, last.dest_end))
    return runs


def _common_ends(a: list[str], b: list[str]) -> list[_Run]:
    """The common beginning, what is between, and the common end."""
    shorter = min(len(a), len(b))
    head = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    tail = next((i for i in range(shorter - head) if a[-1 - i] != b[-1 - i]), shorter - head)
    end_a, end_b = len(a) - tail, len(b) - tail
    runs = [
        (True, 0, head, 0, head),
        (False, head, end_a, head, end_b),
        (True, end_a, len(a), end_b, len(b)),
    ]
    return [run for run in runs if run[2] > run[1] or run[4] > run[3]]


def _without_islands(runs: list[_Run], a: list[_Word], b: list[_Word]) -> list[_Run]:
    """Join the changes on both sides of a tiny equal run with it into one."""
    joined: list[_Run] = []
    for i, run in enumerate(runs):
        equal, _, end_a, _, end_b = run
        bridge = equal and 0 < i < len(runs) - 1 and _is_island(runs[i - 1 : i + 2], a, b)
        if joined and not joined[-1][0] and (bridge or not equal):
            joined[-1] = (False, joined[-1][1], end_a, joined[-1][3], end_b)
        else:
            joined.append(run)
    return joined


def _is_island(around: list[_Run], a: list[_Word], b: list[_Word]) -> bool:
    """Whether the equal run in the middle of three is part of one change with the others."""
    before, run, after = around
    letters = sum(c.isalnum() for word in a[run[1] : run[2]] for c in word.key)
    if letters >= _ISLAND or _has_mask(before, a, b) or _has_mask(after, a, b):
        return False
    return letters > 0 or not (_is_swap(before) and _is_swap(after))


def _is_swap(run: _Run) -> bool:
    """Whether a change replaces a word or two by a word or two."""
    _, first_a, end_a, first_b, end_b = run
    return 0 < end_a - first_a <= _SWAP and 0 < end_b - first_b <= _SWAP


def _has_mask(run: _Run, a: list[_Word], b: list[_Word]) -> bool:
    """Whether a change has a mask in it; then it stays apart, to show what the mask hides."""
    return any(is_mask(word.key) for word in (*a[run[1] : run[2]], *b[run[3] : run[4]]))
