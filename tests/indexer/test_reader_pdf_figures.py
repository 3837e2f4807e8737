"""PDF: no figure is changed by a raised mark, by spacing, or by a font that says nothing."""

from __future__ import annotations

import pytest

from archive.errors import SourceError
from indexer.page import Page, PageBlock
from indexer.readers.pdf.reader import read_pdf
from tests.fixtures.pdf import (
    EM,
    LEFT,
    STEP,
    TOP,
    Text,
    centred,
    pdf_file,
    sentences,
    spread,
    typeset,
    with_marks,
)


def read(*lines: list[Text], extra: str = "") -> Page:
    return read_pdf(pdf_file([[text for line in lines for text in line]], extra=extra), "a.pdf")


def last(page: Page) -> PageBlock:
    return page.blocks[-1]


@pytest.mark.parametrize(
    ("pieces", "text", "cut"),
    [
        (("全县常住人口", "1", "61.48万人。"), "全县常住人口61.48万人。", ("1",)),
        (("性别比为122.44", "3", "。"), "性别比为122.44。", ("3",)),
        (
            ("巩固率达到99.8%", "[1]", "，比上年提高0.3。"),
            "巩固率达到99.8%，比上年提高0.3。",
            ("[1]",),
        ),
        (("投入36", "①", "万元，新建12", "②③", "所。"), "投入36万元，新建12所。", ("①", "②③")),
        (("共有学校36所，教师1200人", "5,6"), "共有学校36所，教师1200人", ("5,6",)),
        (("在校学生12人", "*", "，毕业8人。"), "在校学生12人，毕业8人。", ("*",)),
        (
            ("年供水1.2×10", "5", "吨，库容3×10", "-4", "亿。"),
            "年供水1.2×10^5吨，库容3×10^-4亿。",
            (),
        ),
        (("占地3000m", "2", "，库容45km", "3", "。"), "占地3000m²，库容45km³。", ()),
        (("清溪镇2010", "5", "年人口共12人。"), "清溪镇2010年人口共12人。", ("5",)),
        (("全县第5", "th", "届运动会召开。"), "全县第5th届运动会召开。", ()),
    ],
)
def test_raised_pieces_are_marks_or_exponents(
    pieces: tuple[str, ...], text: str, cut: tuple[str, ...]
) -> None:
    page = read(with_marks(LEFT, TOP, *pieces))
    assert (last(page).text, last(page).cut) == (text, cut)


def test_a_mark_that_opens_a_line_belongs_to_it() -> None:
    line = with_marks(LEFT, TOP - STEP, "", "2", "本表的人口为常住人口，共12万人。")[1:]
    page = read(*typeset(sentences(1)), [(x, y - 200, size, text) for x, y, size, text in line])
    assert (last(page).text, last(page).cut) == ("本表的人口为常住人口，共12万人。", ("2",))


def test_lowered_pieces_are_text() -> None:
    raised = with_marks(LEFT, TOP, "排放CO", "2", "共36吨，比上年少。")
    lowered = [(x, TOP - 3 if y > TOP else y, size, text) for x, y, size, text in raised]
    assert last(read(lowered)).text == "排放CO2共36吨，比上年少。"


def test_a_mark_as_large_as_the_text_is_cut_by_its_place() -> None:
    page = read([(LEFT, TOP, EM, "全县共投入教育资金36"), (LEFT + 9.92 * EM, TOP + 6, EM, "①")])
    assert (last(page).text, last(page).cut) == ("全县共投入教育资金36", ("①",))


@pytest.mark.parametrize("spacing", [1.2, 3.0, 4.0, 6.0, 9.0])
@pytest.mark.parametrize(
    "text",
    ["全县投入资金1200万元，增长12.5%。", "2021年招生36500人，毕业1,234人", "清政发〔2021〕8号"],
)
def test_figures_of_a_line_set_wide_stay_whole(text: str, spacing: float) -> None:
    page = read(*typeset(sentences(1)), extra=spread(LEFT, 200, text, spacing))
    assert last(page).text == text


def test_words_of_latin_letters_keep_their_spaces() -> None:
    text = "Total of 12 schools and 36 teachers"
    assert last(read(*typeset(sentences(1)), extra=spread(LEFT, 200, text, 0))).text == text


# Vertical writing


def upright(pages: list[list[Text]]) -> bytes:
    return pdf_file(pages).replace(b"UniGB-UCS2-H", b"UniGB-UCS2-V")


@pytest.mark.parametrize("reverse", [False, True])
def test_columns_of_vertical_writing_are_read_from_the_right(reverse: bool) -> None:
    text = "".join(sentences(3))
    columns = [text[at : at + 40] for at in range(0, len(text), 40)]
    placed = [(520 - 30.0 * n, 760.0, EM, column) for n, column in enumerate(columns)]
    page = read_pdf(upright([placed[::-1] if reverse else placed]), "a.pdf")
    assert "".join(block.text for block in page.blocks) == text
    assert not any(block.path for block in page.blocks)


def test_a_vertical_page_has_its_title_and_its_next_page() -> None:
    first = [(530.0, 505.0, 24.0, "清溪县安全通知")]
    first += [(480 - 30.0 * n, 760.0, EM, "一" * 43) for n in range(6)]
    page = read_pdf(upright([first, [(530.0, 760.0, EM, "二" * 20 + "。")]]), "a.pdf")
    assert page.title == "清溪县安全通知"
    assert page.blocks[-1].text.endswith("二。")


# Page numbers, garbled text, pictures


@pytest.mark.parametrize(
    "number", ["–– - {} - ––", "— {} —", "第 {} 页 共 9 页", "— {}—", "~ {} ~"]
)
def test_page_numbers_between_signs_are_labelled(number: str) -> None:
    wanted = sentences(30)
    pages = [
        [*page, centred(40, number.format(n), 10)] for n, page in enumerate(typeset(wanted), 11)
    ]
    blocks = read_pdf(pdf_file(pages), "a.pdf").blocks
    assert [block.text for block in blocks if not block.path] == wanted
    kinds = [block.path[-1] for block in blocks if block.path]
    assert kinds == ["page-number"] * len(pages)


def garbled(text: str, share: bytes) -> bytes:
    """A file whose second font names no characters, and sets `share` in it."""
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/Nameless/Encoding/Identity-H/DescendantFonts[<<"
        b"/Type/Font/Subtype/CIDFontType0/BaseFont/Nameless/DW 1000/CIDSystemInfo<</Registry"
        b"(Adobe)/Ordering(Identity)/Supplement 0>>>>]>>"
    )
    extra = f"BT /F2 16 Tf 72 300 Td <{share.hex()}> Tj ET\n"
    data = pdf_file(typeset([text]), extra=extra)
    return data.replace(b"/Font<</F1 3 0 R>>", b"/Font<</F1 3 0 R/F2 " + font + b">>")


def test_text_in_a_font_that_names_no_characters_is_flagged() -> None:
    text = sentences(1)[0]
    page = read_pdf(garbled(text, "2021年".encode("utf-16-be")), "a.pdf")
    assert page.warnings == ("garbled",)
    assert page.blocks[0].text == text
    assert page.blocks[-1].text == "\ufffd" * 5
    assert read_pdf(pdf_file(typeset([text])), "a.pdf").warnings == ()
    with pytest.raises(SourceError, match="unreadable"):
        read_pdf(garbled("共投入资金三十六万元。", "教".encode("utf-16-be") * 24), "a.pdf")


PICTURE = "q 400 0 0 500 90 200 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q\n"


def test_pages_that_are_only_pictures_are_flagged() -> None:
    pages = [*typeset(sentences(5)), [centred(40, "- 2 -", 10)]]
    assert read_pdf(pdf_file(pages, extra=PICTURE), "a.pdf").warnings == ("pictures",)
    assert read_pdf(pdf_file(pages), "a.pdf").warnings == ()
    assert read_pdf(pdf_file(pages[:1], extra=PICTURE), "a.pdf").warnings == ()
    with pytest.raises(SourceError, match="OCR"):
        read_pdf(pdf_file(pages[1:], extra=PICTURE), "a.pdf")
