"""One suite for every engine: each must mean what the slow, obvious one means.

The first half holds every engine, the memory engine included, to properties that need no other
engine: plain Python `in`, pages that add up, facets that keep their promise. The second
half holds the others to the memory engine's answers, query by query. A new engine joins
by one line in tests/fixtures/engines.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archive.engines.engine import Engine
from archive.errors import EngineError, LockedError
from archive.fields import UNKNOWN, named
from archive.model import Clusters, Dating, Form, Membership, Paragraph, Record, YearBasis
from archive.query.ast import And, Not, Phrase, Word
from archive.query.query import Query, Sort, parse
from archive.ranges import Range
from archive.search.backend import WeightedTerm, Writer
from archive.search.ranking import Tier
from archive.search.results import MAX_BUCKETS, Facets, Hit, Results
from archive.text.fold import fold
from archive.text.tokenize import words
from tests.fixtures import strategies
from tests.fixtures.engines import ENGINES, EngineFactory, archive_of, fill, reference
from tests.fixtures.strategies import COSTLY, FACETS, Archive


@pytest.fixture(params=ENGINES, scope="module")
def factory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> EngineFactory:
    """Each engine in turn."""
    return EngineFactory.of(request.param, tmp_path_factory)


@pytest.fixture(params=ENGINES[1:], scope="module")
def rival(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> EngineFactory:
    """Each engine but the memory engine."""
    return EngineFactory.of(request.param, tmp_path_factory)


def ids(found: Sequence[Hit] | Sequence[Paragraph]) -> list[str]:
    return [x.paragraph.paragraph_id if isinstance(x, Hit) else x.paragraph_id for x in found]


def whole(engine: Engine, query: Query) -> list[Hit]:
    """The whole list of hits, page after page of 100."""
    hits: list[Hit] = []
    while True:
        page = engine.search(replace(query, limit=100, offset=len(hits))).hits
        hits.extend(page)
        if len(page) < 100:
            return hits


@st.composite
def asked_archives(draw: st.DrawFn) -> tuple[Archive, tuple[Query, ...]]:
    """An archive with several queries: opening one costs more than asking it."""
    archive = draw(strategies.archives())
    queries = st.lists(strategies.queries(archive.paragraphs), min_size=1, max_size=6)
    return archive, tuple(draw(queries))


# What every engine keeps by itself.


def test_a_closed_engine_refuses_every_question(factory: EngineFactory) -> None:
    with factory.engine(archive_of("推进均衡发展")) as engine:
        assert engine.size == 1
        engine.close()
        for question in (
            lambda: engine.size,
            lambda: engine.count(parse("均衡")),
            lambda: engine.search(parse("均衡")),
            lambda: list(engine.scan(parse("均衡"))),
            lambda: engine.paragraphs("d"),
            lambda: engine.lookup(["d:0"]),
            lambda: engine.doc_freqs(["均衡"]),
            lambda: engine.nearest([[WeightedTerm(("均衡",), 1.0, word=True)]], 1),
        ):
            with pytest.raises(EngineError, match="closed: ask again"):
                question()


@COSTLY
@given(data=st.data())
def test_a_phrase_finds_exactly_the_paragraphs_that_contain_it(
    factory: EngineFactory, data: st.DataObject
) -> None:
    archive = data.draw(strategies.archives())
    cuts = st.lists(strategies.substrings(archive.paragraphs), min_size=1, max_size=8)
    with factory.engine(archive) as engine:
        for phrase in data.draw(cuts):
            expected = [p.paragraph_id for p in archive.paragraphs if fold(phrase) in fold(p.text)]
            query = Query(node=Phrase(phrase))
            assert ids(list(engine.scan(query))) == expected
            results = engine.search(replace(query, fold=False, limit=100))
            assert results.total == len(expected)
            assert set(ids(results.hits)) == set(expected)


@COSTLY
@given(data=st.data())
def test_a_word_misses_nothing_that_contains_it_and_excluding_misses_the_rest(
    factory: EngineFactory, data: st.DataObject
) -> None:
    archive = data.draw(strategies.archives())
    word = data.draw(strategies.substrings(archive.paragraphs))
    containing = {p.paragraph_id for p in archive.paragraphs if fold(word) in fold(p.text)}
    everything = {p.paragraph_id for p in archive.paragraphs}
    with factory.engine(archive) as engine:
        assert containing <= set(ids(list(engine.scan(Query(node=Word(word))))))
        excluded = Query(node=Not(Word(word)))
        assert set(ids(list(engine.scan(excluded)))) == everything - containing


@COSTLY
@given(asked=asked_archives())
def test_hits_and_their_variants_are_all_that_is_scanned_in_pages_that_add_up(
    factory: EngineFactory, asked: tuple[Archive, tuple[Query, ...]]
) -> None:
    archive, queries = asked
    with factory.engine(archive) as engine:
        for query in queries:
            scanned = ids(list(engine.scan(query)))
            order = [p.paragraph_id for p in archive.paragraphs if p.paragraph_id in set(scanned)]
            assert scanned == order
            listed = whole(engine, query)
            results = engine.search(query)
            assert results.total == len(scanned)
            assert results.clusters == len(listed)
            shown = [i for hit in listed for i in (hit.paragraph.paragraph_id, *hit.variants)]
            assert sorted(shown) == sorted(scanned)
            assert list(results.hits) == listed[query.offset : query.offset + query.limit]
            if not query.fold:
                assert not any(hit.variants for hit in listed)


@COSTLY
@given(asked=asked_archives())
def test_a_hit_is_the_cleanest_matching_member_of_its_cluster(
    factory: EngineFactory, asked: tuple[Archive, tuple[Query, ...]]
) -> None:
    archive, queries = asked
    with factory.engine(archive) as engine:
        for query in queries:
            for hit in whole(engine, query):
                members = (hit.paragraph.paragraph_id, *hit.variants)
                own = archive.clusters.get(members[0])
                assert hit.cluster == (own.cluster if own else None)
                ranks = [archive.clusters[i].rank for i in members] if hit.variants else [0]
                assert ranks == sorted(ranks)
                assert {archive.clusters[i].cluster for i in hit.variants} <= {hit.cluster}


@COSTLY
@given(asked=asked_archives())
def test_a_list_is_in_the_order_that_it_claims(
    factory: EngineFactory, asked: tuple[Archive, tuple[Query, ...]]
) -> None:
    archive, queries = asked

    def place(query: Query, hit: Hit) -> tuple[object, ...]:
        paragraph = hit.paragraph
        if query.order is Sort.RELEVANCE:
            return hit.tier, paragraph.form is not Form.BODY, -hit.score, paragraph.order
        ascending = 1 if query.order is Sort.OLDEST else -1
        year, day = paragraph.year, paragraph.record.issued
        number = int(day.replace("-", "")) if day else 0
        by_day = day is None, ascending * number, paragraph.order
        return year is None, ascending * (year or 0), *by_day

    with factory.engine(archive) as engine:
        for query in queries:
            places = [place(query, hit) for hit in whole(engine, query)]
            assert places == sorted(places)


@COSTLY
@given(asked=asked_archives(), name=st.sampled_from(FACETS))
def test_a_bucket_counts_what_choosing_it_alone_would_find(
    factory: EngineFactory, asked: tuple[Archive, tuple[Query, ...]], name: str
) -> None:
    archive, queries = asked
    # A choice finds what is equal after folding, a bucket counts what is equal as written.
    values = {str(getattr(p, name, "")) for p in archive.paragraphs}
    assume(len(values) == len(set(map(fold, values))))
    with factory.engine(archive) as engine:
        for query in queries:
            for bucket in engine.search(query).facet(name).buckets:
                if bucket.count:
                    alone = query.without(name).toggle(name, bucket.value)
                    assert engine.search(alone).total == bucket.count
                    others = engine.scan(query.without(name))
                    values = [named(name).values(p) or (UNKNOWN,) for p in others]
                    assert sum(bucket.value in own for own in values) == bucket.count


@COSTLY
@given(asked=asked_archives())
def test_highlights_show_what_was_asked_for(
    factory: EngineFactory, asked: tuple[Archive, tuple[Query, ...]]
) -> None:
    archive, queries = asked
    with factory.engine(archive) as engine:
        for query in queries:
            phrases = {fold(term.text) for term in query.terms if isinstance(term, Phrase)}
            for hit in engine.search(query).hits:
                text = hit.paragraph.text
                marked = [fold(text[start:end]) for start, end in hit.spans]
                assert all(0 <= start < end <= len(text) for start, end in hit.spans)
                assert list(hit.spans) == sorted(hit.spans)
                for phrase in phrases:
                    if phrase in fold(text):
                        assert any(phrase in piece for piece in marked)


@COSTLY
@given(archive=strategies.archives(), data=st.data())
def test_documents_and_paragraphs_come_back_as_they_were_put(
    factory: EngineFactory, archive: Archive, data: st.DataObject
) -> None:
    with factory.engine(archive) as engine:
        assert engine.size == len(archive.paragraphs)
        for document in archive.documents:
            assert list(engine.paragraphs(document[0].document_id)) == list(document)
        assert list(engine.paragraphs("nowhere")) == []
        known = {p.paragraph_id: p for p in archive.paragraphs}
        strange = ["nowhere:0", "a:99", "a", ":", "", "a:x", "总结:-1", "a:00", "a:9999999999"]
        wanted = data.draw(st.lists(st.sampled_from([*known, *strange]), unique=True))
        found = list(engine.lookup(wanted))
        assert found == [known[i] for i in wanted if i in known]


@COSTLY
@given(archive=strategies.archives(), others=st.lists(st.sampled_from(strategies.PIECES)))
def test_the_frequency_of_a_token_is_the_number_of_paragraphs_that_have_it(
    factory: EngineFactory, archive: Archive, others: list[str]
) -> None:
    having = Counter(token for p in archive.paragraphs for token in set(words(fold(p.text))))
    asked = [*having, *map(fold, others), "", "没有的词"]
    with factory.engine(archive) as engine:
        assert list(engine.doc_freqs(asked)) == [having[token] for token in asked]
        assert list(engine.doc_freqs([])) == []


def test_an_empty_archive_answers(factory: EngineFactory) -> None:
    with factory.engine(Archive((), {})) as engine:
        for text in ("", "安全", '"安全"', "-安全", "年:2020"):
            results = engine.search(parse(text))
            assert (results.total, results.clusters, results.hits) == (0, 0, ())
            assert [facet.name for facet in results.facets] == list(FACETS)
            assert not any(facet.buckets for facet in results.facets)
        assert engine.size == 0
        assert list(engine.doc_freqs(["安全"])) == [0]


def test_all_words_as_they_stand_come_before_all_tokens_and_body_before_headings(
    factory: EngineFactory,
) -> None:
    paragraphs = (
        Paragraph("d", 0, "发展要均衡，均衡才是发展"),
        Paragraph("d", 1, "均衡发展", form=Form.HEADING),
        Paragraph("d", 2, "推进均衡发展"),
        Paragraph("d", 3, "只说均衡"),
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        hits = engine.search(parse("均衡发展")).hits
        assert [(hit.paragraph.ordinal, hit.tier) for hit in hits] == [
            (2, Tier.LITERAL),
            (1, Tier.LITERAL),
            (0, Tier.TOKENS),
        ]


def test_more_frequent_and_rarer_words_rank_higher(factory: EngineFactory) -> None:
    texts = (
        "教育，学校。" + "的" * 50,
        "教育，安全，学校。" + "的" * 47,
        "教育，安全，安全，学校。" + "的" * 44,
    )
    with factory.engine(archive_of(*texts)) as engine:
        assert ids(engine.search(parse("安全|学校")).hits) == ["d:2", "d:1", "d:0"]


def test_short_paragraphs_do_not_win_by_brevity_alone(factory: EngineFactory) -> None:
    with factory.engine(archive_of("安全", "安全" + "，" * 38, "安全" + "，" * 90)) as engine:
        hits = engine.search(parse("安全")).hits
        assert ids(hits) == ["d:0", "d:1", "d:2"]
        assert hits[0].score == pytest.approx(hits[1].score)
        assert hits[1].score > hits[2].score


def test_a_word_in_the_heading_path_or_a_title_raises_a_hit(factory: EngineFactory) -> None:
    paragraphs = (
        Paragraph("d", 0, "安全"),
        Paragraph("d", 1, "安全", heading_path=("一、安全",)),
        Paragraph("d", 2, "安全", article="安全总结"),
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        assert ids(engine.search(parse("安全")).hits) == ["d:1", "d:2", "d:0"]


def test_queries_without_words_list_the_newest_first_and_no_year_last(
    factory: EngineFactory,
) -> None:
    paragraphs = tuple(
        Paragraph("d", n, "安全", dating=Dating(year=year))
        for n, year in enumerate((None, 2019, 2021, 2021, 1998))
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        newest = ["d:2", "d:3", "d:1", "d:4", "d:0"]
        assert ids(engine.search(parse("")).hits) == newest
        assert ids(engine.search(parse("-没有")).hits) == newest
        assert ids(engine.search(parse("依据:unknown")).hits) == newest
        oldest = ["d:4", "d:1", "d:2", "d:3", "d:0"]
        assert ids(engine.search(replace(parse("安全"), sort=Sort.OLDEST)).hits) == oldest


def test_within_a_year_the_day_of_issue_decides_and_no_day_comes_last(
    factory: EngineFactory,
) -> None:
    days = (None, "2021-03-05", "2022-01-09", None, "2021-11-30")
    years = (2021, 2021, 2021, None, None)
    paragraphs = tuple(
        Paragraph("d", n, "安全", dating=Dating(year=year), record=Record(issued=day))
        for n, (year, day) in enumerate(zip(years, days, strict=True))
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        newest = ["d:2", "d:1", "d:0", "d:4", "d:3"]
        assert ids(engine.search(parse("")).hits) == newest
        oldest = ["d:1", "d:2", "d:0", "d:4", "d:3"]
        assert ids(engine.search(replace(parse("安全"), sort=Sort.OLDEST)).hits) == oldest


def numbered(*records: Record, title: str = "关于学校安全的通知") -> Archive:
    """Documents d0, d1, … of two paragraphs each, which do not say what their record does."""
    held = tuple(
        tuple(
            Paragraph(f"d{at}", n, "各校要落实责任。", title=title, record=record) for n in (0, 1)
        )
        for at, record in enumerate(records)
    )
    return Archive(held, {})


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "甲政办发〔2019〕6号",
            "甲政办发[2019]6号",
            "甲政办发［2019］６号",
            "甲政办发【2019】6號",
        ),
        *("甲政办发(2019)6号", "甲政办发（2019）06号", "甲政办发2019年6号", "甲政办发 2019 6号"),
        *(
            "甲政办发2019年第6号",
            "甲政办发 [2019] 6 号",
            "“甲政办发〔2019〕6号”",
            "甲政办发〔2019〕6",
        ),
    ],
)
def test_a_number_in_any_usual_form_offers_its_document_whether_or_not_a_text_holds_it(
    factory: EngineFactory, typed: str
) -> None:
    other = Record(number="甲政办发〔2019〕16号")
    held = numbered(
        other, Record(number="甲政办发〔2019〕6号"), Record(number="甲政办函〔2019〕6号")
    )
    with factory.engine(held) as engine:
        results = engine.search(parse(typed))
        assert results.total == 0
        assert [one.paragraph.paragraph_id for one in results.documents] == ["d1:0"]
        assert engine.search(replace(parse(typed), offset=20)).documents == ()
        assert engine.search(parse(f'文号:"{typed.strip("“”")}"')).total == 2


@pytest.mark.parametrize(
    "typed",
    ["甲政办发2023年5号", "甲政办发[2023]05号文件", "甲政办发〔2023〕5号", "甲政办发2023年第5号文"],
)
def test_a_number_finds_the_paragraphs_that_hold_it_in_any_usual_form(
    factory: EngineFactory, typed: str
) -> None:
    texts = (
        *("甲政办发〔2023〕5号", "按照甲政办发（2023）5号要求", "见甲政办发2023年第5号"),
        *("见甲政办发［2023］第5号文", "甲政办发〔2023〕15号", "甲政办发〔2022〕5号、2023年5号"),
    )
    held = Archive(tuple((Paragraph(f"d{n}", 0, text),) for n, text in enumerate(texts)), {})
    with factory.engine(held) as engine:
        found = engine.search(parse(typed))
        assert {hit.paragraph.document_id for hit in found.hits} == {"d0", "d1", "d2", "d3"}
        assert all(hit.spans for hit in found.hits)
        assert engine.search(parse(f"-{typed}")).total == 2


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("令第8号", "令第八号"),
        ("令第八号", "甲省人民政府令第8号"),
        ("甲厅公告2023年第6号", "甲厅公告〔2023〕6号"),
        ("甲厅公告〔2023〕6号", "甲厅公告2023年第06号"),
        ("甲厅简报〔2022〕7期", "甲厅简报〔2022〕第7期"),
    ],
)
def test_numbers_of_other_shapes_are_numbers(
    factory: EngineFactory, typed: str, number: str
) -> None:
    with factory.engine(numbered(Record(number=number), Record(number="令第708号"))) as engine:
        assert [one.paragraph.document_id for one in engine.search(parse(typed)).documents] == [
            "d0"
        ]


def test_at_most_three_documents_are_offered_newest_first_under_the_filters(
    factory: EngineFactory,
) -> None:
    days = ("2019-01-02", "2019-05-06", None, "2019-03-04", "2018-12-31")
    kinds = ("通知", "通知", "通知", "函", "通知")
    records = (
        Record(kind=kind, number="甲发〔2019〕6号", issued=day)
        for day, kind in zip(days, kinds, strict=True)
    )
    with factory.engine(numbered(*records)) as engine:

        def offered(typed: str) -> list[str]:
            found = engine.search(parse(typed)).documents
            return [one.paragraph.document_id for one in found]

        assert offered("甲发[2019]6号") == ["d1", "d3", "d0"]
        assert offered("甲发[2019]6号 文种:通知") == ["d1", "d0", "d4"]
        assert offered("学校 安全") == ["d1", "d3", "d0"]
        assert offered("学校 消防") == offered("学校 -消防") == offered("学…安全") == []
        assert offered("学校 OR 安全") == offered("") == offered("文种:通知") == []


def test_no_year_is_outside_every_range_and_a_bucket_of_its_own(factory: EngineFactory) -> None:
    paragraphs = tuple(
        Paragraph("d", n, "安全", dating=Dating(stated=2020, year=year, basis=YearBasis.CONFLICT))
        for n, year in enumerate((None, 2019, 2021))
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        assert engine.search(parse("年:1000..")).total == 2
        assert engine.search(parse("年:未知")).total == 1
        assert engine.search(parse("-年:1000..")).total == 1
        chosen = engine.search(parse("安全").select("year", (Range(2019, 2019),)))
        buckets = chosen.facet("year").buckets
        assert [(b.value, b.count, b.selected) for b in buckets] == [
            ("2019", 1, True),
            ("2021", 1, False),
            ("unknown", 1, False),
        ]


def test_a_facet_of_many_values_is_cut_but_never_loses_the_chosen_one(
    factory: EngineFactory,
) -> None:
    many = MAX_BUCKETS + 20
    paragraphs = tuple(Paragraph("d", n, "安全", section=f"第{n:03}节") for n in range(many))
    with factory.engine(Archive((paragraphs,), {})) as engine:
        facet = engine.search(parse("安全")).facet("section")
        assert (len(facet.buckets), facet.more) == (MAX_BUCKETS, 20)
        last = f"第{many - 1:03}节"
        facet = engine.search(parse("安全").toggle("section", last)).facet("section")
        assert (len(facet.buckets), facet.more) == (MAX_BUCKETS + 1, 19)
        assert (facet.buckets[-1].value, facet.buckets[-1].selected) == (last, True)


@COSTLY
@given(asked=asked_archives(), name=st.sampled_from(FACETS))
def test_what_is_excluded_is_left_out_of_what_is_found_and_of_nothing_else(
    factory: EngineFactory, asked: tuple[Archive, tuple[Query, ...]], name: str
) -> None:
    archive, queries = asked
    with factory.engine(archive) as engine:
        for query in queries:
            plain = query.without(name)
            shown = engine.search(plain).facet(name).buckets
            for bucket in shown:
                excluded = plain.exclude(name, bucket.value)
                left = engine.search(excluded)
                alone = engine.search(plain.toggle(name, bucket.value)).total
                assert left.total == engine.search(plain).total - alone
                # What is excluded still says how much it would bring back.
                assert bucket.count in [
                    b.count for b in left.facet(name).buckets if b.value == bucket.value
                ]


def test_an_excluded_value_of_a_long_facet_is_listed_with_what_it_would_bring_back(
    factory: EngineFactory,
) -> None:
    many = MAX_BUCKETS + 20
    paragraphs = tuple(Paragraph("d", n, "安全", section=f"第{n:03}节") for n in range(many))
    with factory.engine(Archive((paragraphs,), {})) as engine:
        last = f"第{many - 1:03}节"
        results = engine.search(parse("安全").exclude("section", last))
        assert results.total == many - 1
        bucket = results.facet("section").buckets[-1]
        assert (bucket.value, bucket.count, bucket.selected) == (last, 1, False)


def test_pages_deep_in_a_long_list_are_cut_from_the_same_order(factory: EngineFactory) -> None:
    paragraphs = tuple(
        Paragraph("d", n, "安全" + "，" * (n * 7 % 50), dating=Dating(year=2000 + n % 9))
        for n in range(250)
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        for sort in Sort:
            query = replace(parse("安全"), sort=sort)
            listed = ids(whole(engine, query))
            assert sorted(listed) == sorted(p.paragraph_id for p in paragraphs)
            page = engine.search(replace(query, limit=7, offset=121))
            assert ids(page.hits) == listed[121:128]


def test_what_nearly_matches_is_offered_only_where_nothing_does(factory: EngineFactory) -> None:
    texts = ("推进均衡发展", "推进校园安全", "召开会议")
    with factory.engine(archive_of(*texts)) as engine:
        assert engine.search(parse("均衡")).nearest == ()
        results = engine.search(parse("均衡 发展 会议纪要"))
        assert (results.total, results.hits) == (0, ())
        assert ids(results.nearest)[0] == "d:0"
        assert engine.search(parse("乌有")).nearest == ()
        filtered = parse("均衡 乌有").select("topic", ("校园安全",))
        assert engine.search(filtered).nearest == ()


# Writing.


def test_an_exception_rolls_a_batch_back(factory: EngineFactory) -> None:
    before, after = archive_of("安全", "发展"), archive_of("安全")
    with factory.storage() as storage:
        fill(storage, before)
        batch = Batch((("d", after.documents[0]), ("e", (Paragraph("e", 0, "安全"),))), {}, True)
        with pytest.raises(ZeroDivisionError), storage.writer() as writer:
            batch.apply(writer)
        engine = storage.open()
        assert list(engine.paragraphs("d")) == list(before.documents[0])
        assert engine.search(parse("安全")).total == 1
        # The lock went with the batch.
        fill(storage, after)
        assert storage.open().size == 1


def test_a_second_writer_is_refused_until_the_first_has_ended(factory: EngineFactory) -> None:
    with factory.storage() as storage:
        with storage.writer() as first:
            first.add([Paragraph("d", 0, "安全")])
            with pytest.raises(LockedError):
                storage.writer()
        with storage.writer() as second:
            second.add([Paragraph("e", 0, "安全")])
        assert storage.open().size == 2


def test_a_reader_answers_from_the_state_it_opened(factory: EngineFactory) -> None:
    with factory.storage() as storage:
        fill(storage, archive_of("安全第一", "均衡发展"))
        reader = storage.open()
        with storage.writer() as writer:
            writer.add([Paragraph("d", 0, "换了文字")])
            writer.add([Paragraph("e", 0, "安全")])
            writer.set_clusters({"d:0": Membership("d:0", 1), "e:0": Membership("d:0", 0)})
            assert ids(reader.search(parse("安全")).hits) == ["d:0"]
        assert ids(reader.search(parse("安全")).hits) == ["d:0"]
        assert reader.search(parse("安全")).hits[0].cluster is None
        assert [p.text for p in reader.paragraphs("d")] == ["安全第一", "均衡发展"]
        assert ids(list(reader.scan(parse("")))) == ["d:0", "d:1"]
        assert ids(list(reader.lookup(["e:0", "d:1"]))) == ["d:1"]
        assert reader.size == 2
        assert storage.open().size == 2
        assert ids(storage.open().search(parse("安全")).hits) == ["e:0"]


def test_an_engine_sees_what_its_own_writer_commits(factory: EngineFactory) -> None:
    with factory.storage() as storage:
        engine = storage.open()
        with engine.writer() as writer:
            writer.add([Paragraph("d", 0, "安全")])
            assert engine.size == 0
        assert ids(engine.search(parse("安全")).hits) == ["d:0"]


def test_clusters_stand_until_they_are_replaced(factory: EngineFactory) -> None:
    with factory.storage() as storage:
        pair = {"d:0": Membership("d:0", 1), "d:1": Membership("d:0", 0)}
        fill(storage, archive_of("安全", "安全", clusters=pair))
        with storage.writer() as writer:
            writer.add([Paragraph("e", 0, "安全")])
        hits = storage.open().search(parse("安全")).hits
        assert {(h.paragraph.paragraph_id, h.cluster, h.variants) for h in hits} == {
            ("d:1", "d:0", ("d:0",)),
            ("e:0", None, ()),
        }
        with storage.writer() as writer:
            writer.set_clusters({})
        results = storage.open().search(parse("安全"))
        assert results.clusters == 3
        assert all(hit.cluster is None for hit in results.hits)


def test_the_last_document_can_be_removed_and_another_put_in_its_place(
    factory: EngineFactory,
) -> None:
    with factory.storage() as storage:
        fill(storage, archive_of("安全", "发展"))
        with storage.writer() as writer:
            writer.remove("d")
            writer.set_clusters({})
        emptied = storage.open()
        assert (emptied.size, emptied.search(parse("")).total) == (0, 0)
        assert list(emptied.doc_freqs(["安全"])) == [0]
        fill(storage, archive_of("均衡"))
        assert list(storage.open().doc_freqs(["安全", "均衡"])) == [0, 1]


def test_what_a_batch_adds_and_then_removes_is_not_kept(factory: EngineFactory) -> None:
    with factory.storage() as storage:
        fill(storage, archive_of("安全"))
        with storage.writer() as writer:
            writer.add([Paragraph("d", 0, "换了文字")])
            writer.add([Paragraph("e", 0, "安全")])
            writer.remove("e")
            writer.remove("d")
        assert storage.open().size == 0


def test_an_engine_made_ready_answers_as_before(factory: EngineFactory) -> None:
    with factory.engine(archive_of("推进均衡发展", "均衡配置资源", "发展教育")) as engine:

        def answers() -> list[Results]:
            asked = (engine.search(parse(text)) for text in ("均衡", "发展 教育"))
            return [replace(results, took_ms=0) for results in asked]

        cold = answers()
        engine.warm()
        assert answers() == cold


def test_threads_may_share_an_engine(factory: EngineFactory) -> None:
    texts = [piece * 2 for piece in strategies.PIECES]
    queries = [Query(node=Phrase(piece)) for piece in strategies.PIECES]
    with factory.engine(archive_of(*texts)) as engine:

        def answer(query: Query) -> tuple[int, list[str], Facets]:
            results = engine.search(query)
            return results.total, ids(results.hits), results.facets

        alone = list(map(answer, queries))
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(answer, queries * 3)) == alone * 3


def test_removing_what_is_not_there_and_a_batch_of_nothing_are_no_errors(
    factory: EngineFactory,
) -> None:
    with factory.storage() as storage:
        fill(storage, archive_of("安全"))
        with storage.writer() as writer:
            writer.remove("nowhere")
        with storage.writer():
            pass
        engine = storage.open()
        assert engine.search(parse("安全")).total == 1


@dataclass(frozen=True)
class Batch:
    """One batch of changes: documents to add (or, empty, ids to remove), in order."""

    changes: tuple[tuple[str, tuple[Paragraph, ...]], ...]
    clusters: Clusters
    fails: bool

    def apply(self, writer: Writer) -> None:
        for document_id, paragraphs in self.changes:
            if paragraphs:
                writer.add(paragraphs)
            else:
                writer.remove(document_id)
        writer.set_clusters(self.clusters)
        if self.fails:
            raise ZeroDivisionError


@st.composite
def histories(draw: st.DrawFn) -> tuple[Batch, ...]:
    """Several batches one after another; each clusters what is kept after it."""
    kept: dict[str, tuple[Paragraph, ...]] = {}
    batches = []
    for _ in range(draw(st.integers(1, 4))):
        changed = draw(st.lists(st.sampled_from(strategies.DOCUMENT_IDS), max_size=5, unique=True))
        changes = [
            (name, draw(strategies.documents(name, 3)) if draw(st.integers(0, 2)) else ())
            for name in changed
        ]
        after = kept | dict(changes)
        clusters = draw(strategies.clusters([p for d in after.values() for p in d]))
        fails = draw(st.integers(0, 3)) == 3
        batches.append(Batch(tuple(changes), clusters, fails))
        kept = kept if fails else after
    return tuple(batches)


@COSTLY
@given(history=histories(), data=st.data())
def test_after_any_history_the_archive_answers_as_if_written_at_once(
    factory: EngineFactory, history: tuple[Batch, ...], data: st.DataObject
) -> None:
    kept = Archive((), {})
    with factory.storage() as storage:
        opened: list[tuple[Engine, Archive]] = []
        for batch in history:
            opened.append((storage.open(), kept))
            with suppress(ZeroDivisionError), storage.writer() as writer:
                batch.apply(writer)
            if not batch.fails:
                held = {d[0].document_id: d for d in kept.documents} | dict(batch.changes)
                kept = Archive(tuple(d for d in held.values() if d), batch.clusters)
        opened.append((storage.open(), kept))
        for engine, state in opened:
            assert engine.size == len(state.paragraphs)
            query = data.draw(strategies.queries(state.paragraphs))
            same_answer(engine, reference(state), query)
            for document in state.documents:
                assert list(engine.paragraphs(document[0].document_id)) == list(document)


# The same answers as the reference implementation.


def same_answer(engine: Engine, slow: Engine, query: Query) -> None:
    """Assert that `engine` answers as the reference does, as far as the contract goes."""
    expected, given_ = slow.search(query), engine.search(query)
    assert given_.query == query
    assert given_.total == expected.total == engine.count(query) == slow.count(query)
    assert given_.clusters == expected.clusters
    assert given_.facets == expected.facets
    assert list(engine.scan(query)) == list(slow.scan(query))
    assert given_.documents == expected.documents
    _same_hits(query, given_, expected)


def _same_hits(query: Query, given_: Results, expected: Results) -> None:
    if query.order is not Sort.RELEVANCE:
        assert ids(given_.hits) == ids(expected.hits)
    elif query.offset == 0 and expected.clusters is not None and expected.clusters <= query.limit:
        assert set(ids(given_.hits)) == set(ids(expected.hits))
    assert _ranks(given_) == _ranks(expected)
    wanted = {hit.paragraph.paragraph_id: hit for hit in expected.hits}
    for hit in given_.hits:
        # On a page of a longer list two engines may cut equal ranks differently.
        if other := wanted.get(hit.paragraph.paragraph_id):
            assert hit.paragraph == other.paragraph
            assert hit.spans == other.spans
            assert hit.variants == other.variants
            assert hit.cluster == other.cluster


def _ranks(results: Results) -> list[tuple[Tier, bool]]:
    return [(hit.tier, hit.paragraph.form is Form.BODY) for hit in results.hits]


@settings(max_examples=COSTLY.max_examples * 6)
@given(asked=asked_archives())
def test_any_query_is_answered_as_by_the_reference(
    rival: EngineFactory, asked: tuple[Archive, tuple[Query, ...]]
) -> None:
    archive, queries = asked
    slow = reference(archive)
    with rival.engine(archive) as engine:
        for query in queries:
            same_answer(engine, slow, query)


@COSTLY
@given(data=st.data())
def test_near_matches_are_those_of_the_reference(rival: EngineFactory, data: st.DataObject) -> None:
    archive = data.draw(strategies.archives())
    words = data.draw(st.lists(st.sampled_from(strategies.PIECES), min_size=1, max_size=3))
    query = Query(node=And((*map(Word, words), Word("乌有"))))
    expected = reference(archive).search(query).nearest
    with rival.engine(archive) as engine:
        offered = engine.search(query).nearest
        assert len(offered) == len(expected)
        assert [h.score for h in offered] == pytest.approx([h.score for h in expected], rel=1e-3)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('"第一中学 46 820"', "第一中学\t\t46\t820"),
        ('"序号 第一中学"', "序号\t第一中学"),
        ('"46 820 ①"', "46\t820\t\t①"),
        ('"第一中学\t\t46"', "第一中学\t\t46"),
        ("46 第一中学", "第一中学"),
    ],
)
def test_a_row_can_be_typed_without_its_empty_cells(
    factory: EngineFactory, typed: str, shown: str
) -> None:
    row = "\t序号\t第一中学\t\t46\t820\t\t①\t"
    other = "序号\t第二中学\t第一中学（高中部）\t4\t6 820"
    paragraphs = (Paragraph("d", 0, other, form=Form.ROW), Paragraph("d", 1, row, form=Form.ROW))
    with factory.engine(Archive((paragraphs,), {})) as engine:
        (hit,) = engine.search(parse(typed)).hits
        assert hit.paragraph.text == row
        assert shown in [row[start:end] for start, end in hit.spans]


def test_rows_of_tables_are_no_precedents(factory: EngineFactory) -> None:
    paragraphs = (
        Paragraph("d", 0, "均衡发展\t12\t均衡", form=Form.ROW),
        Paragraph("d", 1, "推进均衡发展，工作扎实"),
        Paragraph("d", 2, "均衡发展", form=Form.HEADING),
    )
    with factory.engine(Archive((paragraphs,), {})) as engine:
        (nearest,) = engine.nearest([[WeightedTerm(("均衡",), 1.0)]], 1)
        assert [near.paragraph.ordinal for near in nearest.passages] in ([1], [2])
        (nearest,) = engine.nearest([[WeightedTerm(("均衡",), 1.0, word=True)]], 5)
        assert sorted(near.paragraph.ordinal for near in nearest.passages) == [1, 2]


@COSTLY
@given(data=st.data())
def test_the_passages_nearest_to_a_draft_are_those_of_the_reference(
    rival: EngineFactory, data: st.DataObject
) -> None:
    archive = data.draw(strategies.archives())
    strings = (st.sampled_from(strategies.PIECES) | strategies.substrings(archive.paragraphs)).map(
        fold
    )
    held = [word for p in archive.paragraphs for word in words(fold(p.text))]
    terms = st.one_of(
        st.builds(WeightedTerm, st.lists(strings, min_size=1, max_size=3).map(tuple), WEIGHTS),
        # Words of the texts, and others: a piece that is a part of a word is none of its tokens.
        st.builds(
            WeightedTerm,
            (st.sampled_from(held) | strings if held else strings).map(_alone),
            WEIGHTS,
            _TRUE,
        ),
    )
    drafts = data.draw(st.lists(st.lists(terms, max_size=6), min_size=1, max_size=3))
    with rival.engine(archive) as engine:
        # All of them: lists of equal scores are not cut.
        ours = engine.nearest(drafts, len(archive.paragraphs) + 1)
        theirs = reference(archive).nearest(drafts, len(archive.paragraphs) + 1)
        for given_, expected in zip(ours, theirs, strict=True):
            assert given_.rarity == pytest.approx(expected.rarity)
            scores = [near.score for near in expected.passages]
            assert [near.score for near in given_.passages] == pytest.approx(scores, rel=1e-5)
            assert {(n.paragraph, n.variants) for n in given_.passages} == {
                (n.paragraph, n.variants) for n in expected.passages
            }


WEIGHTS = st.sampled_from((0.5, 1.0, 2.0))
_TRUE = st.just(True)


def _alone(text: str) -> tuple[str]:
    return (text,)
