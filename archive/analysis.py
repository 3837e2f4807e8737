"""Text to tokens: the only place that knows jieba and rjieba.

Runs of ASCII letters and runs of figures are cut by a rule of ours, ideographs by jieba's
dictionary without its hidden Markov model; punctuation is no token. So cut, rjieba (in
Rust) and jieba (in Python) give the same tokens, and the faster one serves where it is
installed. jieba's own ChineseAnalyzer for Whoosh does not: it numbers tokens by character
offset, emits overlapping words and drops single figures, which breaks phrases.
"""

from __future__ import annotations

import hashlib
import logging
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from archive.text import fold

# Raised whenever the rules below give other tokens than before; part of the index stamp.
RULES_VERSION = 1

# Ideographs that jieba's dictionary knows of; others (extensions A and B) stand alone.
_RUNS = re.compile(r"([\u4e00-\u9fd5]+)|([a-z]+)|([0-9]+)|([^\W_])", re.IGNORECASE)


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


@lru_cache(maxsize=1)
def _cutter() -> Callable[[str], list[str]]:
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
    # jieba caches its dictionary under a fixed name in the shared temporary folder, where
    # anybody may have put another file; a folder of our own is as fast and private.
    cache = Path(tempfile.gettempdir()) / f"xianli-{_user()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    tokenizer.tmp_dir = str(cache)
    return lambda run: list(tokenizer.cut(run, HMM=False))


def _user() -> str:
    if sys.platform == "win32":
        import getpass

        return getpass.getuser()
    import os

    return str(os.getuid())


@lru_cache(maxsize=1)
def analyzer_stamp() -> str:
    """A digest of all that decides the tokens: rules, folding, dictionary.

    An index written under another stamp would answer queries with other tokens than its
    own, so it is refused.
    """
    import jieba

    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"rules {RULES_VERSION}\n".encode())
    digest.update(Path(jieba.__file__).with_name("dict.txt").read_bytes())
    digest.update(fold("後學臺乾〔【（Ａ…％㈠").encode())
    return digest.hexdigest()
