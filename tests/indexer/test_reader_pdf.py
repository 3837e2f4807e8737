"""PDF: the text layer as paragraphs, page decoration apart, and what cannot be read."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer import extract
from indexer.page import Page
from indexer.readers import read_page
from indexer.readers.pdf import child as pdf_child
from indexer.readers.pdf import reader as pdf
from indexer.readers.pdf.reader import read_pdf
from tests.fixtures.pdf import (
    EM,
    LEFT,
    STEP,
    TOP,
    WIDTH,
    Text,
    centred,
    pdf_file,
    sentences,
    typeset,
)
from tests.measure.torture.bombs import pdf_of


def body(page: Page) -> list[str]:
    return [block.text for block in page.blocks if not block.path]


def decoration(page: Page) -> list[tuple[str, str]]:
    return [(block.path[-1], block.text) for block in page.blocks if block.path]


# Paragraphs


def test_lines_that_fill_the_measure_are_joined_over_lines_and_pages() -> None:
    wanted = sentences(30)
    page = read_pdf(pdf_file(typeset(wanted)), "a.pdf")
    assert body(page) == wanted
    assert all(block.indented for block in page.blocks)


def test_paragraphs_without_indents_are_told_by_their_distance() -> None:
    wanted = sentences(12)
    assert body(read_pdf(pdf_file(typeset(wanted, 40, 0, 8.0)), "a.pdf")) == wanted


def test_a_last_line_that_fills_the_measure_ends_at_an_indent() -> None:
    wanted = ["一" * (WIDTH - 2 + WIDTH - 1) + "。", *sentences(5)]
    assert body(read_pdf(pdf_file(typeset(wanted)), "a.pdf")) == wanted


def test_short_headings_stay_alone() -> None:
    wanted = ["一、主要工作", *sentences(3), "（一）德育工作", *sentences(3, 2), "二、打算"]
    assert body(read_pdf(pdf_file(typeset(wanted)), "a.pdf")) == wanted


def test_a_title_of_two_lines_is_one_and_is_the_page_s_title() -> None:
    title = [centred(800, "云溪县教育局关于印发", 22), centred(770, "二〇二一年工作总结的通知", 22)]
    pages = typeset(sentences(8))
    moved = [(x, y - 60, size, text) for x, y, size, text in pages[0][:12]]
    page = read_pdf(pdf_file([[*title, *moved]]), "a.pdf")
    assert page.title == page.blocks[0].text == "云溪县教育局关于印发二〇二一年工作总结的通知"
    assert page.blocks[0].tag == "h1"


def test_the_stated_title_counts_where_none_is_printed() -> None:
    data = pdf_file(typeset(sentences(5)), info="Microsoft Word - 关于学校安全的通知.doc")
    assert read_pdf(data, "a.pdf").title == "关于学校安全的通知"
    data = pdf_file(typeset(sentences(5)), info="2009年农村饮水情况汇报")
    assert read_pdf(data, "a.pdf").title is None


def test_short_lines_of_one_length_are_not_one_paragraph() -> None:
    wanted = [f"{name}中学全体教师" for name in "甲乙丙丁戊己庚辛壬癸子丑"]
    lines = [(LEFT, TOP - n * STEP, EM, text) for n, text in enumerate(wanted)]
    assert body(read_pdf(pdf_file([lines]), "a.pdf")) == wanted


def test_numbers_that_count_on_begin_paragraphs() -> None:
    wanted = [f"{n}、" + "教" * (WIDTH - 2) for n in "一二三四五六"]
    lines = [(LEFT, TOP - n * STEP, EM, text) for n, text in enumerate(wanted)]
    assert body(read_pdf(pdf_file([lines]), "a.pdf")) == wanted


def test_a_page_that_lies_on_its_side_is_read_upright() -> None:
    wanted = sentences(8)
    lines = typeset(wanted, 18)
    turned = "".join(
        f"BT /F1 {size} Tf 0 1 -1 0 {830 - y} {x} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"
        for x, y, size, text in lines[0]
    )
    assert "".join(body(read_pdf(pdf_file([[]], extra=turned), "a.pdf"))) == "".join(
        text for *_, text in lines[0]
    )


def test_cells_of_a_row_are_one_block_and_rows_stay_apart() -> None:
    rows: list[Text] = []
    for number in range(6):
        y = 400 - number * STEP
        rows += [(LEFT, y, EM, f"第{'一二三四五六'[number]}中学"), (LEFT + 200, y, EM, "优秀")]
    page = read_pdf(pdf_file([[*typeset(sentences(4))[0], *rows]]), "a.pdf")
    assert [(b.text, b.tag) for b in page.blocks[-2:]] == [
        ("第五中学\t优秀", "tr"),
        ("第六中学\t优秀", "tr"),
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [(40.0, 700 - n * 20, 10.0, "左" * 24) for n in range(12)]
    right = [(310.0, 700 - n * 20, 10.0, "右" * 24) for n in range(12)]
    mixed = [line for pair in zip(left, right, strict=True) for line in pair]
    text = "".join(body(read_pdf(pdf_file([mixed]), "a.pdf")))
    assert text == "左" * 288 + "右" * 288


def test_radicals_become_the_ideographs_they_stand_for() -> None:
    lines = [(72.0, 700.0, 16.0, "⽴德树⼈，⺠⽣改善。"), (72.0, 672.0, 16.0, "abc，一、")]
    assert "".join(body(read_pdf(pdf_file([lines]), "a.pdf"))) == "立德树人，民生改善。abc，一、"


def test_footnotes_do_not_break_the_paragraph_they_interrupt() -> None:
    wanted = sentences(20)
    pages = typeset(wanted)
    pages[0].append((LEFT, 100, 9.0, "①见附件。"))
    page = read_pdf(pdf_file(pages), "a.pdf")
    assert body(page) == wanted
    assert ("notes", "①见附件。") in decoration(page)


# Page decoration


def dressed(pages: list[list[Text]], number: str = "- {} -") -> list[list[Text]]:
    return [
        [
            centred(800, "云溪县教育局文件汇编", 9),
            *page,
            centred(40, number.format(n), 9),
        ]
        for n, page in enumerate(pages, 1)
    ]


@pytest.mark.parametrize("number", ["- {} -", "第{}页 共9页", "{}", "— {} —", "{}/9"])
def test_headers_and_page_numbers_are_told_and_labelled(number: str) -> None:
    wanted = sentences(40)
    page = read_pdf(pdf_file(dressed(typeset(wanted), number)), "a.pdf")
    assert body(page) == wanted
    kinds = [kind for kind, _ in decoration(page)]
    assert kinds.count("page-header") == kinds.count("page-number") > 2
    labels = extract.label(page)
    assert [block.keep for block in labels.blocks] == [not block.path for block in page.blocks]


def test_a_line_of_the_text_at_a_page_s_edge_is_no_decoration() -> None:
    wanted = sentences(40)
    page = read_pdf(pdf_file(typeset(wanted)), "a.pdf")
    assert decoration(page) == []


def test_rows_of_figures_at_the_same_place_are_no_page_numbers() -> None:
    pages = typeset(sentences(30), 18)
    for n, page in enumerate(pages):
        page.append((LEFT, 120, EM, f"{n + 3}"))
        page.append((LEFT + 100, 120, EM, f"{97 - n * n}"))
    assert decoration(read_pdf(pdf_file(pages), "a.pdf")) == []


def test_slanted_text_is_a_watermark() -> None:
    mark = "BT /F1 30 Tf .7 .7 -.7 .7 200 300 Tm <" + "内部".encode("utf-16-be").hex() + "> Tj ET\n"
    page = read_pdf(pdf_file(typeset(sentences(5)), extra=mark), "a.pdf")
    assert decoration(page) == [("watermark", "内部")]


# What cannot be read


def test_a_scan_is_refused_with_the_way_out() -> None:
    with pytest.raises(SourceError, match="OCR"):
        read_pdf(pdf_file([[], []]), "a.pdf")
    with pytest.raises(SourceError, match="OCR"):
        read_pdf(pdf_file(dressed([[], [], []])), "a.pdf")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.4\n" + bytes(range(256)) * 400])
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="damaged"):
        read_pdf(data, "a.pdf")


def test_a_file_cut_short_is_refused_or_read_as_far_as_it_goes() -> None:
    whole = pdf_file(typeset(sentences(30)))
    for share in (0.3, 0.6, 0.9):
        try:
            page = read_pdf(whole[: int(len(whole) * share)], "a.pdf")
        except SourceError:
            continue
        assert body(page)


def test_an_encrypted_file_is_named_as_such() -> None:
    data = pdf_file(typeset(sentences(3)))
    locked = data.replace(
        b"/Info 5 0 R",
        b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"11" * 32 + b">/U<"
        b"" + b"22" * 32 + b">>>",
    )
    with pytest.raises(SourceError, match="encrypted"):
        read_pdf(locked, "a.pdf")


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(SourceError, match="too large"):
        read_pdf(pdf_file([[]] * 3001), "a.pdf")


def test_too_many_pieces_of_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf_file(typeset(sentences(3)))
    lines = sum(len(page["lines"]) for page in list(pdf_child.read(data))[1:])
    monkeypatch.setattr(pdf_child, "MAX_PIECES", lines - 1)
    assert list(pdf_child.read(data))[-1]["error"] == "large"


def test_a_reader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(pdf, "_CHILD", child)
    monkeypatch.setattr(pdf, "SECONDS", 0.5)
    with pytest.raises(SourceError, match="longer than"):
        read_pdf(b"%PDF", "a.pdf")


def test_a_reader_that_dies_is_an_error_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(pdf, "_CHILD", child)
    with pytest.raises(SourceError, match="damaged"):
        read_pdf(b"%PDF", "a.pdf")


def test_a_page_that_swells_is_refused_within_the_limit_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "MEMORY", 160 << 20)
    wanted = sentences(3)
    assert body(read_pdf(pdf_file(typeset(wanted)), "a.pdf")) == wanted
    with pytest.raises(SourceError, match="unpacks beyond 160 MB"):
        read_pdf(pdf_of(zlib.compress(b"0 0 m " * ((200 << 20) // 6))), "a.pdf")


def test_the_suffix_leads_to_the_reader(tmp_path: Path) -> None:
    wanted = sentences(4)
    path = tmp_path / "a.PDF"
    path.write_bytes(pdf_file(typeset(wanted)))
    assert body(read_page(path, "a.PDF")) == wanted
