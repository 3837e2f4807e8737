"""A wording's numbers: exact against brute force, adding up, and each opening its sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.model import Paragraph
from archive.query.ast import And, Node, Not, Or, Phrase, Word
from archive.query.patterns import Choice, Pattern, find
from archive.query.query import Query, parse
from archive.search.matching import Subject
from archive.search.matching import matches as satisfies
from archive.search.time_budget import TimeBudget
from archive.store.source_groups import Sources
from archive.text.fold import fold, sentences
from archive.wording import (
    LineSort,
    Options,
    Side,
    compare,
    lines,
    wording,
    wording_args,
)
from archive.wording.matches import matches
from archive.wording.years import YearCount, characters_by_year, filters_of, life
from tests.fixtures import strategies
from tests.fixtures.strategies import COSTLY
from tests.fixtures.wording import MemoryArchive, archive_of


def positive(node: Node | None) -> list[Node]:
    if isinstance(node, And | Or):
        return [leaf for child in node.children for leaf in positive(child)]
    return [node] if isinstance(node, Word | Phrase | Pattern) else []


def by_characters(node: Node | None) -> Node | None:
    match node:
        case Word(text):
            return Phrase(text)
        case And(children):
            return And(tuple(by_characters(child) or child for child in children))
        case Or(children):
            return Or(tuple(by_characters(child) or child for child in children))
        case Not(child):
            return Not(by_characters(child) or child)
    return node


def brute_force(query: Query, paragraphs: Sequence[Paragraph]) -> list[tuple[str, int, int]]:
    """Every match of every term in every paragraph that satisfies the query."""
    found: list[tuple[str, int, int]] = []
    for paragraph in paragraphs:
        if satisfies(by_characters(query.node), Subject(paragraph)):
            spans: set[tuple[int, int]] = set()
            for term in positive(query.node):
                if not isinstance(term, Pattern):
                    assert isinstance(term, Word | Phrase)
                    term = Pattern(term.text, (Choice((fold(term.text),)),), whole=True)
                spans |= set(find(term, paragraph.text))
            found.extend((paragraph.paragraph_id, *span) for span in sorted(spans))
    return found


@COSTLY
@given(data=st.data(), held=strategies.archives())
def test_lines_are_all_matches_and_no_others(data: st.DataObject, held: strategies.Archive) -> None:
    node = data.draw(strategies.nodes(held.paragraphs))
    query = Query(node=node)
    if not query.terms:
        query = Query(node=Word(data.draw(strategies.substrings(held.paragraphs))))
    archive = MemoryArchive(held.paragraphs)
    expected = brute_force(query, held.paragraphs)
    found = [(line.paragraph.paragraph_id, line.start, line.end) for line in lines(archive, query)]
    assert found == expected
    told = wording(archive, query)
    assert told.total == len(expected)
    assert told.paragraphs == len({paragraph_id for paragraph_id, _, _ in expected})
    assert sum(group.count for group in told.groups) == told.total or told.group_count > 100
    assert sum(year.count for year in told.years) == told.total


@COSTLY
@given(data=st.data(), held=strategies.archives())
def test_filters_narrow_lines_as_they_narrow_a_search(
    data: st.DataObject, held: strategies.Archive
) -> None:
    drawn = data.draw(strategies.queries(held.paragraphs))
    query = replace(drawn, node=Phrase(data.draw(strategies.substrings(held.paragraphs))))
    archive = MemoryArchive(held.paragraphs)
    inside = list(archive.scan(replace(drawn, node=None)))
    found = [(line.paragraph.paragraph_id, line.start, line.end) for line in lines(archive, query)]
    assert found == brute_force(query, inside)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("均衡", "均衡均衡，不均，衡", ["均衡", "均衡"]),
        # A word is its characters: tokens apart are another wording.
        ("均衡发展", "均衡发展。发展均衡", ["均衡发展"]),
        ('"人人"', "人人人人人", ["人人", "人人"]),
        ("抓…促…", "抓管理促发展，抓队伍促质量。", ["抓管理促发展", "抓队伍促质量"]),
        ("均衡 安全", "均衡、安全、均衡", ["均衡", "安全", "均衡"]),
        ("均衡 | 安全", "安全", ["安全"]),
        ("均衡 | 均衡", "均衡", ["均衡"]),
        ("均衡 -高中", "均衡", ["均衡"]),
        ("抓…促… 一…二", "抓一促一", []),
        ("義務", "义务", ["义务"]),
        ("ab", "ＡＢ㍿ab", ["ＡＢ", "ab"]),
    ],
)
def test_every_match_of_a_term_is_a_line(query: str, text: str, expected: list[str]) -> None:
    assert [line.match for line in lines(archive_of((text, None)), parse(query))] == expected


@pytest.mark.parametrize("query", ["", "年:2021", "-均衡", "标题:总结"])
def test_without_a_word_there_is_no_wording(query: str) -> None:
    with pytest.raises(QueryError, match="用语"):
        wording(archive_of(("均衡", 2021)), parse(query))


def test_counting_stops_at_its_time_limit_and_says_so() -> None:
    with pytest.raises(QueryError, match=r"--csv"):
        list(matches(archive_of(("均衡", 2021)), parse("均衡"), TimeBudget(-1)))


def test_the_page_stops_at_the_limit_and_the_complete_lines_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("archive.wording.matches.WORDING_SECONDS", -1.0)
    archive = archive_of(("均衡", 2021))
    with pytest.raises(QueryError, match="太常见"):
        wording(archive, parse("均衡"))
    with pytest.raises(QueryError, match="太常见"):
        compare(archive, [parse("均衡"), parse("安全")])
    assert len(list(lines(archive, parse("均衡")))) == 1


# What opens a number

TEXTS = (
    "抓管理促发展，抓队伍促质量。深入推进义务教育均衡发展，新建学校12所。",
    "全力推进义务教育均衡发展；新建学校xx所，评出一等奖18人。",
    "评出一等奖[]人，坚持“三会一课”制度，推进均衡发展。",
    '坚持"三会一课"制度！坚持｛主题｝教育*活动?',
    "要“抓管理。”促发展”，推进均衡发展…… 推进^v^均衡发展",
    "推進義務教育均衡發展（2020年），新建學校十二所。\n推进均衡发展",
)


@pytest.mark.parametrize("slots", [False, True])
@pytest.mark.parametrize(
    "query",
    [
        "均衡发展",
        '"推进"',
        "推进…发展",
        "抓…促…",
        "段内:抓…促…",
        "学校#所",
        "评出…人",
        "坚持…",
        "…制度",
        "推进…发展 新建",
        "推进…发展 | 坚持…",
        "推进…发展 -评出",
        "坚持??会",
        "“三会一课”",
        "?促发展",
    ],
)
def test_a_number_opens_the_sentences_it_counts(query: str, slots: bool) -> None:
    archive = archive_of(*((text, 2020 + n) for n, text in enumerate(TEXTS * 3)))
    asked = parse(query)
    told = wording(archive, replace(asked, limit=100), Options(slots=slots, window=10))
    assert told.total
    for group in told.groups:
        opened = {p.paragraph_id for p in archive.scan(parse(group.query))}
        assert len(opened) >= group.paragraphs
        if not slots:
            holding = {
                line.paragraph.paragraph_id
                for line in lines(archive, asked)
                if fold(line.match) == fold(group.text)
            }
            assert len(holding) == group.paragraphs
            assert holding <= opened
    for collocate in told.collocates:
        assert collocate.query is not None
        opened = {p.paragraph_id for p in archive.scan(parse(collocate.query))}
        assert opened >= {
            line.paragraph.paragraph_id
            for line in lines(archive, asked)
            if collocate.word in getattr(line, f"{collocate.side}_words")
        }
        assert len(opened) >= collocate.paragraphs
    for year in told.years:
        opened_lines = lines(archive, parse(year.query))
        assert sum(1 for _ in opened_lines) == year.count


# Independent sources


def test_copies_count_as_one_source() -> None:
    sources: Sources = {
        "d000": ((0, "d000:0"),),
        "d001": ((0, "d000:0"),),
        "d002": ((0, "d002:0"),),
    }
    rows = (("推进均衡", 2020), ("推进均衡", 2021), ("加快均衡", 2021))
    told = wording(archive_of(*rows, sources=sources), parse("[推进|加快]均衡"))
    assert (told.total, told.documents, told.sources) == (3, 3, 2)
    assert [(g.text, g.count, g.sources) for g in told.groups] == [
        ("推进均衡", 2, 1),
        ("加快均衡", 1, 1),
    ]


def test_a_document_of_which_nothing_is_known_is_a_source() -> None:
    assert wording(archive_of(("均衡", 2020), ("均衡", 2020)), parse("均衡")).sources == 2


# Years


def test_a_rate_is_by_the_characters_of_its_year() -> None:
    archive = archive_of(("均衡", 2019), ("均衡甲乙丙丁戊己", 2020), ("均", 2020), ("衡衡", None))
    told = wording(archive, parse("均衡"))
    assert [(y.year, y.count, y.characters, y.per_million) for y in told.years] == [
        (2019, 1, 2, 500_000.0),
        (2020, 1, 9, 1_000_000 / 9),
        (None, 0, 2, 0.0),
    ]


@COSTLY
@given(data=st.data(), held=strategies.archives())
def test_characters_are_those_under_the_same_filters(
    data: st.DataObject, held: strategies.Archive
) -> None:
    drawn = data.draw(strategies.queries(held.paragraphs))
    archive = MemoryArchive(held.paragraphs)
    by_reading: Counter[int | None] = Counter()
    for paragraph in archive.scan(filters_of(drawn)):
        by_reading[paragraph.year] += len(paragraph.text)
    assert Counter(characters_by_year(archive, drawn)) == by_reading


def test_words_do_not_narrow_the_characters_and_filters_do() -> None:
    archive = archive_of(("均衡", 2019), ("安全", 2019), ("安全", 2020))
    assert dict(characters_by_year(archive, parse("均衡"))) == {2019: 4, 2020: 2}
    assert dict(characters_by_year(archive, parse("均衡 年:2020"))) == {2020: 2}
    assert dict(characters_by_year(archive, parse("均衡 | 年:2020"))) == {2019: 4, 2020: 2}
    assert dict(characters_by_year(archive, parse("均衡 -年:2020"))) == {2019: 4}
    assert archive.scans == 0


def test_characters_are_asked_for_once() -> None:
    archive = archive_of(("均衡", 2019))
    characters_by_year(archive, parse("均衡 标题:总结"))
    characters_by_year(archive, parse("安全 标题:总结"))
    assert archive.scans == 1
    archive.generation = "2"
    characters_by_year(archive, parse("均衡 标题:总结"))
    assert archive.scans == 2


def test_the_life_of_a_wording() -> None:
    years = tuple(
        YearCount(year, count, characters, "")
        for year, count, characters in (
            (2017, 0, 10),
            (2018, 2, 10),
            (2019, 5, 1000),
            (2020, 5, 1000),
            (2021, 0, 10),
            (None, 3, 10),
        )
    )
    told = life(years)
    assert (told.first, told.last, told.peak, told.peak_per_million) == (2018, 2020, 2019, 2018)
    assert (told.last_seen, told.undated) == (2020, 3)
    assert life(years[:4]).last_seen is None
    nothing = life(years[:1])
    assert (nothing.first, nothing.peak, nothing.last_seen) == (None, None, None)


# Comparison


def test_wordings_are_compared_by_year_and_sources() -> None:
    archive = archive_of(("不断加强", 2019), ("不断提高", 2020), ("不断提高", 2021))
    both = compare(archive, [parse("加强"), parse("提高")])
    assert [(c.total, c.sources, c.life.first, c.life.last_seen) for c in both] == [
        (1, 1, 2019, 2019),
        (2, 2, 2020, None),
    ]
    assert [[y.count for y in c.years] for c in both] == [[1, 0, 0], [0, 1, 1]]
    for compared in both:
        alone = wording(archive, compared.query)
        assert (alone.total, alone.years, alone.life) == (
            compared.total,
            compared.years,
            compared.life,
        )


@pytest.mark.parametrize("count", [0, 1, 6])
def test_two_to_five_are_compared(count: int) -> None:
    with pytest.raises(QueryError, match="2 to 5"):
        compare(archive_of(("均衡", 2020)), [parse("均衡")] * count)


# Options


def test_options_come_from_a_url_and_go_back() -> None:
    args = [
        ("q", "均衡"),
        ("year", "2020.."),
        ("sort", "left2"),
        ("window", "10"),
        ("side", "left"),
    ]
    query, options = wording_args([*args, ("slots", "1"), ("other", "x")])
    assert options == Options(LineSort.LEFT_2, 10, Side.LEFT, slots=True)
    assert wording_args([*query.to_args(), *options.to_args()]) == (query, options)
    assert wording_args([("q", "均衡")]) == (parse("均衡"), Options())


@pytest.mark.parametrize(
    ("name", "value"),
    [("sort", "relevance"), ("side", "up"), ("window", "0"), ("window", "11"), ("window", "x")],
)
def test_a_wrong_option_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(QueryError) as refused:
        wording_args([("q", "均衡"), (name, value)])
    assert name in str(refused.value) or value in str(refused.value)


def test_sentences_bound_the_words_around_a_match() -> None:
    text = "安全第一。推进均衡发展。再接再厉"
    assert len(list(sentences(text))) == 3
    (line,) = lines(archive_of((text, None)), parse("均衡"))
    assert (line.left_words, line.right_words) == (("推进",), ("发展",))
    assert (line.left, line.right) == ("安全第一。推进", "发展。再接再厉")
