"""Our own evaluation, exact part: every query finds exactly what brute force finds.

The queries are in data/wording_queries.txt; the paragraphs are real ones, kept elsewhere.
The matcher here looks at every paragraph, character by character, and knows no index.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pytest

from archive.engines.engine import Engine
from archive.model import Paragraph
from archive.query.ast import Phrase
from archive.query.parser import read
from archive.query.patterns import Choice, Element, Figures, Gap, Pattern
from archive.query.query import parse
from archive.text.fold import fold
from tests.fixtures import strategies
from tests.fixtures.engines import EngineFactory
from tests.fixtures.plain_matcher import figure_ends, plainly

QUERIES = [
    line
    for line in (Path(__file__).parent.parent / "data" / "wording_queries.txt")
    .read_text()
    .splitlines()
    if line and not line.startswith("//")
]
# Every fifth of ten thousand: enough that most queries find something, and few enough
# that every engine, the slow one too, answers in seconds.
STEP = 5

SENTENCE = re.compile(r"[^。！？；!?;\r\n]*(?:[。！？；!?;]+[”’」』\")）]*|\r\n|[\n\r]|$)")
PAUSES = frozenset(",、，。!！?？;；\r\n")
FIGURE = re.compile(
    r"(?:[0-9零〇一二三四五六七八九十百千万亿两○□●◯×*_]|(?<![a-wyz])x+(?![a-wyz]))+"
)


@dataclass(frozen=True)
class Real:
    """An engine full of real paragraphs, and the same paragraphs one by one."""

    engine: Engine
    paragraphs: list[Paragraph]


@lru_cache(maxsize=1)
def real_paragraphs(path: Path) -> list[Paragraph]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    return [
        Paragraph(f"d{n // 20:04}", n % 20, text)
        for n, text in enumerate(text for text in texts[::STEP] if text)
    ]


@pytest.fixture(params=["memory", "whoosh"], scope="module")
def real(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    testdata: Callable[[str], Path],
) -> Iterator[Real]:
    paragraphs = real_paragraphs(testdata("real/10k.jsonl.gz"))
    held = tuple(tuple(paragraphs[at : at + 20]) for at in range(0, len(paragraphs), 20))
    factory = EngineFactory.of(request.param, tmp_path_factory)
    with factory.engine(strategies.Archive(held, {})) as engine:
        yield Real(engine, paragraphs)


@cache
def folded(text: str) -> str:
    return "".join(fold(character) for character in text)


@cache
def by_brute_force(query: str, path: Path) -> frozenset[str]:
    node = read(query)
    paragraphs = real_paragraphs(path)
    if isinstance(node, Phrase):
        wanted = folded(node.text)
        return frozenset(p.paragraph_id for p in paragraphs if wanted in folded(p.text))
    assert isinstance(node, Pattern)
    return frozenset(p.paragraph_id for p in paragraphs if is_found(node, p.text))


def is_found(pattern: Pattern, text: str) -> bool:
    flat = folded(text)
    if not all(any(option in flat for option in options) for options in pattern.required):
        return False
    if len(flat) != len(text):
        # Where one character folds to several, the plainest matcher minds the offsets.
        return bool(plainly(pattern, text))
    stretches = (
        [(0, len(flat))] if pattern.whole else [m.span() for m in SENTENCE.finditer(text) if m[0]]
    )
    return any(is_found_in(pattern.elements, text, start, end) for start, end in stretches)


def is_found_in(elements: tuple[Element, ...], text: str, start: int, end: int) -> bool:
    """Keep the set of places reached, element by element, from any beginning."""
    places = set(range(start, end + 1))
    for number, element in enumerate(elements):
        is_last = number == len(elements) - 1
        places = {
            stop
            for place in places
            for stop in stops(element, text, place, end, is_last=is_last)
            if stop <= end
        }
    return bool(places)


def stops(element: Element, text: str, place: int, end: int, *, is_last: bool) -> list[int]:
    flat = folded(text)
    match element:
        case Gap(least, most) if is_last and least != most:
            pause = next((at for at in range(place, end) if flat[at] in PAUSES), end)
            stop = pause if most is None else min(pause, place + most)
            return [stop] if stop - place >= least else []
        case Gap(least, most):
            return list(range(place + least, (end if most is None else place + most) + 1))
        case Figures():
            return figure_ends(text, place)
        case Choice(options):
            return [place + len(one) for one in options if flat.startswith(one, place)]


def test_there_are_a_hundred_and_fifty_different_queries() -> None:
    assert len(set(QUERIES)) == len(QUERIES) >= 150
    exact = [query for query in QUERIES if isinstance(read(query), Phrase)]
    assert len(exact) >= 75
    assert len(QUERIES) - len(exact) >= 75


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_exactly_what_brute_force_finds(
    real: Real, query: str, testdata: Callable[[str], Path]
) -> None:
    found = [p.paragraph_id for p in real.engine.scan(parse(query))]
    assert len(set(found)) == len(found)
    assert set(found) == by_brute_force(query, testdata("real/10k.jsonl.gz"))


def test_most_queries_find_something(testdata: Callable[[str], Path]) -> None:
    path = testdata("real/10k.jsonl.gz")
    empty = [query for query in QUERIES if not by_brute_force(query, path)]
    assert len(empty) <= len(QUERIES) // 10, empty
