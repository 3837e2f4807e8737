"""The five real texts end to end: indexed without failure, searched exactly, no boilerplate."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.engines.engine import Engine
from archive.engines.memory import MemoryEngine
from archive.model import Paragraph
from archive.query.ast import Phrase
from archive.query.query import Query, parse
from archive.store.home import Home
from archive.store.library import Archive
from archive.text.fold import fold
from indexer.pipeline import read_source
from indexer.run.reindex import Options, reindex
from indexer.run.verify import verify

BOILERPLATE = ["下载", "VIP", "客服", "折扣价", "您可能关注", "手机阅读", "隐藏内容"]


@pytest.fixture(scope="module")
def home(testdata: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("seeds")
    (root / "corpus").mkdir()
    for seed in testdata("seeds").iterdir():
        shutil.copyfile(seed, root / "corpus" / seed.name)
    opened = Home.open(root)
    report = reindex(opened, Options(jobs=2))
    assert report.failed == []
    assert report.documents == 5
    return opened


@pytest.fixture(scope="module")
def paragraphs(home: Home) -> list[Paragraph]:
    """What `explain` says of the five files."""
    sources = sorted(home.corpus.iterdir())
    return [p for file in sources for r in read_source(file, file.name) for p in r.paragraphs]


def test_the_index_agrees_with_the_sources(home: Home) -> None:
    assert list(verify(home)) == []


@pytest.mark.parametrize("word", BOILERPLATE)
def test_no_boilerplate_is_found(home: Home, word: str) -> None:
    with Archive(home) as archive:
        assert archive.search(word).total == 0


@pytest.mark.parametrize("phrase", ["控辍保学", "学前教"])
def test_a_phrase_gives_exactly_the_paragraphs_that_contain_it(
    home: Home, paragraphs: list[Paragraph], phrase: str
) -> None:
    with Archive(home) as archive:
        found = list(archive.scan(parse(f'"{phrase}"')))
    assert found
    assert found == [p for p in paragraphs if phrase in p.text]


def test_random_substrings_give_exactly_the_set_counted_by_hand(
    home: Home, paragraphs: list[Paragraph]
) -> None:
    chance = random.Random(20)
    reference = MemoryEngine()
    with reference.writer() as writer:
        for file in sorted({p.document_id for p in paragraphs}):
            writer.add([p for p in paragraphs if p.document_id == file])
    folded = [fold(p.text) for p in paragraphs]
    wanted = []
    while len(wanted) < 1000:
        text = chance.choice(paragraphs).text
        length = chance.randint(2, 12)
        if len(text) >= length:
            start = chance.randrange(len(text) - length + 1)
            wanted.append(text[start : start + length])

    with Archive(home) as archive:
        for phrase in wanted:
            expected = [p for p, f in zip(paragraphs, folded, strict=True) if fold(phrase) in f]
            asked = Query(text=phrase, node=Phrase(phrase))
            assert ids(archive, asked) == [p.paragraph_id for p in expected], phrase
            assert ids(reference, asked) == [p.paragraph_id for p in expected], phrase


def ids(engine: Engine | Archive, query: Query) -> list[str]:
    return [paragraph.paragraph_id for paragraph in engine.scan(query)]
