"""Beside search: patterns, a concordance, precedents for a draft; this archive alone has them."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.errors import QueryError
from archive.model import Paragraph
from archive.precedents.answer import precedents
from archive.query.query import Query, parse
from archive.search.backend import WeightedTerm
from archive.search.more_like_this import Nearest
from archive.store.source_groups import Sources
from archive.store.text_sizes import TextSizes
from archive.text.fold import fold, sentences
from archive.text.tokenize import analyze
from archive.wording import wording
from archive.wording.matches import matches
from tests.measure.bench.paragraphs import SEED, read_documents

PATTERNS = 40
# Words whose occurrences are counted, of those whose tokens are about as many as wanted.
_GUESSED = 200
CONCORDANCES = 3
DRAFTS = 3
# How many lines the concordances are to have, and how long a draft is, in characters.
LINES = 10_000
DRAFT = 2_000
# Paragraphs of which words and sentences are drawn.
SAMPLE = 20_000
# The share of paragraphs that hold the rare and the common part of a pattern.
_RARE = 0.002
_COMMON = 0.02
_WORD = re.compile(r"[\u4e00-\u9fd5]{2,4}")


class _Opened:
    """An engine as the readers of an archive see it; nothing is known of copies and text sizes."""

    generation = "1"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def scan(self, query: Query) -> Iterator[Paragraph]:
        return self._engine.scan(query)

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        return self._engine.doc_freqs(tokens)

    def nearest(self, drafts: Sequence[Sequence[WeightedTerm]], limit: int) -> Sequence[Nearest]:
        return self._engine.nearest(drafts, limit)

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        return self._engine.lookup(paragraph_ids)

    def sources(self) -> Sources:
        return {}

    def text_sizes(self) -> TextSizes:
        return {}


def measure(folder: Path, paragraphs: Path) -> dict[str, Any]:
    """Times in milliseconds of each work, with what it found; each is asked once, warmed up."""
    engine = open_engine(folder)
    opened = _Opened(engine)
    draw = random.Random(SEED)
    sample = [p for d in islice(read_documents(paragraphs), SAMPLE // 20) for p in d]
    having = Counter(word for p in sample for word in set(analyze(p.text)) if _WORD.fullmatch(word))
    found: dict[str, Any] = {}
    patterns = _patterns(sample, having, draw)
    found["patterns"] = _timed(patterns, lambda text: engine.search(parse(text)).total)
    lines = _wordings(opened, sample, engine.size / len(sample))
    found["concordances"] = _timed(list(lines), lambda text: wording(opened, parse(text)).total)
    # What is refused has lines too.
    found["concordances"]["lines"] = list(lines.values())[1:]
    drafts = [_draft(sample, draw) for _ in range(DRAFTS + 1)]
    found["drafts"] = _timed(drafts, lambda text: len(precedents(opened, text).overall))
    engine.close()
    return found


def _timed(asked: Sequence[str], answer: Callable[[str], int]) -> dict[str, Any]:
    """Wall and processor milliseconds of each but the first, which is the warm-up.

    What is refused because it takes too long has found nothing, in the time that it took.
    """
    times, cpu, totals = [], [], []
    for text in asked:
        started, busy = time.perf_counter(), time.process_time()
        try:
            totals.append(answer(text))
        except QueryError:
            totals.append(0)
        times.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
    return {"times": times[1:], "cpu": cpu[1:], "totals": totals[1:]}


def _patterns(sample: Sequence[Paragraph], having: Counter[str], draw: random.Random) -> list[str]:
    """Patterns of a rare and a common word with a gap, each of some sentence."""
    made: dict[str, None] = {}
    rare, common = max(1, len(sample) * _RARE), len(sample) * _COMMON
    for _ in range(PATTERNS * 100):
        text = draw.choice(sample).text
        start, end = draw.choice(list(sentences(text)))
        sentence = text[start:end]
        words = [w for w in analyze(sentence) if having[w]]
        few = [w for w in words if having[w] <= rare]
        many = [w for w in words if having[w] >= common]
        if few and many and sentence.find(few[0]) + len(few[0]) <= sentence.rfind(many[-1]):
            made[f"{few[0]}……{many[-1]}"] = None
        if len(made) > PATTERNS:
            break
    return list(made)


def _wordings(opened: _Opened, sample: Sequence[Paragraph], share: float) -> dict[str, int]:
    """Words that stand as nearly LINES times in the archive as there are, and how often each does.

    Chosen by the sample, of which the archive is `share` times as much, and counted in it.
    """
    tokens = Counter(word for p in sample for word in analyze(p.text) if _WORD.fullmatch(word))
    text = "\n".join(fold(p.text) for p in sample)
    few = _nearest({word: tokens[word] * share for word in tokens}, _GUESSED)
    fewer = _nearest({word: text.count(word) * share for word in few}, 4 * (CONCORDANCES + 1))
    queries = [f'"{word}"' for word in fewer]
    lines = {q: sum(len(f.spans) for f in matches(opened, parse(q))) for q in queries}
    return {query: lines[query] for query in _nearest(lines, CONCORDANCES + 1)}


def _nearest(times: Mapping[str, float], most: int) -> list[str]:
    return sorted(times, key=lambda word: (abs(times[word] - LINES), word))[:most]


def _draft(sample: Sequence[Paragraph], draw: random.Random) -> str:
    """A draft of sentences from everywhere, as a writer's who has read much."""
    text = ""
    while len(text) < DRAFT:
        own = draw.choice(sample).text
        start, end = draw.choice(list(sentences(own)))
        text += own[start:end]
    return text[:DRAFT]
