"""Results as values: snippets, facets, and the words of --json."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from archive.model import Dating, Paragraph, YearBasis
from archive.query.filters import Filters
from archive.query.query import Query, parse
from archive.search.results import (
    MAX_BUCKETS,
    Bucket,
    Facet,
    Facets,
    Hit,
    Results,
    Snippet,
    make_facet,
    snippet,
)
from archive.text.fold import merge_spans
from tests.fixtures.strategies import FACETS


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A text, and spans in it that stand apart, as matching gives them."""
    text = draw(st.text("一二三四五六七八九十", max_size=40))
    starts = draw(st.lists(st.integers(0, max(len(text) - 1, 0)), max_size=4))
    cut = [(a, min(len(text), a + draw(st.integers(1, 12)))) for a in starts if text]
    return text, merge_spans(cut)


@given(marked=marked_texts())
def test_the_pieces_of_a_snippet_are_its_text_and_its_spans(
    marked: tuple[str, tuple[tuple[int, int], ...]],
) -> None:
    text, spans = marked
    pieces = Snippet(text, spans).pieces()
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_matched in pieces if is_matched] == [text[a:b] for a, b in spans]
    assert all(piece for piece, _ in pieces)


@given(marked=marked_texts(), width=st.integers(1, 50))
def test_a_snippet_is_a_window_on_the_first_match(
    marked: tuple[str, tuple[tuple[int, int], ...]], width: int
) -> None:
    text, spans = marked
    made = snippet(text, spans, width)
    assert len(made.text) == min(width, len(text))
    places = [at for at in range(len(text) - len(made.text) + 1) if text.startswith(made.text, at)]
    marks = {i for a, b in spans for i in range(a, b)}
    shown = {i for a, b in made.spans for i in range(a, b)}
    # At one of the places where the window's text stands, its marks are the text's own.
    assert any(
        shown == {i - at for i in marks if at <= i < at + len(made.text)}
        and made.before == (at > 0)
        and made.after == (at + len(made.text) < len(text))
        and (not spans or at <= spans[0][0] < at + len(made.text))
        for at in places
    )


def test_a_snippet_shows_several_matches_that_fit() -> None:
    made = snippet("一二三四五六七八九十", ((3, 4), (5, 6)), 5)
    assert [piece for piece, is_matched in made.pieces() if is_matched] == ["四", "六"]


@given(counts=st.dictionaries(st.text("甲乙丙a", min_size=1, max_size=3), st.integers(0, 5)))
def test_buckets_come_by_count_then_value_and_empty_ones_not_at_all(
    counts: dict[str, int],
) -> None:
    facet = make_facet(parse("x"), "topic", counts)
    listed = [(bucket.value, bucket.count) for bucket in facet.buckets]
    kept = [(value, count) for value, count in counts.items() if count]
    assert listed == sorted(kept, key=lambda item: (-item[1], item[0]))


def test_a_chosen_value_is_listed_at_nought_and_beyond_the_cut() -> None:
    counts = {f"v{n:03}": 1 for n in range(MAX_BUCKETS + 2)}
    query = Query(filters=Filters({"topic": ("没有", f"v{MAX_BUCKETS + 1:03}")}))
    facet = make_facet(query, "topic", counts)
    assert [(b.value, b.count) for b in facet.buckets if b.selected] == [
        (f"v{MAX_BUCKETS + 1:03}", 1),
        ("没有", 0),
    ]
    assert len(facet.buckets) + facet.more == MAX_BUCKETS + 3


def test_a_chosen_section_is_marked_by_its_counted_value() -> None:
    facet = make_facet(parse("").toggle("section", "安全"), "section", {"安全": 2, "校园安全": 1})
    assert [(b.value, b.selected) for b in facet.buckets] == [("安全", True), ("校园安全", False)]


def test_years_come_by_year_with_unknown_last_and_none_left_out() -> None:
    counts = {str(year): 1 for year in range(2100, 1900, -1)} | {"unknown": 9}
    facet = make_facet(parse("").toggle("year", "2021"), "year", counts)
    assert [b.value for b in facet.buckets] == [*map(str, range(1901, 2101)), "unknown"]
    assert [b.value for b in facet.buckets if b.selected] == ["2021"]
    assert facet.more == 0


def test_results_say_themselves_in_the_words_of_json() -> None:
    paragraph = Paragraph(
        "d", 3, "推进均衡", title="总结", dating=Dating(year=2020, basis=YearBasis.INFERRED)
    )
    query = parse("均衡")
    facets = Facets(lambda name: make_facet(query, name, {"2020": 1}))
    hit = Hit(paragraph, 1.23456, spans=((2, 4),), cluster="d:1", variants=("d:1",))
    results = Results(query, 2, 1, (hit,), facets, took_ms=1.5)
    said = json.loads(json.dumps(results.to_dict(), ensure_ascii=False))
    assert (said["query"], said["total"], said["clusters"]) == ("均衡", 2, 1)
    assert said["hits"] == [
        {
            "paragraph_id": "d:3",
            "document_id": "d",
            "title": "总结",
            "article": None,
            "heading_path": [],
            "form": "body",
            "year": 2020,
            "year_basis": "inferred",
            "topic": None,
            "topics": [],
            "domains": [],
            "part": None,
            "kind": None,
            "issuer": [],
            "level": None,
            "region": [],
            "status": None,
            "site": None,
            "warnings": [],
            "number": None,
            "issued": None,
            "text": "推进均衡",
            "spans": [[2, 4]],
            "score": 1.2346,
            "cluster": "d:1",
            "variants": ["d:1"],
        }
    ]
    assert said["facets"]["year"] == [{"value": "2020", "count": 1, "selected": False}]
    assert list(said["facets"]) == list(FACETS)
    assert "nearest" not in said
    assert results.facet("year") == Facet("year", results.facet("year").buckets)


def test_facets_are_counted_when_they_are_read_and_once() -> None:
    read: list[str] = []

    def count(name: str) -> Facet:
        read.append(name)
        return Facet(name, (Bucket("甲", len(name)),))

    results = Results(parse("甲"), 2, 2, (), Facets(count))
    assert replace(results, generation="2").facet("site") == Facet("site", (Bucket("甲", 4),))
    assert read == ["site"]
    assert [facet.name for facet in results.facets] == list(FACETS)
    assert results == replace(results, facets=Facets(count))
    assert results.facets != Facets(lambda name: Facet(name, ()))
    # Each of them once for the results, once for what they are compared with.
    assert len(read) == 2 * len(FACETS)


def test_what_was_left_out_or_offered_instead_is_said() -> None:
    near = Hit(Paragraph("d", 0, "推进"))
    facets = Facets(lambda name: Facet(name, (), more=7 if name == "topic" else 0))
    said = Results(parse("乌有"), 0, 0, (), facets, nearest=(near,)).to_dict()
    assert said["facets_more"] == {"topic": 7}
    assert [hit["paragraph_id"] for hit in said["nearest"]] == ["d:0"]
