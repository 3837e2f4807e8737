"""Completion and did-you-mean: what they offer occurs, as often as they say, and helps."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.engines.memory import MemoryEngine
from archive.errors import QueryError
from archive.fields import FIELDS, field_of_key
from archive.model import Dating, Paragraph, Record, YearBasis
from archive.query.patterns import Pattern
from archive.query.query import Query, parse
from archive.search.results import Results
from archive.suggest import complete, corrections, did_you_mean
from archive.suggest.sounds import alike, sounding_like
from tests.fixtures import strategies
from tests.measure import make_syllables

TEXTS = (
    "推进义务教育均衡发展，控辍保学成效明显。",
    "义务教育均衡发展水平稳步提高。",
    "义务教育均衡发展的经验得到推广。",
    "均衡配置教师资源，均衡配置教学设备。",
    "均衡配置校舍资源。",
    "学前教育普惠发展，砥砺奋进谱新篇。",
    "“放管服”改革持续深化。",
)


def engine_of(texts: Sequence[str]) -> MemoryEngine:
    engine = MemoryEngine()
    with engine.writer() as writer:
        for at, text in enumerate(texts):
            writer.add(
                [Paragraph(str(at), 0, text, title=f"云溪县教育工作总结{at}", topics=("义务教育",))]
            )
    return engine


@pytest.fixture(scope="module")
def archive() -> MemoryEngine:
    return engine_of(TEXTS)


def search(archive: MemoryEngine, text: str) -> Results:
    return archive.search(parse(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("控缀保学", "控辍保学"),  # another character of the same look
        ("砥砺奋近", "砥砺奋进"),  # of the same sound
        ("均横发展", "均衡发展"),  # of nearly the same sound
        ("学前教预", "学前教育"),
        ("控辍保保学", "控辍保学"),  # one too many
        ("控辍学", "控辍保学"),  # one left out
        ("辍控保学", "控辍保学"),  # swapped
        ("放管符", "放管服"),
        ("浦惠", "普惠"),  # of two characters: by sound alone
    ],
)
def test_a_slip_leads_to_the_word_that_occurs(
    archive: MemoryEngine, typed: str, meant: str
) -> None:
    first = corrections(archive, parse(f"“{typed}”"))[0]
    assert (first.word, first.replacement, first.query) == (typed, meant, f"“{meant}”")
    assert first.count == search(archive, f"“{meant}”").total


def test_words_that_occur_and_sentences_are_left_alone(archive: MemoryEngine) -> None:
    assert corrections(archive, parse("均衡 发展")) == ()
    assert corrections(archive, parse("“这里写的是一句很长很长而且没有的话”")) == ()
    assert corrections(archive, parse("抓…促…")) == ()
    assert corrections(archive, parse("标题:没有")) == ()


def test_only_the_slipped_word_of_a_query_is_replaced(archive: MemoryEngine) -> None:
    (first, *_) = corrections(archive, parse("推进 均横发展 专题:义务教育"))
    assert first.query == "推进 均衡发展 专题:义务教育"


def test_corrections_are_counted_under_the_filters(archive: MemoryEngine) -> None:
    query = parse("控缀保学").select("topic", ("别的",))
    assert corrections(archive, query) == ()


def test_where_the_words_stand_as_typed_nothing_else_is_offered(archive: MemoryEngine) -> None:
    assert did_you_mean(archive, search(archive, "均衡")) == ()
    assert did_you_mean(archive, search(archive, "控缀保学"))


class Busy:
    """An archive in which no pattern can be looked through in time."""

    def __init__(self, archive: MemoryEngine) -> None:
        self.archive = archive

    def search(self, query: Query) -> Results:
        if isinstance(query.node, Pattern):
            raise QueryError("pattern.no_characters", text="…")
        return self.archive.search(query)

    def count(self, query: Query) -> int:
        return self.archive.count(query)


def test_a_search_is_never_refused_for_the_sake_of_a_suggestion(archive: MemoryEngine) -> None:
    assert corrections(Busy(archive), parse("乌有之词")) == ()


@given(strategies.texts, st.data())
def test_what_is_offered_occurs(text: str, data: st.DataObject) -> None:
    engine = engine_of([text, *TEXTS])
    words = "".join(c for c in text if c.isalnum()) or "控"
    at = data.draw(st.integers(0, len(words) - 1))
    typed = words[at : at + 4] + "缀"
    for correction in corrections(engine, parse(typed)):
        assert search(engine, f"“{correction.replacement}”").total == correction.count > 0


def test_readings_make_characters_alike() -> None:
    assert alike("均横", "均衡")
    assert alike("控绰", "控辍")
    assert not alike("均等", "均衡")
    assert not alike("均", "均衡")
    assert "辍" in sounding_like("绰")
    assert sounding_like("a") == ""


def test_the_table_of_readings_is_the_one_that_its_script_makes() -> None:
    assert make_syllables.TARGET.read_text("utf-8") == make_syllables.table()


def test_a_word_goes_on_as_it_does_in_the_archive(archive: MemoryEngine) -> None:
    found = [(c.text, c.count) for c in complete(archive, "均衡") if c.kind == "wording"]
    assert found == [("均衡发展", 3), ("均衡配置", 2)]


def test_half_a_word_is_completed(archive: MemoryEngine) -> None:
    found = complete(archive, "推进 义务教")
    assert (found[0].kind, found[0].query) == ("wording", "推进 义务教育均衡发展")


def test_titles_and_values_are_offered_as_queries_that_find_them(archive: MemoryEngine) -> None:
    found = complete(archive, "教育工作总结")
    titles = [c for c in found if c.kind == "title"]
    assert titles
    for title in titles:
        assert search(archive, title.query).total == title.count == 1
    (value,) = (c for c in complete(archive, "务教") if c.kind == "topic")
    assert value.query == "专题:义务教育"
    assert search(archive, value.query).total == value.count == len(TEXTS)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("甲政办", ["甲政办发〔2020〕1号", "甲政办发〔2019〕6号", "甲政办发〔2019〕16号"]),
        ("文号:甲政办", ["甲政办发〔2020〕1号", "甲政办发〔2019〕6号", "甲政办发〔2019〕16号"]),
        ("甲政办发[2019", ["甲政办发〔2019〕6号", "甲政办发〔2019〕16号"]),
        ("甲政办发（2019）6", ["甲政办发〔2019〕6号"]),
        (
            "教育 甲政办发〔20",
            ["甲政办发〔2020〕1号", "甲政办发〔2019〕6号", "甲政办发〔2019〕16号"],
        ),
        ("乙政办", []),
    ],
)
def test_the_beginning_of_a_number_is_completed(typed: str, numbers: list[str]) -> None:
    days = {
        **{"甲政办发〔2019〕6号": "2019-02-03", "甲政办发〔2019〕16号": "2019-01-30"},
        "甲政办发〔2020〕1号": "2020-01-01",
    }
    engine = MemoryEngine()
    with engine.writer() as writer:
        for number, day in days.items():
            record = Record(number=number, issued=day, issuer=("甲县人民政府办公室",))
            writer.add([Paragraph(number, at, "各校要落实。", record=record) for at in range(99)])
    found = [one for one in complete(engine, typed) if one.kind == "number"]
    assert [one.text for one in found] == numbers
    assert all(one.query.endswith(f'文号:"{one.text}"') for one in found)
    assert all(engine.search(parse(one.query.split()[-1])).total == one.count for one in found)
    assert {one.text for one in complete(engine, "甲县") if one.kind == "issuer"} == {
        "甲县人民政府办公室"
    }


def test_a_field_is_completed_by_its_values_alone(archive: MemoryEngine) -> None:
    assert [c.query for c in complete(archive, "均衡 topic:教育")] == ["均衡 topic:义务教育"]
    assert complete(archive, "年:20") == ()


@pytest.mark.parametrize(
    "typed", ["", " ", "均衡 ", "抓…促", "[推进|加", "字" * 40, "“", "-", "“均衡”"]
)
def test_what_is_not_being_typed_is_not_completed(archive: MemoryEngine, typed: str) -> None:
    assert complete(archive, typed) == ()


def test_an_excluded_or_quoted_word_keeps_its_sign(archive: MemoryEngine) -> None:
    assert complete(archive, "推进 -均衡")[0].query == "推进 -均衡发展"
    assert complete(archive, "“均衡")[0].query == "“均衡发展"


@given(st.text(max_size=30))
def test_no_text_breaks_completion(typed: str) -> None:
    engine = engine_of(TEXTS[:2])
    for completion in complete(engine, typed):
        assert completion.count > 0


@pytest.mark.parametrize("key", [key for f in FIELDS for key in f.names if f.name != "issued"])
def test_every_key_of_the_grammar_completes_what_the_archive_has(key: str) -> None:
    engine = MemoryEngine()
    with engine.writer() as writer:
        writer.add(
            [
                Paragraph(
                    "a",
                    0,
                    "推进均衡发展",
                    heading_path=("一、总体要求",),
                    section="总体要求",
                    topics=("总体",),
                    domains=("总体",),
                    part="总体",
                    title="总体方案",
                    record=Record(
                        "总体",
                        "总体站",
                        warnings=("little",),
                        number="总体〔2021〕3号",
                        issuer=("总体局",),
                        level="county",
                        region=("总体省",),
                        status="valid",
                    ),
                    dating=Dating(2021, 2021, YearBasis.STATED),
                )
            ]
        )
    typed = {"year": "20", "form": "bod", "basis": "sta", "warnings": "lit"}
    typed |= {"level": "coun", "status": "val"}
    field = field_of_key(key)
    assert field is not None
    offered = complete(engine, f"{key}:{typed.get(field.name, '总')}")
    assert [one.count for one in offered] == [1]
    assert engine.search(parse(offered[0].query)).total == 1


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("形式:b", "形式:body"),
        ("形式:正", "形式:正文"),
        ("依据:不", "依据:不明"),
        ("年:不", "年:不明"),
    ],
)
def test_values_complete_under_their_labels(archive: MemoryEngine, typed: str, query: str) -> None:
    assert [one.query for one in complete(archive, typed)] == [query]
    assert archive.search(parse(query)).total == len(TEXTS)


def test_a_quoted_value_completes_as_one_of_its_field(archive: MemoryEngine) -> None:
    """The quotation mark was taken for the beginning of a phrase."""
    for typed, query in (('均衡 形式:"正', "均衡 形式:正文"), ("-形式：“正", "-形式:正文")):
        assert [(c.kind, c.query) for c in complete(archive, typed)] == [("form", query)]
    assert complete(archive, '形式:"正文" 没有这个词') == ()
