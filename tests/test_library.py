"""An archive that changes while it is asked: one answer is of one generation."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from archive.errors import EngineError
from archive.library import Archive, open_archive
from archive.model import Document, Paragraph
from archive.query import parse
from archive.wording import wording
from tests.shelf import Kept, publish
from web import create_app

WORDS = "均衡发展"


def one_more(number: int) -> Kept:
    path = f"新{number}.txt"
    paragraph = Paragraph(path, 0, "推进义务教育均衡发展，新建学校三所。", title=path)
    return Document(path, path, path, "0" * 64), [paragraph]


def shown(archive: Archive) -> dict[str, object]:
    answer = wording(archive, parse(WORDS)).to_dict()
    del answer["took_ms"]
    return answer


def test_what_stands_still_answers_as_before_whatever_is_published(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        still = archive.still()
        assert archive.still() is still
        before, generation = shown(still), still.generation
        # So often that the files of the first are gone.
        for number in range(4):
            publish(tmp_path, map(one_more, range(number + 1)))
        assert shown(still) == before
        assert still.generation == generation != archive.generation
        now = archive.still()
        assert now is not still
        assert shown(now) == shown(archive) != before


def test_what_stood_still_is_let_go_with_the_next_generation(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        still = weakref.ref(archive.still())
        publish(tmp_path, [one_more(1)])
        archive.search(WORDS)
        gc.collect()
        assert still() is None


@pytest.mark.parametrize("address", ["/api/wording", "/wording"])
def test_a_wording_does_not_straddle_a_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    publish(tmp_path)
    client = create_app(tmp_path).test_client()
    kept = Archive.sources
    asked = f"{address}?q={WORDS}"
    before = client.get(asked)

    def and_publish(archive: Archive) -> object:
        sources = kept(archive)
        publish(tmp_path, [one_more(1)])
        return sources

    monkeypatch.setattr(Archive, "sources", and_publish)
    straddling = client.get(asked, headers={"Cache-Control": "no-cache"})
    monkeypatch.undo()
    after = client.get(asked)
    if before.is_json:
        totals = [answer.get_json()["total"] for answer in (before, straddling, after)]
        assert totals[0] == totals[1] == totals[2] - 1
    else:
        assert straddling.text == before.text != after.text


def test_an_engine_stays_open_while_facets_of_its_answer_may_be_read(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        results = archive.search(parse(WORDS))
        engine = archive._state().engine
        publish(tmp_path, [one_more(1)])
        assert archive.search(parse(WORDS)).generation != results.generation
        gc.collect()
        assert sum(bucket.count for bucket in results.facet("form").buckets) == results.total
        assert engine.size
        del results
        gc.collect()
        with pytest.raises(EngineError, match="closed: ask again"):
            _ = engine.size
