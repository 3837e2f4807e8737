"""A quoted phrase finds exactly the paragraphs that contain it, in real text.

The phrases are cut anywhere out of ten thousand real paragraphs of laws, reports and news;
what they must find is counted by Python's own `in`.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from archive.engines.engine import Engine
from archive.engines.memory import MemoryEngine
from archive.engines.registry import open_engine
from archive.ids import build_document_id
from archive.model import Dating, Paragraph, Record, YearBasis
from archive.query.ast import Phrase
from archive.query.query import Query, parse
from archive.text.fold import fold

SOURCE = "real/10k.jsonl.gz"
PHRASES = 1_000
SHORTEST, MAX_LENGTH = 2, 12
SEED = 20_240_530

# The memory engine reads every paragraph for every phrase: a sample of them is enough.
MEMORY_PARAGRAPHS = 500


@pytest.fixture(scope="module")
def paragraphs(testdata: Callable[[str], Path]) -> list[Paragraph]:
    """All paragraphs of the source, each document's numbered from 0."""
    with gzip.open(testdata(SOURCE), "rt", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=lambda row: (row["doc_id"], row["n"]))
    return [
        Paragraph(
            document_id=build_document_id(SOURCE, doc_id),
            ordinal=ordinal,
            text=row["text"],
            heading_path=(row["heading"],) if row["heading"] else (),
            record=Record(row["type"]),
            title=row["title"],
            dating=Dating(row["year"], row["year"], YearBasis.STATED),
        )
        for doc_id, group in groupby(rows, key=lambda row: row["doc_id"])
        for ordinal, row in enumerate(group)
    ]


def fill(engine: Engine, paragraphs: Sequence[Paragraph]) -> None:
    with engine.writer() as writer:
        for _, document in groupby(paragraphs, key=lambda p: p.document_id):
            writer.add(list(document))
        writer.set_clusters({})


@pytest.fixture(scope="module")
def phrases(paragraphs: list[Paragraph]) -> list[str]:
    """Substrings cut anywhere, the same ones on every run."""
    chance = random.Random(SEED)
    return [cut(chance.choice(paragraphs).text, chance) for _ in range(PHRASES)]


def cut(text: str, chance: random.Random) -> str:
    length = min(chance.randint(SHORTEST, MAX_LENGTH), len(text))
    start = chance.randint(0, len(text) - length)
    return text[start : start + length]


def quoted(phrase: str) -> Query:
    """The query as a reader types it; a phrase with a quotation mark in it cannot be typed."""
    if set(phrase) & set('"“”') or not phrase.strip():
        return Query(node=Phrase(phrase))
    return parse(f'"{phrase}"')


def containing(phrase: str, folded: Sequence[tuple[str, str]]) -> set[str]:
    wanted = fold(phrase)
    return {paragraph_id for paragraph_id, text in folded if wanted in text}


def folded_texts(paragraphs: Sequence[Paragraph]) -> list[tuple[str, str]]:
    return [(p.paragraph_id, fold(p.text)) for p in paragraphs]


@pytest.fixture(scope="module")
def kept_engine(
    paragraphs: list[Paragraph], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The engine that keeps archives, with all paragraphs."""
    folder = tmp_path_factory.mktemp("real")
    engine = open_engine(folder)
    fill(engine, paragraphs)
    engine.close()
    engine = open_engine(folder)
    yield engine
    engine.close()


def test_on_the_memory_engine(paragraphs: list[Paragraph]) -> None:
    chance = random.Random(SEED)
    sample = sorted(chance.sample(paragraphs, MEMORY_PARAGRAPHS), key=lambda p: p.order)
    engine = MemoryEngine()
    fill(engine, sample)
    folded = folded_texts(sample)
    # Cut out of the sample, so that each phrase is there to be found.
    for phrase in [cut(chance.choice(sample).text, chance) for _ in range(PHRASES)]:
        expected = containing(phrase, folded)
        assert expected
        assert {p.paragraph_id for p in engine.scan(quoted(phrase))} == expected, phrase


def test_on_the_engine_that_keeps_archives(
    kept_engine: Engine, paragraphs: list[Paragraph], phrases: list[str]
) -> None:
    folded = folded_texts(paragraphs)
    for phrase in phrases:
        expected = containing(phrase, folded)
        assert expected
        found = [p.paragraph_id for p in kept_engine.scan(quoted(phrase))]
        assert len(found) == len(set(found))
        assert set(found) == expected, phrase
        results = kept_engine.search(quoted(phrase))
        assert results.total == len(expected), phrase
        for hit in results.hits:
            for start, end in hit.spans:
                assert fold(phrase) in fold(hit.paragraph.text[start:end])
