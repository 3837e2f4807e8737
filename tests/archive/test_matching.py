"""What a match means, checked against character-by-character counting."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Dating, Paragraph, Record
from archive.query.ast import And, FieldFilter, Node, Not, Or, Phrase, Word
from archive.query.query import Query, parse
from archive.ranges import Range
from archive.search.matching import Subject, has_value, matches, spans
from archive.text.fold import fold
from archive.text.tokenize import analyze
from tests.fixtures import strategies


def subject(text: str) -> Subject:
    return Subject(Paragraph("d", 0, text))


def marked(text: str, query: str) -> list[str]:
    """The highlighted pieces of `text`."""
    return [text[a:b] for a, b in spans(parse(query), subject(text))]


def characters_of(phrase: str, text: str) -> set[int]:
    """The characters of `text` that stand in an occurrence of `phrase`, counted one by one."""
    origin = [(folded, i) for i, character in enumerate(text) for folded in fold(character)]
    wanted = fold(phrase)
    found: set[int] = set()
    for at in range(len(origin) - len(wanted) + 1):
        window = origin[at : at + len(wanted)]
        if "".join(folded for folded, _ in window) == wanted:
            found.update(i for _, i in window)
    return found


@given(data=st.data(), text=strategies.texts)
def test_highlights_of_phrases_are_exactly_the_matched_characters(
    data: st.DataObject, text: str
) -> None:
    cuts = strategies.substrings([Paragraph("d", 0, text)]) | st.sampled_from(strategies.PIECES)
    phrases = data.draw(st.lists(cuts, min_size=1, max_size=3))
    found = spans(Query(node=Or(tuple(map(Phrase, phrases)))), subject(text))
    expected = set().union(*(characters_of(phrase, text) for phrase in phrases))
    assert {i for a, b in found for i in range(a, b)} == expected
    assert all(left[1] < right[0] for left, right in pairwise(found))


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("推进均衡发展", "均衡", ["均衡"]),
        ("推进均衡，加快发展", "均衡发展", ["均衡", "发展"]),
        ("均衡发展，再谈均衡", "均衡发展", ["均衡发展"]),
        ("安全安全", "安全", ["安全安全"]),
        ("人人人", '"人人"', ["人人人"]),
        ("等等…结束", '"."', ["…"]),
        ("等等…结束", '"等.."', ["等…"]),
        ("见㈠款", '"一)款"', ["㈠款"]),
        ("第ﬁ项", "i", ["ﬁ"]),
        ("〔2022〕１號", "(2022)1号", ["2022", "１號"]),
        ("〔2022〕１號", '"(2022)1号"', ["〔2022〕１號"]),
        ("義務教育", "义务教育", ["義務教育"]),
        ("İ安全", "安全", ["安全"]),
        ("推进均衡", "均衡 -安全", ["均衡"]),
        ("推进均衡", "标题:均衡", []),
        ("甲说“安全”", "安全|甲", ["甲", "安全"]),
    ],
)
def test_highlights_by_example(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


@given(word=strategies.texts, text=strategies.texts)
def test_a_word_matches_by_characters_or_by_all_its_tokens(word: str, text: str) -> None:
    tokens = set(analyze(word))
    expected = fold(word) in fold(text) or (bool(tokens) and tokens <= set(analyze(text)))
    assert matches(Word(word), subject(text)) == expected
    assert matches(Word(word), subject(text), literally=True) == (fold(word) in fold(text))


@given(data=st.data(), text=strategies.texts)
def test_the_tree_means_what_its_signs_say(data: st.DataObject, text: str) -> None:
    paragraph = Paragraph("d", 0, text, title="均衡发展要点(2021)", dating=Dating(year=2020))
    one, other = (data.draw(strategies.nodes([paragraph])) for _ in range(2))
    read = Subject(paragraph)

    def means(node: Node) -> bool:
        return matches(node, read)

    assert means(And((one, other))) == (means(one) and means(other))
    assert means(Or((one, other))) == (means(one) or means(other))
    assert means(Not(one)) == (not matches(one, read, literally=True))
    assert means(And((one,))) == means(Or((one,))) == means(one)


def test_scattered_tokens_exclude_nothing() -> None:
    scattered = subject("发展要均衡")
    assert matches(Word("均衡发展"), scattered)
    assert matches(Not(Word("均衡发展")), scattered)
    assert not matches(Not(Word("均衡")), scattered)


def test_a_title_is_the_documents_or_the_articles_and_never_the_text() -> None:
    paragraph = Paragraph("d", 0, "校园安全", title="某校工作總結", article="安全要点")
    assert matches(FieldFilter("title", "工作总结"), Subject(paragraph))
    assert matches(FieldFilter("title", "要点"), Subject(paragraph))
    assert not matches(FieldFilter("title", "校园"), Subject(paragraph))
    # One title does not begin where the other ends.
    assert not matches(FieldFilter("title", "总结安全"), Subject(paragraph))


def test_a_section_is_contained_in_a_heading_or_equals_the_counted_one() -> None:
    paragraph = Paragraph(
        "d", 0, "x", heading_path=("一、校园安全工作", "(一)消防"), section="校园安全工作"
    )
    assert has_value(paragraph, "heading", "安全")
    assert has_value(paragraph, "heading", "（一）")
    assert has_value(paragraph, "section", "校园安全工作")
    assert not has_value(paragraph, "section", "安全")
    assert not has_value(paragraph, "heading", "工作(一)")


def test_other_facets_are_equal_after_folding_and_absent_values_equal_nothing() -> None:
    paragraph = Paragraph("d", 0, "x", topics=("校園安全",), record=Record(site="A.CN"))
    assert has_value(paragraph, "topic", "校园安全")
    assert has_value(paragraph, "site", "ａ.cn")
    assert not has_value(paragraph, "topic", "安全")
    assert not has_value(paragraph, "kind", "")
    assert not has_value(paragraph, "kind", "None")


@pytest.mark.parametrize(
    ("years", "inside", "outside"),
    [
        (Range(2019, 2021), (2019, 2020, 2021), (2018, 2022, None)),
        (Range(first=2019), (2019, 9999), (2018, None)),
        (Range(last=2019), (0, 2019), (2020, None)),
        (Range(unknown=True), (None,), (0, 2019)),
    ],
)
def test_years_are_inclusive_and_no_year_is_outside_every_range(
    years: Range, inside: tuple[int | None, ...], outside: tuple[int | None, ...]
) -> None:
    for year in (*inside, *outside):
        read = Subject(Paragraph("d", 0, "x", dating=Dating(year=year)))
        assert matches(FieldFilter("year", years), read) == (year in inside)
