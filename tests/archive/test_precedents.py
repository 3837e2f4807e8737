"""Precedents for a draft: what is found, folded, counted and marked."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import cli
from archive.engines.engine import Engine
from archive.engines.memory import MemoryEngine
from archive.engines.registry import open_engine
from archive.errors import QueryError
from archive.model import Dating, Membership, Paragraph, YearBasis
from archive.precedents.answer import (
    CHARACTERS_UP_TO,
    MAX_DRAFT_LENGTH,
    Precedents,
    precedents,
)
from archive.precedents.draft import read_draft
from archive.search.backend import WeightedTerm
from archive.search.more_like_this import Nearest
from archive.store.source_groups import Sources

CASES = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "drafts_slots.toml").read_text("utf-8")
)
FILLERS = [
    "加强基层党组织建设，严格党员教育管理。",
    "持续改善农村人居环境，硬化村组道路十公里。",
    "召开全县教育工作会议，部署新学期各项任务。",
    "积极开展文明创建活动，市民素质明显提高。",
    "严格落实中央八项规定精神，公务接待费用下降。",
    "推进义务教育均衡发展，优化学校布局。",
]


class Bare:
    """An engine as `precedents` wants an archive."""

    def __init__(self, engine: Engine, sources: Sources | None = None) -> None:
        self.nearest = engine.nearest
        self.lookup = engine.lookup
        self._sources = sources or {}

    def sources(self) -> Sources:
        return self._sources


class Recording(Bare):
    """Such an archive that keeps what it is asked."""

    def __init__(self, archive: Bare) -> None:
        self.asked: list[Sequence[Sequence[WeightedTerm]]] = []
        self._answer = archive.nearest
        self.nearest = self._nearest
        self.lookup = archive.lookup
        self._sources = {}

    def _nearest(self, drafts: Sequence[Sequence[WeightedTerm]], limit: int) -> Sequence[Nearest]:
        self.asked.append(drafts)
        return self._answer(drafts, limit)


def strings(terms: Sequence[WeightedTerm]) -> set[str]:
    return {text for term in terms for text in term.options}


def filled(engine: Engine, texts: list[str], clusters: dict[str, Membership] | None = None) -> Bare:
    """An archive with one document a text, of the years from 2001 on."""
    with engine.writer() as writer:
        for n, text in enumerate(texts):
            dating = Dating(stated=2001 + n, year=2001 + n, basis=YearBasis.STATED)
            writer.add([Paragraph(f"d{n:03}", 0, text, title=f"总结{n}", dating=dating)])
        writer.set_clusters(clusters or {})
    return Bare(engine)


def ask(texts: list[str], draft: str, clusters: dict[str, Membership] | None = None) -> Precedents:
    return precedents(filled(MemoryEngine(), texts, clusters), draft)


@pytest.mark.parametrize("pair", CASES["slot"], ids=lambda pair: pair["a"][:8])
def test_wording_that_differs_in_slots_alone_is_fully_alike(pair: dict[str, str]) -> None:
    for draft, passage in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
        found = ask([*FILLERS, passage], draft).overall
        assert found[0].paragraph.text == passage
        assert found[0].similarity > 0.97
        assert all(other.similarity < 0.7 for other in found[1:])


@pytest.mark.parametrize("pair", CASES["slot"], ids=lambda pair: pair["a"][:8])
def test_passages_that_differ_in_slots_alone_are_one_precedent(pair: dict[str, str]) -> None:
    found = ask([*FILLERS, pair["a"], pair["b"]], pair["a"]).overall
    assert found[0].sources == 2
    assert len(found[0].variants) == 1
    assert (found[0].first_year, found[0].last_year) == (2007, 2008)


def test_a_long_draft_is_found_without_single_characters() -> None:
    draft = "".join(FILLERS) * 3
    assert len(draft) > CHARACTERS_UP_TO
    found = ask(FILLERS, draft)
    assert {p.paragraph.text for p in found.overall} == set(FILLERS)
    assert all(clause.precedents[0].similarity > 0.7 for clause in found.clauses)
    assert not any(
        len(o) == 1 for c in read_draft(draft, characters=False).terms for o in c.options
    )


def test_clauses_of_a_long_draft_are_not_looked_for_by_what_is_common() -> None:
    common = [f"积极推进工作，{own}" for own in FILLERS * 5]
    rare = "积极推进蚕桑园复垦补植"
    engine = Recording(filled(MemoryEngine(), [*common, f"{rare}，成效明显。"]))
    found = precedents(engine, "".join([rare, "。", *common]))
    clause = next(clause for clause in found.clauses if clause.text == rare)
    assert clause.precedents[0].paragraph.text.startswith(rare)
    assert clause.precedents[0].similarity > 0.8
    (whole,), pieces = engine.asked
    assert {"积极", "桑园"} <= strings(whole)
    of_rare = strings(pieces[[c.text for c in found.clauses].index(rare)])
    assert "桑园" in of_rare
    assert "积极" not in of_rare


def test_the_draft_itself_has_similarity_one_and_is_marked_whole() -> None:
    draft = "推进义务教育均衡发展，优化学校布局。"
    best = ask(FILLERS, draft).overall[0]
    assert best.similarity == pytest.approx(1.0)
    assert best.spans == ((0, 10), (11, 17))


def test_similarity_falls_along_the_ranking_and_lies_between_0_and_1() -> None:
    found = ask(FILLERS, "推动教育均衡发展和党员教育，改善农村道路").overall
    values = [p.similarity for p in found]
    assert values == sorted(values, reverse=True)
    assert all(0 <= value <= 1 for value in values)


def test_each_clause_has_its_own_precedents() -> None:
    found = ask(FILLERS, "硬化村组道路5公里；严格党员教育管理。")
    assert [c.text for c in found.clauses] == ["硬化村组道路5公里", "严格党员教育管理"]
    firsts = [c.precedents[0].paragraph.text for c in found.clauses]
    assert firsts == [FILLERS[1], FILLERS[0]]


def test_a_cluster_is_shown_once_by_its_cleanest_member_with_years_and_sources() -> None:
    texts = [*FILLERS, "推进义务教育均衡发展，优化xx布局。"]
    clusters = {"d005:0": Membership("d005:0", 0), "d006:0": Membership("d005:0", 1)}
    best = ask(texts, "推进义务教育均衡发展", clusters).overall[0]
    assert best.paragraph.paragraph_id == "d005:0"
    assert best.variants == ("d006:0",)
    assert (best.sources, best.first_year, best.last_year) == (2, 2006, 2007)


def test_copies_of_one_article_are_one_source() -> None:
    engine = MemoryEngine()
    clusters = {"d000:0": Membership("d000:0", 0), "d001:0": Membership("d000:0", 1)}
    filled(engine, ["推进均衡发展，优化布局。", "推进均衡发展，优化布局。"], clusters)
    sources: Sources = {"d000": ((0, "d000:0"),), "d001": ((0, "d000:0"),)}
    assert precedents(Bare(engine, sources), "推进均衡发展").overall[0].sources == 1


def test_figures_decide_between_passages_otherwise_alike() -> None:
    texts = [*FILLERS, "培训骨干教师六十五人次，成效好。", "培训骨干教师73人次，成效很好。"]
    assert ask(texts, "培训骨干教师七十三人次").overall[0].paragraph.text == texts[-1]


def test_everyday_words_find_official_terms_and_not_the_other_way_round() -> None:
    official, everyday = "违法解除劳动合同的，支付赔偿金。", "又被炒鱿鱼，去了别处。"
    found = ask([*FILLERS, official], "炒鱿鱼").overall[0]
    assert found.paragraph.text == official
    assert [official[start:end] for start, end in found.spans] == ["解除劳动合同"]
    back = ask([*FILLERS, everyday], "解除劳动合同").overall
    assert everyday not in [p.paragraph.text for p in back]


def test_own_wording_comes_before_official_terms() -> None:
    texts = [*FILLERS, "依法解除劳动合同。", "不许随意炒鱿鱼。"]
    assert [p.paragraph.text for p in ask(texts, "炒鱿鱼").overall[:2]] == texts[:-3:-1]


@pytest.mark.parametrize("draft", ["", " \n", "长" * (MAX_DRAFT_LENGTH + 1)])
def test_a_draft_without_text_or_too_long_is_refused(draft: str) -> None:
    with pytest.raises(QueryError):
        ask(FILLERS, draft)


@pytest.mark.parametrize("draft", ["。。。", "12345", "𠀀𠀁", "好"])
def test_a_draft_that_resembles_nothing_finds_nothing(draft: str) -> None:
    found = ask(FILLERS, draft)
    assert found.overall == ()
    assert ask([], draft).overall == ()


def test_every_engine_finds_the_same_nearest_passages(tmp_path: Path) -> None:
    rng = random.Random(4)
    pieces = ["推进", "均衡", "发展", "学校", "安全", "教师", "新建", "12", "落实", "责任"]
    texts = ["".join(rng.choices(pieces, k=rng.randint(2, 12))) + "。" for _ in range(120)]
    clusters = {f"d{n:03}:0": Membership("d010:0", n - 10) for n in range(10, 14)}
    memory, stored = MemoryEngine(), open_engine(tmp_path / "index")
    for engine in (memory, stored):
        filled(engine, texts, clusters)
    with stored.writer() as one, memory.writer() as two:
        for writer in (one, two):
            writer.remove("d050")
            writer.add([Paragraph("e", 0, "推进学校安全责任落实。")])
            writer.set_clusters(clusters)
    read = [read_draft(text) for text in ("推动教师责任落实", "新建学校", "党", "上学上班")]
    drafts = [draft.sought for draft in read]
    drafts.append((WeightedTerm(("均衡发展", "安全教师"), 2.0), WeightedTerm(("不存在",), 1.0)))
    for mine, theirs in zip(stored.nearest(drafts, 15), memory.nearest(drafts, 15), strict=True):
        assert mine.rarity == pytest.approx(theirs.rarity)
        scores = [near.score for near in theirs.passages]
        assert [near.score for near in mine.passages] == pytest.approx(scores, rel=1e-5)
        for a, b in zip(mine.passages, theirs.passages, strict=True):
            if scores.count(b.score) == 1:
                assert a.paragraph == b.paragraph
                assert a.variants == b.variants
    stored.close()


def test_the_command_reads_a_file_or_standard_input(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "总结.txt").write_text(
        "2021年工作总结\n" + "\n".join(f"2021年，{text}" for text in FILLERS), "utf-8"
    )
    runner = CliRunner()
    base = ["--home", str(tmp_path)]
    assert runner.invoke(cli, [*base, "reindex", "--jobs", "1", "--json"]).exit_code == 0
    draft = tmp_path / "草稿.txt"
    draft.write_text("优化学校布局，推动义务教育均衡发展", "utf-8")
    shown = runner.invoke(cli, [*base, "precedents", str(draft), "--json"])
    piped = runner.invoke(cli, [*base, "precedents", "--json"], input=draft.read_text("utf-8"))
    assert shown.exit_code == 0
    assert shown.output == piped.output
    answer = json.loads(shown.output)
    assert {"overall", "clauses"} == answer.keys()
    first = answer["overall"][0]
    assert FILLERS[5] in first["text"]
    wanted = "paragraph_id document_id title article year text spans similarity sources"
    assert set(wanted.split()) | {"first_year", "last_year"} <= first.keys()
    plain = runner.invoke(cli, [*base, "precedents", str(draft)])
    assert plain.exit_code == 0
    assert "优化学校布局" in plain.output
