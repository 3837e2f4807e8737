"""Groups with slots, collocates with logDice, orders of lines, CSV: each by example."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Form, Paragraph
from archive.query.query import parse
from archive.search.export import csv_line
from archive.text.fold import fold
from archive.text.tokenize import words
from archive.wording import LineSort, Options, Side, csv_rows, lines, wording
from archive.wording.collocates import MIN_COUNT, log_dice
from archive.wording.context import Contexts
from archive.wording.matches import Found
from archive.wording.slots import cut_at_slots, is_figures
from archive.wording.variants import MAX_GROUPS
from tests.fixtures.strategies import texts
from tests.fixtures.wording import MemoryArchive, archive_of

# Groups


@pytest.mark.parametrize(
    ("text", "slotted"),
    [
        ("新建学校12所", "新建学校#所"),
        ("新建学校xx所", "新建学校#所"),
        ("新建学校１２所", "新建学校#所"),
        ("新建学校十二所", "新建学校#所"),
        ("新建学校[]所", "新建学校#所"),
        ("新建学校__所", "新建学校#所"),
        ("20xx年", "#年"),
        ("2021年", "#年"),
        ("^v^同志", "#同志"),
        ("1.5万元", "#元"),
        ("统一思想", "统一思想"),
        ("一体化", "一体化"),
        ("城乡一体", "城乡一体"),
        ("excel表", "excel表"),
        ("max值", "max值"),
        ("12", "#"),
        ("均衡", "均衡"),
    ],
)
def test_figures_years_and_masks_are_slots(text: str, slotted: str) -> None:
    assert str(cut_at_slots(text)) == slotted


@given(texts)
def test_pieces_and_fillings_make_up_the_wording(text: str) -> None:
    cut = cut_at_slots(text)
    assert len(cut.pieces) == len(cut.fillings) + 1
    fillings = [*cut.fillings, ""]
    assert "".join(a + b for a, b in zip(cut.pieces, fillings, strict=True)) == text
    assert all(cut.fillings)


@pytest.mark.parametrize(
    ("filling", "figures"), [("12", True), ("xx", True), ("[]", False), ("^v^", False)]
)
def test_a_mask_that_the_sign_does_not_find_is_known(filling: str, figures: bool) -> None:
    assert is_figures(filling) is figures


def test_wordings_that_differ_in_slots_alone_are_one_on_request() -> None:
    rows = [f"新建学校{filling}所" for filling in ("12", "xx", "12", "十二", "[]")]
    archive = archive_of(*((text, 2020) for text in (*rows, "新建学校若干所")))
    query = parse("新建学校…所")
    apart = wording(archive, query)
    assert [(g.text, g.count) for g in apart.groups][:2] == [
        ("新建学校12所", 2),
        ("新建学校[]所", 1),
    ]
    assert apart.group_count == 5
    together = wording(archive, query, Options(slots=True))
    assert [(g.text, g.count, g.share) for g in together.groups] == [
        ("新建学校#所", 5, 5 / 6),
        ("新建学校若干所", 1, 1 / 6),
    ]
    # No figure sign finds the empty brackets, a short gap does.
    assert together.groups[0].query == '新建学校…所 "新建学校"…{1,2}"所"'
    assert together.groups[1].query == '新建学校…所 "新建学校若干所"' or (
        together.groups[1].query == '"新建学校若干所"'
    )


def test_spellings_that_fold_alike_are_one_wording_shown_as_most_write_it() -> None:
    archive = archive_of(("均衡發展", 2020), ("均衡发展", 2021), ("均衡发展", 2022))
    (group,) = wording(archive, parse("均衡…展")).groups
    assert (group.text, group.count, group.first_year, group.last_year) == (
        "均衡发展",
        3,
        2020,
        2022,
    )


def test_shares_add_up_and_a_long_list_says_how_long() -> None:
    letters = [chr(0xA000 + n) for n in range(MAX_GROUPS + 20)]
    told = wording(archive_of(*((f"甲乙{letter}", 2020) for letter in letters)), parse("甲乙?"))
    assert told.group_count == MAX_GROUPS + 20
    assert len(told.groups) == MAX_GROUPS
    assert sum(group.share for group in told.groups) == pytest.approx(
        MAX_GROUPS / (MAX_GROUPS + 20)
    )
    few = wording(archive_of(("甲乙丙，甲乙丁，甲乙丙", 2020)), parse("甲乙?"))
    assert sum(group.share for group in few.groups) == pytest.approx(1)
    assert [group.paragraphs for group in few.groups] == [1, 1]


# Collocates


def test_log_dice_by_hand() -> None:
    # 推进 stands to the left of 均衡 in three paragraphs; 均衡 stands in four, 推进 in five.
    rows = ["推进均衡"] * 3 + ["城乡均衡"] + ["推进工作"] * 2
    told = wording(archive_of(*((text, 2020) for text in rows)), parse("均衡"))
    (best,) = told.collocates
    assert (best.word, best.side, best.count, best.paragraphs, best.archive) == (
        "推进",
        "left",
        3,
        3,
        5,
    )
    assert best.score == pytest.approx(14 + log2(2 * 3 / (4 + 5)))


def test_cells_of_tables_are_no_collocates() -> None:
    rows = ["推进均衡"] * 3 + ["城乡\t均衡\t12"] * 5
    forms = [Form.BODY] * 3 + [Form.ROW] * 5
    paragraphs = [
        Paragraph(f"d{i}", 0, text, form=form)
        for i, (text, form) in enumerate(zip(rows, forms, strict=True))
    ]
    told = wording(MemoryArchive(paragraphs), parse("均衡"))
    assert [(one.word, one.count) for one in told.collocates] == [("推进", 3)]
    assert told.paragraphs == 8


def test_what_never_stands_apart_scores_fourteen_and_each_halving_costs_one() -> None:
    assert log_dice(8, 8, 8) == 14
    assert log_dice(4, 8, 8) == 13
    assert log_dice(1, 8, 8) == 11


def test_a_word_twice_beside_a_match_counts_that_match_once() -> None:
    rows = [("教育教育均衡，教育，均衡", 2020)] * 3
    told = wording(archive_of(*rows), parse("均衡"), Options(side=Side.LEFT))
    (left,) = [c for c in told.collocates if c.word == "教育"]
    assert (left.count, left.paragraphs) == (6, 3)


def test_the_window_the_side_and_the_sentence_bound_collocates() -> None:
    rows = [("安全。全面推进均衡发展改革创新。稳定", 2020)] * 3
    archive, query = archive_of(*rows), parse("均衡")

    def found(options: Options) -> set[tuple[str, str]]:
        return {(c.word, c.side) for c in wording(archive, query, options).collocates}

    assert found(Options(window=1)) == {("推进", "left"), ("发展", "right")}
    assert found(Options(window=1, side=Side.LEFT)) == {("推进", "left")}
    assert found(Options(window=2, side=Side.RIGHT)) == {("发展", "right"), ("改革", "right")}
    assert {word for word, _ in found(Options(window=10))} == {
        *("全面", "推进", "发展", "改革", "创新")
    }


def test_what_stood_there_once_or_twice_is_no_collocate() -> None:
    rows = [("推进均衡", 2020)] * (MIN_COUNT - 1)
    assert wording(archive_of(*rows), parse("均衡")).collocates == ()


@given(texts, texts)
def test_neighbours_are_the_words_of_the_side_nearest_first(before: str, behind: str) -> None:
    # One sentence, no word cut by the reach.
    before, behind = (
        "".join(c for c in side if c not in '。！；!?？;\n”")）】〕’」』…㈠①½ﬁİß㍿٣％')[:20]
        for side in (before, behind)
    )
    text = f"{before}〇{behind}"
    found = Found(Paragraph("a", 0, text), fold(text), ((len(before), len(before) + 1),))
    (((left, right),),) = [sides for _, sides in Contexts(10).around([found])]
    assert list(left[0]) == words(fold(before))[::-1][:10]
    assert list(right[0]) == words(fold(behind))[:10]
    for (near, distances), side in ((left, fold(before)[::-1]), (right, fold(behind))):
        for word, distance in zip(near, distances, strict=True):
            shown = word if side == fold(behind) and near is right[0] else word[::-1]
            assert side[distance : distance + len(word)] == shown


@given(
    st.lists(
        st.lists(st.sampled_from(("均衡", "推进", "发展改革", "，", "。", "12", "…")), max_size=9),
        max_size=6,
    ),
    st.sampled_from(Side),
)
def test_nothing_depends_on_how_many_are_cut_and_counted_together(
    rows: list[list[str]], side: Side
) -> None:
    # Said three times, so that there are collocates.
    archive = archive_of(*(("".join(row), 2020) for row in rows * 3))
    query, options = parse("均衡 | 发展"), Options(window=2, side=side)
    together = wording(archive, query, options).to_dict()
    listed = list(csv_rows(lines(archive, query)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.wording.context._CUT_TOGETHER", 1)
        patch.setattr("archive.wording.context._MAX_KEPT", 0)
        patch.setattr("archive.wording.collocates._COUNT_AT_ONCE", 0)
        one_by_one = wording(archive, query, options).to_dict()
        assert list(csv_rows(lines(archive, query))) == listed
    del together["took_ms"], one_by_one["took_ms"]
    assert one_by_one == together


def test_collocates_count_matches_and_their_paragraphs() -> None:
    rows = [("推进均衡推进，推进均衡。均衡推进", 2020)] * 3
    found = wording(archive_of(*rows), parse("均衡"), Options(window=1)).collocates
    assert {(c.word, c.side, c.count, c.paragraphs) for c in found} == {
        ("推进", "left", 6, 3),
        ("推进", "right", 6, 3),
    }


# Orders


SORTED = ("甲乙均衡丙丁", "安全均衡发展", "均衡", "推进均衡改革", "全面推进均衡发展")


def order(sort: LineSort, offset: int = 0, limit: int = 100) -> list[str]:
    archive = archive_of(*((text, 2020 - n % 3 if n else None) for n, text in enumerate(SORTED)))
    query = replace(parse("均衡"), offset=offset, limit=limit)
    told = wording(archive, query, Options(sort=sort))
    return [line.paragraph.text for line in told.lines]


def test_lines_come_in_id_order_unless_asked_otherwise() -> None:
    assert order(LineSort.ID) == list(SORTED)


def test_lines_sort_by_year_without_a_year_last() -> None:
    assert order(LineSort.OLDEST) == [SORTED[n] for n in (2, 1, 4, 3, 0)]
    assert order(LineSort.NEWEST) == [SORTED[n] for n in (3, 1, 4, 2, 0)]


def test_lines_sort_by_words_as_a_dictionary_does_without_a_word_last() -> None:
    # an quan, jia yi, tui jin, tui jin quan mian; the one without a word is last.
    assert order(LineSort.LEFT_1) == [SORTED[n] for n in (1, 0, 3, 4, 2)]
    # bing, fa zhan, fa zhan, gai ge.
    assert order(LineSort.RIGHT_1) == [SORTED[n] for n in (0, 1, 4, 3, 2)]
    # quan mian; the others have one word at most and keep the id order.
    assert order(LineSort.LEFT_2) == [SORTED[n] for n in (4, 0, 1, 2, 3)]
    assert order(LineSort.LEFT_3) == list(SORTED)


@given(st.sampled_from(LineSort), st.integers(0, 6), st.integers(0, 6))
def test_pages_are_cut_from_the_whole_order(sort: LineSort, offset: int, limit: int) -> None:
    assert order(sort, offset, limit) == order(sort)[offset : offset + limit]


def test_a_page_of_many_lines_is_that_of_all_of_them() -> None:
    held = MemoryArchive([Paragraph(f"d{n:04}", 0, f"{n % 97}均衡") for n in range(3_000)])
    query = replace(parse("均衡"), limit=50, offset=20)
    told = wording(held, query, Options(sort=LineSort.LEFT_1))
    expected = sorted(range(3_000), key=lambda n: (str(n % 97), n))[20:70]
    assert [line.paragraph.document_id for line in told.lines] == [f"d{n:04}" for n in expected]


# CSV


@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹦﹢﹣﹫−")
@pytest.mark.parametrize(
    "before", ["", " ", "\u3000", "\n", "\r", "\xa0 ", "\u200b", "\x0b\x00", " " * 50]
)
def test_no_cell_is_run_whatever_stands_before_its_sign(before: str, sign: str) -> None:
    """A formula in full width, or behind a blank, came out as it was."""
    (row,) = csv.reader(io.StringIO(csv_line([f"{before}{sign}1+1", f"安全{sign}"]), newline=""))
    assert row == [f"'{before}{sign}1+1", f"安全{sign}"]


def test_the_csv_holds_every_line_and_runs_no_formula() -> None:
    rows = [('=均衡,"发展"', 2020), ("-均衡\n均衡", None)]
    archive = archive_of(*rows * 200)
    written = "".join(csv_rows(lines(archive, parse("?均衡 | 均衡"))))
    assert written.startswith("\ufeffparagraph_id,")
    table = list(csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline="")))
    assert len(table) == 200 * 2 + 200 * 3
    assert {row["match"] for row in table} == {"均衡", "'=均衡", "'-均衡"}
    assert not any(cell.startswith(("=", "-", "+", "@")) for row in table for cell in row.values())
    assert {row["right"] for row in table if row["match"] == "'=均衡"} == {',"发展"'}
    assert {row["year"] for row in table} == {"2020", ""}
