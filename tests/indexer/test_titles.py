"""Titles: of compilations, on several lines, under a column's name, in stale properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model import Form
from indexer.page import Reading
from indexer.pipeline import read_source
from tests.fixtures.docx import docx, par

BODY = "全年扎实推进各项工作，群众满意度明显提高，干部作风持续好转。"


def title_of(folder: Path, lines: list[str], name: str = "x-31.txt") -> str:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    (reading,) = read_source(path, name)
    return reading.document.title


@pytest.mark.parametrize(
    ("titles", "whole"),
    [
        (["精选区教育局工作总结简短一", "精选区教育局工作总结简短二"], "区教育局工作总结"),
        (["镇民政办工作总结范文篇1", "镇民政办工作总结范文篇2"], "镇民政办工作总结"),
        (["街道安全工作汇报篇一", "街道安全工作汇报篇二"], "街道安全工作汇报"),
    ],
)
def test_the_compilers_words_and_figures_go(tmp_path: Path, titles: list[str], whole: str) -> None:
    assert title_of(tmp_path, [titles[0], BODY, BODY, titles[1], BODY, BODY]) == whole


def test_a_printed_title_stays(tmp_path: Path) -> None:
    lines = ["镇工作材料汇编", "镇工作总结篇一", BODY, BODY, "镇工作总结篇二", BODY, BODY]
    assert title_of(tmp_path, lines) == "镇工作材料汇编"
    page = "<title>精选镇工作总结两篇</title>" + "".join(f"<p>{line}</p>" for line in lines[1:])
    assert title_of(tmp_path, [page], "a.html") == "精选镇工作总结两篇"


def test_titles_that_only_number_leave_the_files_name(tmp_path: Path) -> None:
    assert title_of(tmp_path, ["【篇一】", BODY, BODY, "【篇二】", BODY, BODY]) == "x-31"


# On several lines

NOTICE = (
    "各乡镇中心学校要落实饮水安全责任，逐校排查水质水压问题，发现问题立即整改。",
    "县教育局将于下半年开展专项督查，对工作不力的学校予以通报。",
)
TITLES = [
    (["云溪县教育局关于加强农村学校", "饮水安全工作的通知"], ""),
    (["云溪县人民政府办公室", "关于印发云溪县2021年教育", "工作要点的通知"], ""),
    (["中共云溪县委", "云溪县人民政府", "关于办好乡村学校的意见"], " "),
    (["云溪县学校饮水管理办法", "（试行）"], ""),
    (["云溪县人民政府关于加强学校食堂、宿舍管理，保障学生", "饮水安全的实施意见"], ""),
    (["云溪海关", "2023年度拟录用公务员公示公告"], ""),
]


def whole(lines: list[str], gap: str) -> str:
    return lines[0] + gap + "".join(lines[1:])


def read(folder: Path, name: str, data: str | bytes) -> Reading:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (reading,) = read_source(path, name)
    return reading


def assert_titled(reading: Reading, title: str, lines: list[str]) -> None:
    """The document is called `title`, and its `lines` are no paragraphs of it, nor lost."""
    assert reading.document.title == title
    kept = [paragraph.text for paragraph in reading.paragraphs]
    assert [line for line in lines if line in kept] == []
    assert set(NOTICE) <= set(kept)
    blocks = "".join(block.text for block in reading.document.blocks)
    assert all(line in blocks for line in lines)


def page(title: str, opening: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in NOTICE)
    return f"<meta charset=utf-8><title>{title}</title><div>{opening}</div><div>{body}</div>"


@pytest.mark.parametrize(("lines", "gap"), TITLES)
def test_a_title_on_several_lines_is_one(tmp_path: Path, lines: list[str], gap: str) -> None:
    title = whole(lines, gap)
    text = "\n".join([*lines, "各乡镇中心学校：", *NOTICE])
    assert_titled(read(tmp_path, "a.txt", text), title.replace(" ", gap), lines)
    set_so = [par(line, properties='<w:jc w:val="center"/>') for line in lines]
    body = "".join([*set_so, par("各乡镇中心学校："), *map(par, NOTICE)])
    assert_titled(read(tmp_path, "a.docx", docx(body, "XXX单位20XX年度材料")), title, lines)
    broken = f"<h1>{'<br>'.join(lines)}</h1>"
    for stated in ("通知公告", f"{title}_云溪县人民政府", "云溪县政府网"):
        assert_titled(read(tmp_path, "a.html", page(stated, broken)), title, lines)
    pieces = "".join(f"<p align=center>{line}</p>" for line in lines)
    for stated in ("公示公告", f"{title}-云溪县教育局"):
        assert_titled(read(tmp_path, "b.html", page(stated, pieces)), title, lines)


@pytest.mark.parametrize(
    "column", ["新闻动态", "通知公告", "公示公告", "工作动态", "政策文件", "公告"]
)
def test_a_columns_name_gives_way_to_the_texts_title(tmp_path: Path, column: str) -> None:
    title = "云溪县举办中小学生运动会"
    for opening in (f"<p>{title}</p>", f"<h1>{column}</h1><h2>{title}</h2>"):
        assert read(tmp_path, "a.html", page(column, opening)).document.title == title
    assert read(tmp_path, "a.html", page(column, "")).document.title == column


@pytest.mark.parametrize("stated", ["云溪县教育局", "云溪县教育局关于加强学校...-云溪县政府网"])
def test_an_offices_name_and_a_cut_title_give_way_to_the_headline(
    tmp_path: Path, stated: str
) -> None:
    opening = "<h1>云溪县教育局</h1><h2>关于加强学校饮水安全工作的通知</h2>"
    document = read(tmp_path, "a.html", page(stated, opening)).document
    assert document.title == "云溪县教育局关于加强学校饮水安全工作的通知"


@pytest.mark.parametrize("head", ["云溪县教育局文件", "云教发〔2021〕8号", "附件1"])
def test_what_a_document_prints_above_its_title_is_kept(tmp_path: Path, head: str) -> None:
    lines = [head, "关于做好学校饮水安全工作的通知", "各学校：", *NOTICE]
    reading = read(tmp_path, "a.txt", "\n".join(lines))
    assert reading.document.title == lines[1]
    assert [paragraph.text for paragraph in reading.paragraphs] == [head, *lines[2:]]


def test_the_office_above_a_title_that_names_it_is_kept(tmp_path: Path) -> None:
    title = "云溪县教育局关于做好招生工作的通知"
    lines = ["云溪县教育局", title, "各学校：", *NOTICE, "云溪县教育局"]
    set_so = [par(line, properties='<w:jc w:val="center"/>') for line in lines[:2]]
    reading = read(tmp_path, "a.docx", docx("".join([*set_so, *map(par, lines[2:])])))
    assert reading.document.title == title
    texts = [paragraph.text for paragraph in reading.paragraphs]
    assert texts == [lines[0], *lines[2:]]


@pytest.mark.parametrize(
    "stale",
    [
        "XXX（单位）20XX年度拟录用公务员",
        "云教办发〔2011〕号",
        "2009年财政决算说明",
        "（20××年）工作总结",
    ],
)
def test_a_stale_property_is_no_title(tmp_path: Path, stale: str) -> None:
    body = "".join(map(par, ("学校饮水安全检查情况", *NOTICE, "县教育局于2021年起试行。")))
    assert read(tmp_path, "a.docx", docx(body, stale)).document.title == "学校饮水安全检查情况"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("考试成绩.html", "<table><tr><td>职位代码</td><td>姓名</td><td>成绩</td></tr>{}</table>"),
        ("名单.md", "| 职位代码 | 姓名 | 成绩 |\n|---|---|---|\n{}"),
        ("分配表.txt", "职位代码\t姓名\t成绩\n{}"),
    ],
)
def test_the_head_of_a_table_is_no_title(tmp_path: Path, name: str, page: str) -> None:
    row = {
        ".html": "<tr><td>2200{n}</td><td>甲某</td><td>9{n}</td></tr>",
        ".md": "| 2200{n} | 甲某 | 9{n} |\n",
        ".txt": "2200{n}\t甲某\t9{n}\n",
    }[Path(name).suffix]
    rows = "".join(row.format(n=n) for n in range(5))
    (tmp_path / name).write_text(page.format(rows), "utf-8")
    (reading,) = read_source(tmp_path / name, name)
    assert reading.document.title == Path(name).stem
    assert [p.form for p in reading.paragraphs] == [Form.ROW] * 6


TABS = [
    "<ul><li>文件全文</li><li>图文解读</li></ul>",
    "<div>附件下载</div><div>正文</div><div>相关解读</div>",
    # A label of no known kind yields to what headline and page agree on.
    "<ul><li>办事流程说明</li></ul>",
]


@pytest.mark.parametrize("tabs", TABS)
@pytest.mark.parametrize("box", ["{}", "<div id='zoom'>{}</div>"])
def test_labels_of_tabs_are_no_title(tmp_path: Path, tabs: str, box: str) -> None:
    title = "云溪县教育局关于加强学校饮水安全工作的通知"
    body = "<p>云教〔2022〕15号</p>" + "".join(f"<p>{line}</p>" for line in NOTICE)
    body += "<p>云溪县教育局</p><p>2022年5月6日</p>"
    page = f"<title>{title}_云溪县人民政府</title><h1>{title}</h1>{tabs}{box.format(body)}"
    document = read(tmp_path, "tabs.html", page).document
    assert document.title == title
    assert (document.record.number, document.record.issued) == ("云教〔2022〕15号", "2022-05-06")


CHAPTERS = ["第一章 总则", "第二章 罚则", "第三章 附则"]
RULES = ["第一条 停车场应当公示收费标准，按照规定设置标志标线。", "第二条 本规定自公布之日起施行。"]


@pytest.mark.parametrize(
    "head",
    [
        ["云溪市停车管理条例", "（2016年8月4日云溪市人民代表大会常务委员会通过）", "目　录"],
        ["云溪市人民代表大会", "常务委员会议事规则", "目次"],
        ["云溪市停车管理办法（试行）"],
    ],
)
@pytest.mark.parametrize("chapters", [CHAPTERS, ["第一节 一般规定", "第二节 附则"]])
def test_no_chapter_is_the_title(tmp_path: Path, head: list[str], chapters: list[str]) -> None:
    lines = [*head, *chapters, chapters[0], RULES[0], chapters[-1], RULES[1]]
    (reading,) = read_source(_written(tmp_path, "rule.txt", lines), "rule.txt")
    whole = head[0] + (head[1] if len(head) > 1 and head[1][0] != "（" else "")
    assert reading.document.title in (whole, " ".join(head[:2]))
    assert set(RULES) <= {p.text for p in reading.paragraphs}
    assert chapters[0] in [p.text for p in reading.paragraphs if p.form is Form.HEADING]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (["云溪市公安局", "行政处罚决定书", "云公行罚决字〔2023〕12号"], 2),
        (["云溪市水利局", "责令限期拆除告知书"], 2),
        (["云溪市人民检察院", "检察建议书", "云检建〔2023〕7号"], 2),
    ],
)
def test_the_office_above_a_kind_is_no_title(tmp_path: Path, head: list[str], title: int) -> None:
    assert title_of(tmp_path, [*head, "当事人：某公司，住所地东街8号。", BODY]) == "".join(
        head[:title]
    )


BOX = (
    "<table><tr><td>{}</td><td>关于加强饮水安全工作的通知</td></tr>"
    "<tr><td>发布机构：</td><td>云溪县教育局</td></tr></table>"
)


@pytest.mark.parametrize("said", ["", "<title>云溪县人民政府网站 通知公告</title>"])
@pytest.mark.parametrize("label", ["名　称", "标题："])
@pytest.mark.parametrize("office", ["", "<h2>云溪县教育局<br>关于加强饮水安全工作的通知</h2>"])
def test_the_box_gives_the_title(tmp_path: Path, said: str, label: str, office: str) -> None:
    page = said + BOX.format(label) + office + "".join(f"<p>{line}</p>" for line in NOTICE)
    whole = "云溪县教育局" * bool(office) + "关于加强饮水安全工作的通知"
    assert title_of(tmp_path, [page], "h00.html") == whole


def _written(folder: Path, name: str, lines: list[str]) -> Path:
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return folder / name
