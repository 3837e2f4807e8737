"""Text to tokens: the only place that knows jieba and rjieba.

Runs of ASCII letters and runs of figures are cut by a regular expression, ideographs by jieba's
dictionary without its hidden Markov model; punctuation is no token. So cut, rjieba (in
Rust), jieba (in Python) and our own reading of the dictionary give the same tokens: the
last one cuts what little a process asks for at first, since it is ready at once, then the
faster installed one serves. jieba's own ChineseAnalyzer for Whoosh does not: it numbers
tokens by character offset, emits overlapping words and drops single figures, which breaks
phrases.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from archive.text.dictionary import MappedDictionary
from archive.text.fold import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Raised whenever the rules below give other tokens than before; part of the index stamp.
RULES_VERSION = 1

# Ideographs that jieba's dictionary knows of; others (extensions A and B) stand alone.
_RUNS = re.compile(r"([\u4e00-\u9fd5]+)|([a-z]+)|([0-9]+)|([^\W_])", re.IGNORECASE)
_GAPS = re.compile(r"[^\u4e00-\u9fd5]+")

# Both cutters give a line break back as a token by itself.
_GAP = "\n"
# Ends each text of many that are cut together: a noncharacter, which no text should hold.
_TEXT_END = "\U0010ffff"
# Cut together at once, in characters: enough that calls no longer count (beyond a hundred
# thousand nothing more is won), little enough that the tokens take little memory.
_CUT_AT_ONCE = 300_000
# Characters that a process cuts before it loads a whole dictionary: a query or a short page.
# For so many both ways take about as long (measured on laws: 0.13 s).
_CUT_AT_FIRST = 2_000


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text, its ordinal in the text, its offsets [start, end) in characters."""

    text: str
    position: int
    start: int
    end: int


def words(folded: str) -> list[str]:
    """Return the token texts of folded text, in order.

    >>> words("推进义务教育均衡发展,新建学校12所")
    ['推进', '义务教育', '均衡', '发展', '新建', '学校', '12', '所']
    """
    found: list[str] = []
    cut = _cutter()
    for run in _RUNS.finditer(folded):
        if run.lastindex == 1:
            found.extend(cut(run.group()))
        else:
            found.append(run.group())
    return found


def tokenize(folded: str) -> Iterator[Token]:
    """Yield the tokens of folded text with their offsets in it.

    >>> [(t.text, t.start, t.end) for t in tokenize("第12所 学校")]
    [('第', 0, 1), ('12', 1, 3), ('所', 3, 4), ('学校', 5, 7)]
    """
    position = 0
    cut = _cutter()
    for run in _RUNS.finditer(folded):
        at = run.start()
        for word in cut(run.group()) if run.lastindex == 1 else (run.group(),):
            yield Token(word, position, at, at + len(word))
            at += len(word)
            position += 1


def analyze(text: str) -> list[str]:
    """Fold `text` and return its token texts.

    >>> analyze("義務教育")
    ['义务教育']
    """
    return words(fold(text))


def words_of_each(texts: Sequence[str]) -> list[list[str]]:
    """Return the token texts of each of many folded texts, cut together.

    The same as `words` of one after the other, in half the time for short texts.

    >>> words_of_each(["均衡发展", "", "发展12"])
    [['均衡', '发展'], [], ['发展', '12']]
    """
    joined = "".join([text + _TEXT_END for text in texts])
    if len(joined) <= _CUT_AT_FIRST or joined.count(_TEXT_END) != len(texts):
        return [words(text) for text in texts]
    # Cut as `_number_chunk` does; in each gap the tokens before, between and behind the ends
    # of texts that lie in it.
    gaps = _GAPS.findall(joined)
    between = {gap: [words(part) for part in gap.split(_TEXT_END)] for gap in dict.fromkeys(gaps)}
    tokens = fast_cutter()(_GAPS.sub(_GAP, joined))
    found: list[list[str]] = []
    current: list[str] = []
    at = 0
    for gap in gaps:
        end = tokens.index(_GAP, at)
        before, *behind = between[gap]
        current += tokens[at:end]
        current += before
        at = end + 1
        for part in behind:
            found.append(current)
            current = part.copy()
    return found


class Numbers(dict[str, int]):
    """Numbers tokens in the order of their first sight, from 1; 0 is the gap between runs."""

    def __init__(self) -> None:
        super().__init__({_GAP: 0})

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self)
        return number


def number_tokens(
    texts: Sequence[str], numbers: Numbers
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cut many folded texts at once, in less than half the time of one by one.

    Returns the number of each token, and the place in `texts` of the text that holds it,
    ascending; within a text the tokens are in no order. `numbers` learns.

    >>> numbers = Numbers()
    >>> tokens, places = number_tokens(["均衡发展", "", "发展12"], numbers)
    >>> list(numbers)[1:], tokens.tolist(), places.tolist()
    (['12', '均衡', '发展'], [2, 3, 3, 1], [0, 0, 2, 2])
    """
    import numpy as np

    parts: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = [
        (np.empty(0, np.int32), np.empty(0, np.int32))
    ]
    chunk: list[str] = []
    first = size = 0
    for place, text in enumerate(texts):
        chunk.append(text)
        size += len(text)
        if size > _CUT_AT_ONCE or place == len(texts) - 1:
            tokens, places = _number_chunk(chunk, numbers)
            parts.append((tokens, places + np.int32(first)))
            chunk, first, size = [], place + 1, 0
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _number_chunk(
    texts: Sequence[str], numbers: Numbers
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    import numpy as np

    joined = "".join([text + _TEXT_END for text in texts])
    if joined.count(_TEXT_END) != len(texts):
        listed = [(numbers[word], place) for place, t in enumerate(texts) for word in words(t)]
        slow = np.array(listed, np.int32).reshape(-1, 2)
        return slow[:, 0], slow[:, 1]
    # The ideographs go to the cutter in one call, with a line break for each gap; what
    # stands in the gaps is cut by our own rule, each different gap once.
    gaps = _GAPS.findall(joined)
    between = {gap: _number_gap(gap, numbers) for gap in dict.fromkeys(gaps)}
    tokens = np.array([numbers[t] for t in _cutter()(_GAPS.sub(_GAP, joined))], np.int32)
    ends = np.cumsum([gap.count(_TEXT_END) for gap in gaps], dtype=np.int32)
    before = np.concatenate((np.zeros(1, np.int32), ends))
    ideographs = tokens != 0
    places = before[np.cumsum(~ideographs)]
    others = np.array(
        [
            (number, first + ended)
            for gap, first in zip(gaps, before.tolist(), strict=False)
            for number, ended in between[gap]
        ],
        np.int32,
    ).reshape(-1, 2)
    tokens = np.concatenate((tokens[ideographs], others[:, 0]))
    places = np.concatenate((places[ideographs], others[:, 1]))
    order = np.argsort(places, kind="stable")
    return tokens[order], places[order]


def _number_gap(gap: str, numbers: Numbers) -> list[tuple[int, int]]:
    """The tokens of a gap, each with how many texts end in the gap before it."""
    return [
        (numbers[run.group()], gap.count(_TEXT_END, 0, run.start())) for run in _RUNS.finditer(gap)
    ]


class _FirstCutter:
    """Cuts by the mapped dictionary at first, and when much is asked for by a fast cutter."""

    def __init__(self, dictionary: MappedDictionary) -> None:
        self._dictionary = dictionary
        self._left = _CUT_AT_FIRST

    def __call__(self, run: str) -> list[str]:
        """Cut a run of ideographs; one that is longer than what is left goes to the other."""
        if len(run) > self._left or fast_cutter.cache_info().currsize:
            return fast_cutter()(run)
        self._left -= len(run)
        return self._dictionary.cut(run)


@lru_cache(maxsize=1)
def _cutter() -> Callable[[str], list[str]]:
    """What cuts ideographs; where jieba's dictionary is another one, the fast cutter alone."""
    try:
        return _FirstCutter(MappedDictionary(_dictionary()))
    except ValueError:
        return fast_cutter()


@lru_cache(maxsize=1)
def fast_cutter() -> Callable[[str], list[str]]:
    """The fastest cutter installed (made at first use: loading a dictionary takes time)."""
    try:
        import rjieba
    except ImportError:
        return jieba_cutter()
    cut: Callable[[str, bool], list[str]] = rjieba.cut
    return lambda run: cut(run, False)


@lru_cache(maxsize=1)
def jieba_cutter() -> Callable[[str], list[str]]:
    """jieba's own cutter: the reference, and what serves where rjieba is missing."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # Read from the dictionary itself: jieba would load a cache of it by marshal, which trusts
    # its input, from a shared folder, and is no faster by it.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return lambda run: list(tokenizer.cut(run, HMM=False))


def _dictionary() -> Path:
    """jieba's dictionary, found without importing jieba: that takes a quarter of a second."""
    found = importlib.util.find_spec("jieba")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'jieba'", name="jieba")
    return Path(found.origin).with_name("dict.txt")


@lru_cache(maxsize=1)
def analyzer_stamp() -> str:
    """A digest of all that decides the tokens: rules, folding, dictionary.

    An index written under another stamp would answer queries with other tokens than its
    own, so it is refused.
    """
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"rules {RULES_VERSION}\n".encode())
    digest.update(_dictionary().read_bytes())
    digest.update(fold("後學臺乾〔【（Ａ…％㈠①⁵½⻓\u200b\t").encode())
    return digest.hexdigest()
