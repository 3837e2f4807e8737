"""Near-duplicate clusters: what falls together, who leads; the order of work is nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Clusters, Form, Paragraph
from archive.store.source_groups import Sources, source_of
from indexer.duplicates import ClusterIndex, sign
from indexer.duplicates.clustering import FORMS, ROW, Rows
from indexer.duplicates.grouping import stars
from indexer.duplicates.pairs import Verdicts, candidates, figures_conflict, similarity
from indexer.duplicates.signatures import SKETCH, signatures
from tests.fixtures import mangling

OWN = (Path(__file__).parent.parent / "data" / "duplicates_own.txt").read_text("utf-8").splitlines()


def document(
    name: str, *texts: str, form: Form = Form.BODY, cut: tuple[str, ...] = ()
) -> list[Paragraph]:
    return [Paragraph(name, i, text, form, cut=cut) for i, text in enumerate(texts)]


def clusters(*documents: list[Paragraph]) -> Clusters:
    index = ClusterIndex()
    for paragraphs in documents:
        index.replace(paragraphs[0].document_id, sign(paragraphs))
    return index.clustering().memberships()


def together(*texts: str, form: Form = Form.BODY) -> bool:
    """Whether the texts, each a document of its own, make one cluster."""
    found = clusters(*(document(f"d{i}", text, form=form) for i, text in enumerate(texts)))
    return len(found) == len(texts) and len({m.cluster for m in found.values()}) == 1


# --- what falls together


@pytest.mark.parametrize("text", OWN, ids=range(len(OWN)))
def test_masked_figures_leave_a_copy_a_copy(text: str) -> None:
    assert together(text, mangling.masked(text, random.Random(1)))


@pytest.mark.parametrize("text", OWN, ids=range(len(OWN)))
def test_deleted_words_leave_a_copy_a_copy(text: str) -> None:
    assert together(text, mangling.thinned(text, random.Random(2), share=0.05))


@pytest.mark.parametrize("text", OWN, ids=range(len(OWN)))
def test_quotes_brackets_and_width_do_not_matter(text: str) -> None:
    assert together(text, mangling.swapped(text, random.Random(3)))


@pytest.mark.parametrize("text", OWN[:6], ids=range(6))
def test_a_name_taken_out_does_not_matter(text: str) -> None:
    assert together(f"在刘玉兰同志带领下,{text}", f"在^v^同志带领下,{text}")


def test_the_number_a_paragraph_opens_with_does_not_matter() -> None:
    assert together(f"三、{OWN[1]}", f"(二){OWN[1]}", OWN[1])


def test_a_mask_agrees_with_the_figure_it_hides_and_figures_with_themselves_only() -> None:
    text = "全年培训骨干教师{}人次,选派优秀校长{}名到省外跟岗学习"
    assert together(text.format(310, 24), text.format("xx", "xx"))
    assert not together(text.format(310, 24), text.format(275, 19))


def test_a_year_rewritten_by_the_site_does_not_matter() -> None:
    text = "{}年,我们坚持把立德树人融入课堂内外,把家访做到每一户每一人"
    assert together(text.format(2018), text.format(2021))


def test_other_texts_of_the_same_field_do_not_fall_together() -> None:
    assert clusters(*(document(f"d{i}", text) for i, text in enumerate(OWN))) == {}


def test_short_body_texts_must_be_equal() -> None:
    assert together("现将全年工作总结如下:", "现将全年工作总结如下。")
    assert not together("现将全年工作总结如下", "现将上半年工作总结如下")
    assert not together("评出一等奖的有18人", "评出一等奖的有20人")


def test_what_everybody_writes_is_never_a_copy_by_itself() -> None:
    assert not together("同志们:", "同志们:")
    assert not together("一、存在的主要问题和不足", "一、存在的主要问题和不足", form=Form.HEADING)


def test_numbered_titles_are_no_copies_of_each_other() -> None:
    titles = [f"精选县级教育系统年度重点工作总结范文简短{i}" for i in "一二三"]
    assert not together(*titles[:2], form=Form.ARTICLE_TITLE)
    assert not together(titles[0], titles[0], form=Form.ARTICLE_TITLE)


def test_headings_fall_together_between_articles_that_are_copies() -> None:
    def page(name: str) -> list[Paragraph]:
        return [
            Paragraph(name, 0, "一、主要做法", Form.HEADING),
            Paragraph(name, 1, OWN[0]),
            Paragraph(name, 2, OWN[1]),
        ]

    found = clusters(page("a"), page("b"), document("c", "一、主要做法", form=Form.HEADING))
    assert found["a:0"].cluster == found["b:0"].cluster == "a:0"
    assert "c:0" not in found


def test_a_glued_paragraph_goes_with_the_part_that_it_resembles_more() -> None:
    parts = document("clean", OWN[2] + OWN[3], OWN[4], OWN[5], OWN[6])
    glued = document("glued", OWN[2] + OWN[3] + OWN[4], OWN[5], OWN[6])
    found = clusters(parts, glued)
    assert found["clean:0"].cluster == found["glued:0"].cluster
    assert "clean:1" not in found


def test_nothing_chains() -> None:
    rng = random.Random(5)
    steps = ["".join(rng.choices("教育质量提高学校管理水平推进均衡发展", k=200))]
    for _ in range(12):
        at = rng.randrange(150)
        fresh = "".join(rng.choices("安全责任家长培训资金课堂改革评价", k=40))
        steps.append(steps[-1][:at] + fresh + steps[-1][at + 40 :])
    found = clusters(*(document(f"d{i:02}", text) for i, text in enumerate(steps)))
    assert len({member.cluster for member in found.values()}) > 1


# --- who leads


def test_the_cluster_is_named_after_its_first_member_in_id_order() -> None:
    found = clusters(document("b", OWN[0]), document("a", "引言", OWN[0]), document("c", OWN[0]))
    assert {member.cluster for member in found.values()} == {"a:1"}


@pytest.mark.parametrize(
    "dirty",
    [
        OWN[0].replace("86", "xx"),
        OWN[0].replace("教育系统", "教育系统的.", 1),
        OWN[0].replace("首位", "“”"),
        OWN[0].replace("全县", "^v^", 1),
        OWN[0].replace("把办好", "", 1),
    ],
)
def test_the_cleanest_member_has_rank_zero(dirty: str) -> None:
    found = clusters(document("a", dirty), document("b", OWN[0]))
    assert (found["a:0"].rank, found["b:0"].rank) == (1, 0)


def test_fragments_cut_out_of_a_text_make_it_dirtier() -> None:
    found = clusters(document("a", OWN[0], cut=("点击下载",)), document("b", OWN[0]))
    assert found["b:0"].rank == 0


def test_equally_clean_members_stand_in_id_order() -> None:
    found = clusters(*(document(name, OWN[0]) for name in "cab"))
    assert sorted(found, key=lambda name: found[name].rank) == ["a:0", "b:0", "c:0"]


def test_the_copy_from_the_cleaner_article_leads() -> None:
    masked = mangling.masked(OWN[1], random.Random(1))
    found = clusters(document("a", OWN[0][:-12] + "。", masked), document("b", OWN[0][:-12] + "。"))
    assert found["b:0"].rank == 0


# --- independent sources


def independent_sources(sources: Sources, paragraphs: list[tuple[str, int]]) -> int:
    return len({source_of(sources, document_id, ordinal) for document_id, ordinal in paragraphs})


def test_articles_that_share_most_of_their_text_are_one_source() -> None:
    index = ClusterIndex()
    for paragraphs in (
        document("a", *OWN[:3]),
        document("b", *OWN[:2], OWN[7]),
        document("c", *OWN[3:6]),
    ):
        index.replace(paragraphs[0].document_id, sign(paragraphs))
    sources = index.clustering().sources()
    assert independent_sources(sources, [("a", 0), ("b", 2)]) == 1
    assert independent_sources(sources, [("a", 0), ("b", 2), ("c", 1)]) == 2


def test_one_common_line_makes_no_copy() -> None:
    line = "当前和今后一个时期,任务依然艰巨繁重"
    index = ClusterIndex()
    index.replace("a", sign(document("a", line)))
    index.replace("b", sign(document("b", line, OWN[0])))
    assert independent_sources(index.clustering().sources(), [("a", 0), ("b", 0)]) == 2


def test_the_articles_of_one_page_are_sources_of_their_own() -> None:
    page = [
        Paragraph("a", i, text, article="甲" if i < 2 else "乙") for i, text in enumerate(OWN[:4])
    ]
    index = ClusterIndex()
    index.replace("a", sign(page))
    assert index.clustering().sources() == {"a": ((0, "a:0"), (2, "a:2"))}
    assert independent_sources(index.clustering().sources(), [("a", 1), ("a", 3)]) == 2


# --- the order of work is nothing

_RNG = random.Random(11)
_POOL = [
    *OWN[:6],
    *(mangling.masked(text, _RNG) for text in OWN[:6]),
    *(mangling.thinned(text, _RNG, 0.15) for text in OWN[:6]),
    *(mangling.spun(text, _RNG, 0.5) for text in OWN[:6]),
    OWN[0] + OWN[1],
    "同志们:",
    "一、主要做法",
    "现将工作总结如下:",
    "",
]
_NAMES = st.sampled_from("abcd")
_PARAGRAPHS = st.lists(
    st.tuples(st.sampled_from(_POOL), st.sampled_from(list(Form)), st.sampled_from("甲乙")),
    max_size=6,
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), _NAMES, _PARAGRAPHS),
        st.tuples(st.just("remove"), _NAMES, st.just([])),
        st.tuples(st.just("reopen"), _NAMES, st.just([])),
    ),
    max_size=12,
)


def _rows(name: str, drawn: list[tuple[str, Form, str]]) -> Rows:
    return sign(
        [Paragraph(name, i, text, form, article=a) for i, (text, form, a) in enumerate(drawn)]
    )


@given(_STEPS)
def test_any_sequence_of_changes_ends_where_a_fresh_run_ends(
    steps: list[tuple[str, str, list[tuple[str, Form, str]]]],
) -> None:
    index = ClusterIndex()
    last: dict[str, list[tuple[str, Form, str]]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for step, document_id, drawn in steps:
            if step == "replace":
                index.replace(document_id, _rows(document_id, drawn))
                last[document_id] = drawn
            elif step == "remove":
                index.remove(document_id)
                last.pop(document_id, None)
            else:
                index.clustering().memberships()
                index.save(folder)
                reopened = ClusterIndex.load(folder)
                assert reopened is not None
                index = reopened
    fresh = ClusterIndex()
    for document_id in sorted(last, reverse=True):
        fresh.replace(document_id, _rows(document_id, last[document_id]))
    assert index.clustering().memberships() == fresh.clustering().memberships()
    assert index.clustering().sources() == fresh.clustering().sources()


@given(st.permutations(_POOL))
def test_full_buckets_do_not_depend_on_the_order_either(texts: list[str]) -> None:
    names = {text: f"d{i:02}" for i, text in enumerate(sorted(texts))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.duplicates.pairs._FULL", 2)
        patch.setattr("indexer.duplicates.pairs._PIVOTS", 1)
        found = clusters(*(document(names[text], text) for text in texts))
        again = clusters(*(document(names[text], text) for text in sorted(texts)))
    assert found == again


@given(st.lists(st.sampled_from(_POOL), max_size=12))
def test_ranks_are_unique_and_clusters_are_named_after_their_first(texts: list[str]) -> None:
    found = clusters(*(document(f"d{i:02}", text) for i, text in enumerate(texts)))
    by_name: dict[str, list[str]] = {}
    for name, member in found.items():
        by_name.setdefault(member.cluster, []).append(name)
    for first, members in by_name.items():
        assert len(members) > 1
        assert first == min(members)
        assert sorted(found[name].rank for name in members) == list(range(len(members)))


@given(st.lists(st.text(max_size=60), max_size=8))
def test_a_signature_depends_on_its_own_text_alone(texts: list[str]) -> None:
    every = signatures(texts)
    for i, text in enumerate(texts):
        assert signatures([text])[0] == every[i]


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_text_can_be_clustered(texts: list[str]) -> None:
    if texts:
        assert len(clusters(document("a", *texts))) <= len(texts)


# --- the parts


def test_the_sketch_estimates_the_share_of_common_shingles() -> None:
    rng = random.Random(4)
    letters = [chr(0x4E00 + i) for i in range(3000)]
    base = rng.choices(letters, k=600)
    errors = []
    for kept in (100, 300, 500):
        other = base[:kept] + rng.choices(letters, k=600 - kept)
        a, b = ({tuple(t[i : i + 3]) for i in range(598)} for t in (base, other))
        signed = signatures(["".join(base), "".join(other)])
        estimate = similarity(signed, np.array([0]), np.array([1]))[0]
        errors.append(abs(float(estimate) - len(a & b) / len(a | b)))
    assert max(errors) < 0.13  # three standard errors


def test_candidates_are_all_pairs_that_agree_in_a_band() -> None:
    rng = np.random.default_rng(6)
    sketches = rng.integers(0, 3, (60, SKETCH), dtype=np.uint8)
    bands = sketches.reshape(60, -1, 4)
    expected = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if (bands[i] == bands[j]).all(axis=1).any()
    }
    found = candidates(sketches)
    first, second = found.first, found.second
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == expected


def test_a_full_bucket_costs_a_few_pairs_a_member() -> None:
    sketches = np.zeros((5_000, SKETCH), dtype=np.uint8)
    first = candidates(sketches).first
    assert 5_000 <= len(first) <= 10 * 5_000


def test_figures_clash_only_where_both_sides_have_their_own() -> None:
    signed = signatures(["建成12所,培训30人", "建成xx所,培训30人", "建成15所,培训41人"])
    pairs = np.array([0, 0, 1]), np.array([1, 2, 2])
    assert figures_conflict(signed, *pairs).tolist() == [False, True, True]


def test_stars_do_not_depend_on_the_order_of_edges() -> None:
    edges = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (2, 5), (6, 7)])
    for seed in range(10):
        mixed = np.random.default_rng(seed).permutation(edges)
        # 2 has most neighbours and takes 1, 3 and 5; what they leave stands alone.
        assert stars(9, mixed[:, 0], mixed[:, 1]).tolist() == [0, 2, 2, 2, 4, 2, 6, 6, 8]


def test_cached_similarities_are_corrected_to_those_of_a_fresh_run() -> None:
    draw = random.Random(5)
    # Enough variations of one formula to fill buckets, and texts that stand alone.
    pool = [mangling.spun(text, draw, 0.2) for text in OWN for _ in range(4)]
    pool += [OWN[0] + OWN[1] + chr(0x4E00 + i) for i in range(60)]
    index = ClusterIndex()
    for i, text in enumerate(pool):
        index.replace(f"d{i}", sign(document(f"d{i}", text)))
    crowded = 0
    for step in range(12):
        before = index.clustering().verdicts
        crowded += bool(before.crowded.any())
        index._verdicts = before
        name = f"d{draw.randrange(len(pool))}"
        if step % 3:
            text = mangling.thinned(draw.choice(pool), draw, 0.3)
            index.replace(name, sign(document(name, text)))
        else:
            index.remove(name)
        fresh = ClusterIndex(index._documents)
        assert index.clustering().memberships() == fresh.clustering().memberships()
        assert index.clustering().sources() == fresh.clustering().sources()
        assert _as_sets(index.clustering().verdicts) == _as_sets(fresh.clustering().verdicts)
    assert crowded


def _as_sets(verdicts: Verdicts) -> tuple[object, ...]:
    pairs = zip(verdicts.first.tolist(), verdicts.second.tolist(), verdicts.strong, strict=True)
    crowded = verdicts.texts[verdicts.crowded].tolist()
    return verdicts.texts.tolist(), set(crowded), sorted(pairs)


def test_a_small_change_compares_only_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    index = ClusterIndex()
    for i, text in enumerate(OWN * 2):
        index.replace(f"d{i}", sign(document(f"d{i}", mangling.masked(text, random.Random(i)))))
    index._verdicts = index.clustering().verdicts
    monkeypatch.setattr("indexer.duplicates.pairs.candidates", None)
    index.replace("new", sign(document("new", OWN[0])))
    assert "new:0" in index.clustering().memberships()


# --- keeping


def test_a_kept_index_is_replaced_not_changed(tmp_path: Path) -> None:
    index = ClusterIndex({"a": sign(document("a", OWN[0]))})
    index.save(tmp_path)
    (kept,) = tmp_path.iterdir()
    linked = tmp_path / "link"
    os.link(kept, linked)
    before = linked.read_bytes()
    index.remove("a")
    index.save(tmp_path)
    assert linked.read_bytes() == before
    assert kept.read_bytes() != before
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_a_damaged_or_missing_index_is_none(tmp_path: Path, damage: bytes) -> None:
    assert ClusterIndex.load(tmp_path) is None
    ClusterIndex().save(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage)
    assert ClusterIndex.load(tmp_path) is None


def test_a_truncated_index_is_none(tmp_path: Path) -> None:
    ClusterIndex({"a": sign(document("a", *OWN))}).save(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-200])
    assert ClusterIndex.load(tmp_path) is None


def test_an_index_signed_by_other_rules_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ClusterIndex({"a": sign(document("a", *OWN))}).save(tmp_path)
    monkeypatch.setattr("indexer.duplicates.signature_stamp", lambda: "other rules")
    assert ClusterIndex.load(tmp_path) is None


def test_rows_that_wait_in_files_give_the_same_clusters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [document(f"d{i}", *OWN[i % 5 : i % 5 + 3]) for i in range(20)]
    inside = ClusterIndex()
    for paragraphs in documents:
        inside.replace(paragraphs[0].document_id, sign(paragraphs))
    monkeypatch.setattr("indexer.duplicates.MAX_IN_MEMORY", 2_000)
    monkeypatch.setattr("indexer.duplicates.clustering.MAX_IN_MEMORY", 2_000)
    outside = ClusterIndex(scratch=tmp_path)
    for paragraphs in documents:
        outside.replace(paragraphs[0].document_id, sign(paragraphs))
    outside.replace("d3", sign(documents[3]))
    assert not outside._documents["d0"].flags.writeable
    assert outside.clustering().memberships() == inside.clustering().memberships()
    outside.save(tmp_path)
    reopened = ClusterIndex.load(tmp_path)
    assert reopened is not None
    assert reopened.clustering().sources() == inside.clustering().sources()


def test_an_empty_index_is_kept(tmp_path: Path) -> None:
    ClusterIndex().save(tmp_path)
    reopened = ClusterIndex.load(tmp_path)
    assert reopened is not None
    assert reopened.clustering().memberships() == reopened.clustering().sources() == {}


def test_one_changed_document_is_kept_among_a_thousand(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    index = ClusterIndex()
    for i in range(1_000):
        rows = np.zeros(20, dtype=ROW)
        rows["ordinal"] = range(20)
        rows["form"] = FORMS.index(Form.BODY)
        rows["signature"]["length"] = 80
        rows["signature"]["exact"] = rng.integers(0, 1 << 63, 20)
        rows["signature"]["sketch"] = rng.integers(0, 256, (20, SKETCH))
        index.replace(f"d{i}", rows)
    index.save(tmp_path)
    changed = sign(document("d5", *OWN))
    reopened = ClusterIndex.load(tmp_path)
    assert reopened is not None
    reopened.replace("d5", changed)
    clusters = reopened.clustering().memberships()
    reopened.save(tmp_path)
    again = ClusterIndex.load(tmp_path)
    assert again is not None
    assert again.clustering().memberships() == clusters
