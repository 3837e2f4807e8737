"""OFD: text where it is drawn, in every way that files draw it; what is refused, and how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer.page import Page
from indexer.pipeline import read_source
from indexer.readers.ofd import read_ofd
from tests.fixtures.ofd import NAMESPACE, lines, ofd, page, rules, text

LETTER = (
    "关于商请支持校舍维修的函",
    "柳溪县财政局：",
    "　今年入汛以来，我县三所学校的校舍受损，经核定维修需要",
    "资金128.55万元，其中屋面维修86万元，围墙和操场维修所需款",
    "42.556万元，目前已经自筹三十万元，其余尚无着落，为保证秋",
    "季开学如期进行，现商请贵局予以支持。",
    "　特此函达。",
)


def texts(page: Page) -> list[str]:
    return [block.text for block in page.blocks if not block.path]


def test_lines_are_put_together_to_paragraphs() -> None:
    head = text(LETTER[0], 63, 30, 7)
    read = read_ofd(ofd(head + lines(*LETTER[1:])), "a.ofd")
    assert texts(read) == [
        *LETTER[:2],
        "".join(LETTER[2:6]).strip("　"),
        "特此函达。",
    ]
    assert read.title == LETTER[0]


@pytest.mark.parametrize(
    "code",
    [
        'X="0" Y="5" DeltaX="g 9 5"',
        'X="0" Y="5" DeltaX="5 5 g 6 5 5"',
        'X="0" Y="5" DeltaX="5 5"',
        'X="0" Y="5"',
        'DeltaX="g 9 5"',
        'X="0.0" Y="5.0" DeltaX="g 9 5.0"',
    ],
)
def test_distances_are_given_in_every_way(code: str) -> None:
    words = "全县教育工作平稳有序"
    layer = (
        f'<ofd:TextObject ID="2" Boundary="25 40 80 5" Font="1" Size="5">'
        f"<ofd:TextCode {code}>{words}</ofd:TextCode></ofd:TextObject>"
    )
    assert texts(read_ofd(ofd(layer), "a.ofd")) == [words]


def test_a_transformation_scales_and_turns_what_is_drawn() -> None:
    small = text("全县教育工作平稳有序", 100, 100, 14.17, 'CTM="0.3528 0 0 0.3528 0 0"')
    turned = text("此文横放在纸的侧边上", 0, 5, 5, 'CTM="0 1 -1 0 100 100"')
    read = read_ofd(ofd(small + turned), "a.ofd")
    assert texts(read) == ["全县教育工作平稳有序"]
    # What stands across the page is no part of its text.
    assert [block.text for block in read.blocks if block.path] == ["此文横放在纸的侧边上"]


def test_figures_keep_their_digits_and_points() -> None:
    row = text("全年投入1,285.50万元，增长8.6%，新建学校12所。", 25, 50)
    assert texts(read_ofd(ofd(row), "a.ofd")) == ["全年投入1,285.50万元，增长8.6%，新建学校12所。"]


def test_a_table_between_rules_is_read_row_by_row() -> None:
    cells = [("学校", "金额"), ("柳溪中学", "128.5"), ("青禾小学", "46")]
    drawn = "".join(
        text(word, 27 + 60 * column, 57 + 10 * row)
        for row, words in enumerate(cells)
        for column, word in enumerate(words)
    )
    table = rules((25, 85, 145), (50, 60, 70, 80))
    read = read_ofd(ofd(lines("现将维修资金安排情况公布如下。") + table + drawn), "a.ofd")
    assert [block.text for block in read.blocks if block.row] == ["\t".join(row) for row in cells]


def test_blocks_composites_and_templates_hold_text() -> None:
    unit = text("这一行画在复合对象里面。", 25, 80)
    parts = {
        "Doc_0/DocumentRes.xml": f'<ofd:Res xmlns:ofd="{NAMESPACE}"><ofd:CompositeGraphicUnits>'
        f'<ofd:CompositeGraphicUnit ID="7"><ofd:Content>{unit}</ofd:Content>'
        "</ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>",
        "Doc_0/Tpls/Content.xml": page(text("这一行画在模板页上面。", 25, 40)),
    }
    layer = (
        f"<ofd:PageBlock><ofd:PageBlock>{text('这一行画在嵌套的块里。', 25, 60)}"
        '</ofd:PageBlock></ofd:PageBlock><ofd:CompositeObject ID="8" ResourceID="7"/>'
    )
    content = page(layer).replace("<ofd:Content>", '<ofd:Template TemplateID="3"/><ofd:Content>')
    document = (
        "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        '<ofd:TemplatePage ID="3" BaseLoc="Tpls/Content.xml"/>'
    )
    parts["Doc_0/Pages/Page_0/Content.xml"] = content
    read = read_ofd(ofd("", parts=parts, document=document), "a.ofd")
    assert texts(read) == [
        "这一行画在模板页上面。",
        "这一行画在嵌套的块里。",
        "这一行画在复合对象里面。",
    ]


def test_what_is_not_shown_is_left_out_and_notes_stand_apart() -> None:
    hidden = text("这一行并不显示出来。", 25, 60, 5, 'Visible="false"')
    parts = {
        "Doc_0/Annotations.xml": f'<ofd:Annotations xmlns:ofd="{NAMESPACE}"><ofd:Page PageID="0">'
        "<ofd:FileLoc>Pages/Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        "Doc_0/Pages/Page_0/Annotation.xml": f'<ofd:PageAnnot xmlns:ofd="{NAMESPACE}">'
        f'<ofd:Annot Type="Watermark">{text("仅供内部使用", 0, 0)}</ofd:Annot></ofd:PageAnnot>',
    }
    document = "<ofd:Annotations>Annotations.xml</ofd:Annotations>"
    made = ofd(lines("全县教育工作平稳有序推进。") + hidden, parts=parts, document=document)
    read = read_ofd(made, "a.ofd")
    assert texts(read) == ["全县教育工作平稳有序推进。"]
    assert [b.text for b in read.blocks if b.path] == ["仅供内部使用"]


def test_a_seal_is_told_and_not_vouched_for() -> None:
    parts = {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="{NAMESPACE}"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml'
        "</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Signs/Signatures.xml": f'<ofd:Signatures xmlns:ofd="{NAMESPACE}">'
        '<ofd:Signature ID="1" BaseLoc="Sign_1/Signature.xml"/></ofd:Signatures>',
        "Doc_0/Signs/Sign_1/Signature.xml": f'<ofd:Signature xmlns:ofd="{NAMESPACE}">'
        '<ofd:SignedInfo><ofd:Provider ProviderName="签章服务"/><ofd:SignatureDateTime>'
        "20210406</ofd:SignatureDateTime></ofd:SignedInfo></ofd:Signature>",
    }
    read = read_ofd(ofd(lines(*LETTER), parts=parts), "a.ofd")
    assert read.blocks[-1].text == "电子印章 · 签章服务 · 20210406 · 未验证"
    assert read.blocks[-1].path


@pytest.mark.parametrize("namespace", ["http://www.ofdspec.org", "urn:other"])
def test_names_and_namespaces_may_differ(namespace: str) -> None:
    content = page(lines(*LETTER)).replace(NAMESPACE, namespace)
    made = ofd("", parts={"DOC_0/pages/page_0/CONTENT.xml": content})
    assert texts(read_ofd(made, "a.ofd"))[0] == LETTER[0]


def test_vertical_writing_is_one_line() -> None:
    words = "全县教育工作平稳有序"
    layer = (
        '<ofd:TextObject ID="2" Boundary="180 40 5 80" Font="1" Size="5" ReadDirection="90">'
        f'<ofd:TextCode X="0" Y="5" DeltaY="g 9 5">{words}</ofd:TextCode></ofd:TextObject>'
    )
    assert texts(read_ofd(ofd(layer), "a.ofd")) == [words]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 nothing", "damaged"),
        (ofd(""), "no text layer"),
        (ofd(text("\ue11e\ue236\ue28a\ue0c0全县教育工作", 25, 40)), "unreadable"),
        (ofd(lines(*LETTER), parts={"Encryptions.xml": "<x/>"}), "encrypted"),
        (ofd(lines(*LETTER), parts={"OFD.xml": "<x/>"}), "no text layer"),
        (ofd(lines(*LETTER), parts={"Doc_0/Document.xml": "<x"}), "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_ofd(data, "a.ofd")


def test_real_files_are_read_or_refused_in_words(testdata: Callable[[str], Path]) -> None:
    read = {}
    for path in sorted(testdata("real/ofd").glob("*.ofd")):
        if path.stem == "Page5":
            # Nothing but shapes.
            with pytest.raises(SourceError, match="文字层"):
                list(read_source(path, path.name))
            continue
        (reading,) = read_source(path, path.name)
        # Fonts whose codes say nothing stand in one file.
        assert ("garbled" in reading.document.warnings) == (path.stem == "ano")
        read[path.stem] = [paragraph.text for paragraph in reading.paragraphs]
    letter = read["testPathFillOpacity"]
    assert (letter[0], letter[-2:]) == ("蚌山区政府：", ["此函。", "2023年7月12日"])
    assert read["hello"][1].startswith("中国一向是所谓“闭关主义”")
    assert len(read) == 11
