"""Readers: what a stored file becomes before any rule is applied."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer.page import Page, PageBlock
from indexer.readers import SUFFIXES, read_page
from indexer.readers.encoding import decode
from indexer.readers.html.reader import parse_html, read_html
from indexer.readers.text import MAX_LINES
from tests.measure.torture.bombs import docx_of

SENTENCE = "全区教育系统坚持以学生发展为中心,深化课程改革,教学质量稳步提升。"
OTHER = "县城新建幼儿园两所,乡镇中心校食堂全部完成改造,家长满意度明显提高。"
TRADITIONAL = "全區教育系統堅持以學生發展為中心,深化課程改革,教學質量穩步提升。"

PLAIN = (".html", ".htm", ".xhtml", ".shtml", ".txt", ".text", ".md")
BODY = "".join(f"<p>{number}.{SENTENCE}{OTHER}</p>" for number in range(1, 4))


def texts(page: Page, *, hidden: bool = False) -> list[str]:
    return [block.text for block in page.blocks if block.hidden is hidden]


def write(folder: Path, name: str, data: bytes) -> Page:
    path = folder / name
    path.write_bytes(data)
    return read_page(path, name)


# ---- Encodings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_every_encoding_is_recognised_without_a_declaration(codec: str, name: str) -> None:
    assert decode((SENTENCE + "\n2021年 ABC\n").encode(codec)) == (
        SENTENCE + "\n2021年 ABC\n",
        name,
    )


def test_big5_is_told_from_gb18030() -> None:
    assert decode(TRADITIONAL.encode("big5")) == (TRADITIONAL, "big5")


@pytest.mark.parametrize("declared", ["gb2312", "big5", "iso-8859-1", "shift_jis", "nonsense"])
@pytest.mark.parametrize(("codec", "name"), [("utf-8", "utf-8"), ("gbk", "gb18030")])
def test_a_wrong_charset_is_corrected(declared: str, codec: str, name: str) -> None:
    page = f'<meta charset="{declared}"><p>{SENTENCE}</p>'
    read = read_html(page.encode(codec), "a.html")
    assert (texts(read), read.encoding) == ([SENTENCE], name)


def test_damaged_bytes_lose_only_themselves() -> None:
    data = ("<p>" + SENTENCE * 20 + "</p>").encode()
    read = read_html(data[:200] + b"\xff" + data[200:], "a.html")
    assert read.encoding == "utf-8"
    assert SENTENCE in read.blocks[0].text


def test_binary_is_refused_with_the_file_named(tmp_path: Path) -> None:
    garbage = bytes(range(256)) * 40
    for name in ("a.txt", "a.html"):
        with pytest.raises(SourceError, match=name):
            write(tmp_path, name, garbage)


def test_null_bytes_inside_text_are_ignored() -> None:
    assert texts(read_html("<p>教\x00育\x00</p>".encode(), "a.html")) == ["教育"]


# ---- Dispatch ---------------------------------------------------------------------------------


def test_the_suffix_chooses_the_reader_in_either_case(tmp_path: Path) -> None:
    assert set(PLAIN) <= set(SUFFIXES)
    for suffix in PLAIN:
        page = write(tmp_path, f"a{suffix.upper()}", SENTENCE.encode())
        assert texts(page) == [SENTENCE]


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="missing"):
        read_page(tmp_path / "missing.html", "missing.html")
    with pytest.raises(SourceError, match=r"a\.xyz"):
        write(tmp_path, "a.xyz", b"x")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(SourceError, match="folder"):
        read_page(tmp_path / "folder.txt", "folder.txt")


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.docx"])
def test_a_page_holds_so_much_text_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Found by torture: a text of one line of 32 MB took 1.6 GB."""
    path = tmp_path / name
    path.write_bytes(docx_of("", "发展" * 10) if name == "a.docx" else "发展".encode() * 10)
    assert [block.text for block in read_page(path, name).blocks] == ["发展" * 10]
    monkeypatch.setattr("indexer.readers.MAX_CHARACTERS", 19)
    with pytest.raises(SourceError, match="20 characters, at most 19"):
        read_page(path, name)


def test_a_page_holds_so_many_blocks_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.readers.MAX_BLOCKS", 2)
    assert len(write(tmp_path, "a.txt", "一\n二".encode()).blocks) == 2
    with pytest.raises(SourceError, match="3, at most 2"):
        write(tmp_path, "a.txt", "一\n二\n三".encode())


def test_too_large_a_file_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.readers.MAX_BYTES", 10)
    with pytest.raises(SourceError, match="too large"):
        write(tmp_path, "a.txt", b"x" * 11)


def test_a_file_with_pictures_may_be_larger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.readers.MAX_BYTES", 10)
    monkeypatch.setattr("indexer.readers.MAX_BYTES_WITH_PICTURES", 20)
    # Beyond the limit of text it is opened, and found to be no document.
    with pytest.raises(SourceError, match="damaged"):
        write(tmp_path, "a.docx", b"PK\x03\x04" + b"x" * 8)
    with pytest.raises(SourceError, match="too large"):
        write(tmp_path, "a.docx", b"PK\x03\x04" + b"x" * 17)
    # A text under such a name, or such bytes under a text's name, are bounded as texts.
    with pytest.raises(SourceError, match="too large"):
        write(tmp_path, "a.doc", b"x" * 11)
    with pytest.raises(SourceError, match="too large"):
        write(tmp_path, "a.txt", b"PK\x03\x04" + b"x" * 7)


def test_an_empty_file_is_a_page_without_blocks(tmp_path: Path) -> None:
    assert write(tmp_path, "a.html", b"").blocks == ()
    assert write(tmp_path, "a.txt", b"\n \n").blocks == ()


# ---- Plain text -------------------------------------------------------------------------------


def test_plain_text_is_one_block_a_line_with_its_indent(tmp_path: Path) -> None:
    page = write(tmp_path, "a.txt", f"一、总结\r\n\r\n\u3000\u3000{SENTENCE}\n".encode("gbk"))
    assert page.blocks == (
        PageBlock("一、总结"),
        PageBlock(SENTENCE, indented=True),
    )


# ---- Blocks of HTML ---------------------------------------------------------------------------


def test_blocks_are_cut_at_block_elements_and_line_breaks() -> None:
    page = parse_html("<div>甲<p>乙<b>丙</b></p>丁<br><br/>戊<ul><li>己<li>庚</ul></div>")
    assert texts(page) == ["甲", "乙丙", "丁", "戊", "己", "庚"]


def test_white_space_of_the_source_is_not_text() -> None:
    page = parse_html("<p>全区\n   教育 &nbsp; 系统\u200b</p><pre>甲\n乙</pre>")
    assert texts(page) == ["全区教育 系统", "甲", "乙"]


def test_a_printed_indent_starts_a_block_where_markup_does_not() -> None:
    page = parse_html(f"<td><font>\u3000\u3000{SENTENCE}\n\u3000\u3000{OTHER}</font></td>")
    assert texts(page) == [SENTENCE, OTHER]
    assert all(block.indented for block in page.blocks)


def test_scripts_styles_and_comments_are_never_text() -> None:
    page = parse_html(
        "<style>p{}</style><script>var a=1</script><template><p>甲</p></template>"
        "<!-- 乙 --><svg><text>丙</text></svg><p>丁</p><title>戊</title>"
    )
    assert texts(page) == ["丙", "丁"]
    assert texts(page, hidden=True) == ["甲"]


def test_link_density_is_the_share_of_linked_characters() -> None:
    page = parse_html('<p>看<a href="#">三个字</a></p><p><a name="x">这里不是链接</a></p>')
    assert [block.link_density for block in page.blocks] == [0.75, 0.0]


def test_path_has_the_class_and_id_words_outermost_first() -> None:
    page = parse_html('<div class="Main left" id="D1"><nav><p class="t">甲</p></nav></div>')
    assert page.blocks[0].path == ("main", "left", "d1", "nav", "t")
    assert page.blocks[0].tag == "p"


def test_blocks_of_one_container_share_the_start_of_their_place() -> None:
    page = parse_html("<div><p>甲</p><p>乙</p></div><div><p>丙</p></div>")
    first, second, third = (block.place for block in page.blocks)
    assert first[:-1] == second[:-1] != third[:-1]


def test_a_row_of_short_cells_is_one_block_and_a_layout_row_is_not() -> None:
    page = parse_html("<table><tr><td>江苏</td><td><p>100</p></td><td>40</td></tr></table>")
    assert texts(page) == ["江苏\t100\t40"]
    layout = parse_html(f"<table><tr><td>菜单<br>甲</td><td>{SENTENCE}</td></tr></table>")
    assert texts(layout) == ["菜单", "甲", SENTENCE]


def test_one_span_a_printed_line_is_one_block_a_line() -> None:
    lines = [SENTENCE[at : at + 12] for at in range(0, 36, 12)] + [
        "　　" + OTHER[:10],
        OTHER[10:22],
    ]
    spans = "".join(f'<span class="ln">{line}</span>' for line in lines)
    assert texts(parse_html(f'<div class="page">{spans}</div>')) == [x.strip() for x in lines]


def test_runs_of_formatting_are_not_lines() -> None:
    spans = "<span>全年召开党委会</span><span>32</span><span>次,学习</span><span>28</span>"
    assert texts(parse_html(f"<p>{spans}</p>")) == ["全年召开党委会32次,学习28"]


# ---- What a page says of itself ---------------------------------------------------------------


def test_title_address_and_statements_are_read() -> None:
    page = parse_html(
        "<!-- saved from url=(0031)https://old.example.cn/a.html -->"
        "<title> 工作\n总结 </title><meta property='og:site_name' content='范例网'>"
        "<meta name=PubDate content='2022-03-18'><p>甲</p>"
    )
    assert page.title == "工作总结"
    assert page.url == "https://old.example.cn/a.html"
    assert page.meta == {"og:site_name": "范例网", "pubdate": "2022-03-18"}
    assert parse_html('<link rel="canonical" href="https://a.cn/1">').url == "https://a.cn/1"


# ---- Hidden text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attribute", ['style="DISPLAY : none"', "hidden", 'style="visibility:hidden"']
)
def test_hidden_text_is_flagged(attribute: str) -> None:
    page = parse_html(f"<p>甲</p><div {attribute}><p>乙</p></div><p>丙</p>")
    assert texts(page) == ["甲", "丙"]
    assert texts(page, hidden=True) == ["乙"]


def test_the_remainder_behind_an_unfolding_control_belongs() -> None:
    opening = f"<p>{TRADITIONAL}</p>"
    folded = f'<div style="display:none">{opening}{BODY}</div>'
    page = parse_html(f"<div>{opening}{folded}<a>展开全文</a></div>")
    assert sum(SENTENCE in text for text in texts(page)) == 3
    assert texts(page).count(TRADITIONAL) == 1
    assert page.warnings == ("hidden",)
    # Beside a text, what is hidden stays so.
    text = f"<p>{TRADITIONAL * 4}</p>"
    without = parse_html(f"<div>{text}{folded}</div>")
    assert texts(without) == [TRADITIONAL * 4]


def test_noscript_comes_out_only_where_the_page_lacks_it() -> None:
    lacking = parse_html(f"<p>正在加载</p><noscript>{BODY}</noscript>")
    assert sum(SENTENCE in text for text in texts(lacking)) == 3
    having = parse_html(f"<div>{BODY}</div><noscript>{BODY}</noscript>")
    assert sum(SENTENCE in text for text in texts(having)) == 3


@pytest.mark.parametrize(
    "script",
    [
        'window.DATA = {"id": 7, "content": "BODY"};',
        "<type=json>",
        "var html = 'BODY'; render(html);",
    ],
)
def test_a_body_in_a_script_comes_out_once(script: str) -> None:
    if script == "<type=json>":
        lines = ", ".join(f'{{"text": "{n}.{SENTENCE}{OTHER}"}}' for n in range(1, 4))
        code = f'<script type="application/json">{{"lines": [{lines}]}}</script>'
    else:
        code = "<script>" + script.replace("BODY", BODY.replace("</", "<\\/")) + "</script>"
    lacking = parse_html(f"<p>正在加载</p>{code}")
    assert sum(SENTENCE in text for text in texts(lacking)) == 3
    having = parse_html(f"<div>{BODY}</div>{code}")
    assert sum(SENTENCE in text for text in texts(having)) == 3


# ---- Pages that would hurt --------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 10_000 + SENTENCE.encode(),
        b"<div class=a>x" * 5_000,
        b"<table><tr><td>" * 3_000 + b"x",
        b"<ol><li>" * 15_000,
        b"<b>" * 10_000_000,
        b"<" * 200_000,
        b"&nbsp;" * 500_000,
        b"<script>var a=" + b'[{"a":' * 100_000 + b"</script>",
        ("<script>" + '"教育\\' * 200_000 + "</script>").encode(),
        b'<p class="' + b"a" * 10_000_000,
        b"<!--" + b"x" * 5_000_000,
    ],
    ids=[
        "deep",
        "classes",
        "tables",
        "lists",
        "tags",
        "angles",
        "spaces",
        "json",
        "quotes",
        "attribute",
        "comment",
    ],
)
def test_a_hostile_page_is_a_page_or_a_refusal(data: bytes) -> None:
    kept = 0
    with suppress(SourceError):
        kept = sum(map(len, texts(read_html(data, "a.html"))))
    # Nothing swells: what is kept is no longer than what was sent.
    assert kept <= len(data)


def test_text_ten_thousand_levels_deep_is_found() -> None:
    page = read_html(b"<div>" * 10_000 + SENTENCE.encode(), "a.html")
    assert texts(page) == [SENTENCE]


def test_a_text_of_too_many_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("一行文字。\n" * (MAX_LINES + 2), "utf-8")
    with pytest.raises(SourceError, match="too many lines"):
        read_page(path, "lines.txt")


# ---- Markdown and rows in plain text ----------------------------------------------------------

MARKDOWN = """# 清溪县2021年教育工作总结

**各乡镇**中心学校：见[《管理办法》](http://a.cn/1.html)，金额3\\*4万元。

### 一、主要成效
- 新建学校*12*所
> 校长负总责

| 学校 | 人数 | 备注 |
| --- | ---: | :---: |
| 第一中学 | 820 |  |
| 东\\|西小学 | **46** | 新建 |

***
## 二、存在问题 ##
1. 经费不足
"""


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_the_marks_of_markdown_are_headings_and_rows(tmp_path: Path, name: str) -> None:
    page = write(tmp_path, name, MARKDOWN.encode())
    assert [(block.tag, block.text) for block in page.blocks] == [
        ("h1", "清溪县2021年教育工作总结"),
        ("p", "各乡镇中心学校：见《管理办法》，金额3*4万元。"),
        ("h3", "一、主要成效"),
        ("p", "新建学校12所"),
        ("p", "校长负总责"),
        ("tr", "学校\t人数\t备注"),
        ("tr", "第一中学\t820\t"),
        ("tr", "东|西小学\t46\t新建"),
        ("h2", "二、存在问题"),
        ("p", "1. 经费不足"),
    ]
    assert page.blocks[1].cut == ("http://a.cn/1.html",)


@pytest.mark.parametrize(
    "text",
    ["——一是加强领导", "- 3 -", "*注：数据来自年报*", "|甲|乙|", "2*3*4=24", "①#楼"],
)
def test_plain_text_is_not_taken_for_markdown(tmp_path: Path, text: str) -> None:
    assert texts(write(tmp_path, "a.txt", f"{SENTENCE}\n{text}\n".encode())) == [SENTENCE, text]


def test_lines_of_as_many_tabs_are_rows(tmp_path: Path) -> None:
    data = f"\t{SENTENCE}\n学校\t人数\t备注\n第一中学\t820\t\n\t46\t新建\n主任\t李甲\n".encode()
    blocks = [(block.tag, block.text) for block in write(tmp_path, "a.txt", data).blocks]
    assert blocks == [
        ("p", SENTENCE),
        ("tr", "学校\t人数\t备注"),
        ("tr", "第一中学\t820\t"),
        ("tr", "\t46\t新建"),
        ("p", "主任 李甲"),
    ]


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx", "a.pdf", "a.ofd", "a.doc", "a.pptx"])
def test_a_file_of_no_bytes_is_said_to_be_empty(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="0 bytes") as refused:
        write(tmp_path, name, b"")
    assert "文件是空的" in refused.value.chinese
