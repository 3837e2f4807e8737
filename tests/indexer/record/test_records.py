"""Records of invented documents: their elements in many layouts, and what is not theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.model import Basis, Document
from indexer.pipeline import read_source
from tests.measure.quality.record_docx import build

BODY = (
    "为做好今年的有关工作，经研究，现就有关事项通知如下。",
    "一、加强组织领导。各单位要高度重视，落实责任，确保各项工作落到实处。",
    "二、强化监督检查。对工作不力的单位予以通报批评，并限期整改到位。",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, text: str, name: str = "a.txt") -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (reading,) = read_source(path, name)
    return reading.document


def lines(*texts: str) -> str:
    return "\n".join(texts)


def elements(document: Document, wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        name: document.title if name == "title" else getattr(document.record, name)
        for name in wanted
    }


DOCUMENTS = {
    "marks, masthead, two offices": (
        lines(
            *("000123", "机密★1年", "特急", "中共清溪县委办公室文件", "清办发〔2021〕9号"),
            *("中共清溪县委办公室 清溪县人民政府办公室", "关于做好普查工作的通知", "各乡镇党委："),
            *BODY,
            *("中共清溪县委办公室", "清溪县人民政府办公室", "2021年7月5日"),
        ),
        {
            "number": "清办发〔2021〕9号",
            "issuer": ("中共清溪县委办公室", "清溪县人民政府办公室"),
            "secrecy": "机密★1年",
            "urgency": "特急",
            "issued": "2021-07-05",
            "title": "中共清溪县委办公室 清溪县人民政府办公室关于做好普查工作的通知",
        },
    ),
    "joint, the word 文件 beside the second": (
        lines(
            *("清溪市教育局", "清溪市公安局　　文件", "清溪市卫生健康委员会"),
            *("清教联〔2021〕3号", "关于开展校园检查的通知", "各县（市、区）教育局："),
            *BODY,
            *("清溪市教育局　　清溪市公安局", "清溪市卫生健康委员会", "２０２１年９月１０日"),
            *("抄送：市委办公室。", "清溪市教育局办公室　　2021年9月11日印发"),
        ),
        {
            "number": "清教联〔2021〕3号",
            "issuer": ("清溪市教育局", "清溪市公安局", "清溪市卫生健康委员会"),
            "issued": "2021-09-10",
            "printed": "2021-09-11",
            "addressee": "各县（市、区）教育局",
        },
    ),
    "two signers beside the number": (
        lines(
            *("中共清溪县委宣传部文件", "清宣请〔2021〕12号　　签发人：王小明　李 四"),
            *("关于增加文化事业经费的请示", "县委："),
            *BODY,
            *("妥否，请批示。", "中共清溪县委宣传部", "2021年7月1日"),
        ),
        {"number": "清宣请〔2021〕12号", "signer": "王小明 李四", "addressee": "县委"},
    ),
    "no signer yet": (
        lines(
            *("清溪县水利局文件", "清水请〔2021〕4号　　签发人：", "关于修渠的请示", "县政府："),
            *(*BODY, "清溪县水利局", "2021年4月9日"),
        ),
        {"number": "清水请〔2021〕4号", "signer": None, "addressee": "县政府"},
    ),
    "spread letters and a figure put for another": (
        lines(
            *("清 溪 县 水 利 局 文 件", "清 水 发 〔 2021 〕 4 号", "关于修渠的通知", "各乡镇："),
            *(*BODY, "清 溪 县 水 利 局", "二Ｏ二一年四月九日"),
        ),
        {"number": "清水发 〔 2021 〕 4 号", "issuer": ("清溪县水利局",), "issued": "2021-04-09"},
    ),
    "letter, the day above the office": (
        lines(
            *("清溪市交通运输局", "清交函〔2020〕16号", "关于征求意见的函", "市财政局："),
            *BODY,
            *("专此函达。", "二○二○年十一月三日", "清溪市交通运输局"),
        ),
        {
            "number": "清交函〔2020〕16号",
            "issuer": ("清溪市交通运输局",),
            "issued": "2020-11-03",
        },
    ),
    "announcement with its number below the word": (
        lines(
            *("清溪市市场监督管理局", "公告", "2023年第6号", "关于食品抽检情况的公告"),
            *("根据有关法律，现将抽检情况公告如下。", "特此公告。"),
            *("清溪市市场监督管理局", "2023年6月12日"),
        ),
        {
            "number": "清溪市市场监督管理局公告2023年第6号",
            "title": "关于食品抽检情况的公告",
            "issued": "2023-06-12",
        },
    ),
    "announcement in one line": (
        lines(
            *("清溪市林业局公告（2023年第7号）", "关于禁火的公告"),
            *("根据有关法律，现将禁火要求公告如下。", "清溪市林业局", "2023.6.12"),
        ),
        {"number": "清溪市林业局公告（2023年第7号）", "issued": "2023-06-12"},
    ),
    "order, in force from a day on": (
        lines(
            *("清溪省人民政府令", "第 273 号"),
            "《清溪省节水办法》已经省人民政府第80次会议通过，现予公布，自2021年2月1日起施行。",
            *("省长　李某某", "2020年12月20日"),
        ),
        {
            "number": "清溪省人民政府令第 273 号",
            "issuer": ("清溪省人民政府",),
            "effective": "2021-02-01",
        },
    ),
    "adopted by a meeting": (
        lines(
            *("清溪县人民代表大会常务委员会", "关于加强水源保护的决议"),
            "（2021年8月26日清溪县第十七届人民代表大会常务委员会第三十次会议通过）",
            "会议审查了县人民政府提出的报告，决定予以批准，本决议自2021年9月1日起施行。",
        ),
        {
            "number": None,
            "issuer": ("清溪县人民代表大会常务委员会",),
            "issued": "2021-08-26",
            "effective": "2021-09-01",
        },
    ),
    "minutes": (
        lines(
            *("清溪县人民政府专题会议纪要", "（第12期）", "清溪县人民政府办公室　2022年5月6日"),
            *("5月5日，副县长王某主持召开会议，研究防汛工作。现纪要如下：", *BODY),
            "出席：王某、李某",
        ),
        {
            "number": "第12期",
            "issuer": ("清溪县人民政府办公室",),
            "issued": "2022-05-06",
            "addressee": None,
        },
    ),
    "telegram": (
        lines(
            "发电单位　清溪市人民政府办公室　　签批盖章　李某",
            *("等级　加急·明电　清政办明电〔2021〕5号　清机发108号", "关于防范暴雨的紧急通知"),
            *("各县区人民政府：", *BODY, "清溪市人民政府办公室", "2021年7月5日"),
        ),
        {"number": "清政办明电〔2021〕5号", "urgency": "加急", "issued": "2021-07-05"},
    ),
    "school, without a number": (
        lines(
            *("清溪县第一小学2022—2023学年度第一学期", "教学工作计划", *BODY),
            *("清溪县第一小学（盖章）", "2022年9月1日"),
        ),
        {"number": None, "issuer": ("清溪县第一小学",), "issued": "2022-09-01"},
    ),
    "five departments, the day with its hour": (
        lines(
            *(
                "清溪省财政厅",
                "清溪省水利厅　文件",
                "国家税务总局清溪省税务局",
                "清财规〔2023〕2号",
            ),
            *("清溪省财政厅等3部门", "关于印发《补助办法》的通知", "各市人民政府：", *BODY),
            *("清溪省财政厅　清溪省水利厅", "国家税务总局清溪省税务局", "2023年3月1日8时"),
        ),
        {
            "title": "清溪省财政厅等3部门关于印发《补助办法》的通知",
            "issuer": ("清溪省财政厅", "清溪省水利厅", "国家税务总局清溪省税务局"),
            "issued": "2023-03-01",
        },
    ),
    "each office with a day of its own": (
        lines(
            *("关于开展检查的通知", "清教联〔2021〕3号", "各县教育局：", *BODY),
            *("清溪市教育局（盖章）", "2021年5月6日", "清溪市财政局（盖章）", "2021年5月7日"),
        ),
        {"issuer": ("清溪市教育局", "清溪市财政局"), "issued": "2021-05-06"},
    ),
    "regulation, adopted and amended": (
        lines(
            "清溪市物业条例",
            "（2015年4月29日清溪市第五届人民代表大会常务委员会第十次会议通过　根据2019年12月31日"
            "清溪市第六届人民代表大会常务委员会第三次会议《关于修改条例的决定》修正）",
            *("第一条　为了规范物业管理，制定本条例。", "第二条　本条例自2015年7月1日起施行。"),
        ),
        {
            "issuer": ("清溪市人民代表大会常务委员会",),
            "issued": "2015-04-29",
            "effective": "2015-07-01",
        },
    ),
    "a form for drafting": (
        lines(
            *("紧急程度：特急　密级：", "发文字号：清政办发〔2021〕17号", "标题：关于防汛的通知"),
            *("主送：各乡镇人民政府", "关于防汛的通知", "各乡镇人民政府：", *BODY),
            *("清溪县人民政府办公室", "2021年6月1日"),
        ),
        {"title": "关于防汛的通知", "number": "清政办发〔2021〕17号", "urgency": "特急"},
    ),
    "annexes and a term": (
        lines(
            *(
                "清财社 ［ 2022 ］ 33 号",
                "清溪市财政局关于下达补助资金的",
                "通知",
                "各县（区）财政局：",
            ),
            *BODY,
            "三、本通知自印发之日起执行，有效期两年。",
            *("附件：1.2022年分配表", "2．绩效目标表.xlsx", "清溪市财政局", "2022年4月8日"),
        ),
        {
            "number": "清财社 ［ 2022 ］ 33 号",
            "annexes": ("2022年分配表", "绩效目标表"),
            "effective": "2022-04-08",
            "expires": "2024-04-07",
        },
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_the_elements_that_it_prints(folder: Path, name: str) -> None:
    text, wanted = DOCUMENTS[name]
    assert elements(read(folder, text), wanted) == wanted


BOXES = {
    "table of four columns": (
        "<table><tr><th>发文机关</th><td>清溪县人民政府</td><th>发文字号</th>"
        "<td>清政公〔2021〕2号</td></tr><tr><th>成文日期</th><td>2021-05-06</td>"
        "<th>有 效 性</th><td>废止</td></tr></table>"
    ),
    "spans": (
        "<div><span>文号：清政公〔2021〕2号</span><span>发布机构：清溪县人民政府</span>"
        "<span>生成日期：2021年5月6日</span><span>时效性：已废止</span></div>"
    ),
    "list below the text": None,
    "labels without colons": (
        "<ul><li><b>文号</b><span>清政公〔2021〕2号</span></li><li><b>发文机关</b>"
        "<span>清溪县人民政府</span></li><li><b>成文日期</b><span>2021-05-06</span></li>"
        "<li>有效性：废止</li></ul>"
    ),
    "one line with others": (
        "<div>成文日期：2021-5-6　发文单位：清溪县人民政府　文号：清政公〔2021〕2号　字体：大 中 小"
        "</div><div>效力状态：废止</div>"
    ),
    "one line": (
        "<p>【发文字号】：清政公〔2021〕2号 【发文机关】：清溪县人民政府 【成文日期】：2021-5-6 "
        "【效力状态】：废止</p>"
    ),
}
PAGE = (
    "<html><head><title>关于公布权力清单的公告</title></head><body>{}<div>{}</div>{}</body></html>"
)
TEXT = (
    "<p>根据有关规定，现将权力清单予以公布，请社会各界予以监督，各部门认真执行。</p>"
    "<p>各部门要对照清单履行职责，不得擅自增减事项，确保公开、公正。</p>"
)
BELOW = (
    "<dl><dt>发文字号：</dt><dd>清政公〔2021〕2号</dd><dt>发文机构</dt><dd>清溪县人民政府</dd>"
    "<dt>成文时间</dt><dd>2021/05/06</dd><dt>有效性</dt><dd>废止</dd></dl>"
)


@pytest.mark.parametrize("name", BOXES)
def test_a_box_beside_the_text_is_read(folder: Path, name: str) -> None:
    above = BOXES[name]
    page = PAGE.format(above or "", TEXT, "" if above else BELOW)
    record = read(folder, page, "a.html").record
    assert (record.number, record.issuer) == ("清政公〔2021〕2号", ("清溪县人民政府",))
    assert (record.issued, record.status) == ("2021-05-06", "repealed")


def test_the_text_counts_where_box_and_text_disagree(folder: Path) -> None:
    box = (
        "<table><tr><td>文号</td><td>清教〔2023〕4号</td></tr>"
        "<tr><td>成文日期</td><td>2023-04-11</td></tr></table>"
    )
    texts = ("清教〔2023〕44号", "各中小学：", *BODY, "清溪县教育局", "2023年4月6日")
    text = "".join(f"<p>{one}</p>" for one in texts)
    document = read(folder, PAGE.format(box, text, ""), "a.html")
    assert (document.record.number, document.record.issued) == ("清教〔2023〕44号", "2023-04-06")
    said = [(e.element, e.value) for e in document.evidence]
    assert said.count(("number", "清教〔2023〕4号")) == said.count(("issued", "2023-04-11")) == 1
    assert ("number", "清教〔2023〕44号") in said


def test_what_search_engines_are_told_counts_last(folder: Path) -> None:
    data = (
        '<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"清溪"},'
        '{"@type":"Legislation","legislationIdentifier":"清政规〔2022〕1号",'
        '"legislationDate":"2022-02-03","legislationPassedBy":{"name":"清溪县人民政府"},'
        '"datePublished":"2022-02-10"}]}</script><script type="application/ld+json">{</script>'
    )
    record = read(folder, PAGE.format(data, TEXT, ""), "a.html").record
    assert (record.number, record.issuer) == ("清政规〔2022〕1号", ("清溪县人民政府",))
    assert (record.issued, record.published) == ("2022-02-03", "2022-02-10")


@pytest.mark.parametrize(
    "links",
    [
        '<p><a href="1">附件：1.申报表.doc</a></p><p><a href="2">2.汇总表.xlsx</a></p>',
        '<p>附件：</p><p><a href="1">申报表.docx</a></p><p><a href="2">汇总表.xls</a></p>',
    ],
)
def test_links_to_annexes_are_annexes(folder: Path, links: str) -> None:
    record = read(folder, PAGE.format("", TEXT + links, ""), "a.html").record
    assert record.annexes == ("申报表", "汇总表")


def test_a_title_may_end_with_the_number(folder: Path) -> None:
    titles = (
        "关于防火的通知（清林发〔2021〕3号）",
        "《关于防火的通知（清林发〔2021〕3号）》体会",
    )
    pages = [f"<title>{title}</title><body>{TEXT}</body>" for title in titles]
    numbers = [read(folder, page, "a.html").record.number for page in pages]
    assert numbers == ["清林发〔2021〕3号", None]


CITING = {
    "a list of documents": (
        "<table><tr><td>文号</td><td>标题</td><td>成文日期</td></tr><tr><td>清政发〔2021〕8号</td>"
        "<td>关于城管的通知</td><td>2021-05-06</td></tr><tr><td>清政发〔2021〕9号</td>"
        "<td>关于教育的通知</td><td>2021-05-07</td></tr></table>"
    ),
    "a list of two columns": (
        "<table><tr><td>清政发〔2021〕8号</td><td>关于城管的通知</td></tr>"
        "<tr><td>清政发〔2021〕9号</td><td>关于教育的通知</td></tr></table>"
    ),
    "a quotation": (
        "<p>翻出一份旧文件，开头写着：</p><p>清革发（74）12号</p><p>关于冬修水利的通知</p>"
        "<p>各公社革委会：</p><p>冬修水利是一件大事，务必抓好。</p><p>落款是一九七四年十一月五日。</p>"
    ),
    "an example": (
        "<p>发文字号由代字、年份和序号组成，例如下面这个文号，就写得很规范。</p>"
        "<p>清政发〔2023〕1号</p><p>成文日期这样写。</p><p>2023年1月3日</p><p>不编虚位。</p>"
    ),
    "the data of another document": (
        "<p>近日，县政府印发了新的办法，社会各界十分关注，现就有关问题作出说明。</p>"
        "<div>相关文件：城管办法 发文字号：清政发〔2021〕8号 成文日期：2021年5月6日</div>"
    ),
}


TEXTS = {
    "notes on a document": (
        "重读《防火意见》有感",
        "清委发〔2022〕3号",
        "这份文件我读了三遍。",
    ),
    "a copied document": (
        *(
            "关于冬修水利的通知",
            "清革发〔1972〕8号",
            "各公社：",
            "“冬修水利是一件大事，务必抓好。”",
        ),
        "以上抄自县档案馆，落款是一九七二年十一月五日。",
    ),
    "a list in lines": (
        *("关于城管的文件", "清政发〔2021〕8号", "关于防火的通知", "清政发〔2021〕9号"),
        "以上文件继续有效，请各单位遵照执行，不得擅自变更。",
    ),
    "a guide": (
        *("公共场所许可办事指南", "文号：清价费〔2017〕8号", "受理机构：清溪县卫生健康局"),
        "办理时限为二十个工作日，申请人可以到窗口咨询有关事项。",
    ),
    "a story": (
        "县图书馆的来历",
        "经县编委清编〔1984〕6号文件批准，成立县图书馆，这是全县第一座图书馆。",
        "2019年3月14日",
        "县图书馆迁入新址，面积扩大了一倍，藏书达到十万册。",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_about_documents_has_none_of_their_elements(folder: Path, name: str) -> None:
    document = read(folder, lines(*TEXTS[name]))
    assert (document.record.number, document.record.issued) == (None, None)
    assert document.evidence == ()


def test_a_notice_about_interpretations_is_a_notice(folder: Path) -> None:
    text = ("清政办发〔2021〕8号", "关于做好政策解读工作的通知", "各乡镇：", *BODY)
    assert read(folder, lines(*text)).record.number == "清政办发〔2021〕8号"


def word(folder: Path, body: list[Any], header: Sequence[Any] = ()) -> Document:
    described = {"core": {}, "header": list(header), "footer": [], "body": body}
    path = folder / "a.json"
    path.write_text(json.dumps(described), encoding="utf-8")
    made = folder / "a.docx"
    made.write_bytes(build(path))
    (reading,) = read_source(made, "a.docx")
    return reading.document


def printed(*texts: str) -> list[Any]:
    return [["p", text] for text in texts]


END = printed(*BODY, "妥否，请批示。", "清溪市教育局", "2021年5月6日")
HEADS = {
    "a table": [
        ["table", [["清溪市教育局文件", ""], ["清教请〔2021〕5号", "签发人：王小明"]]],
        *printed("关于增加编制的请示", "市人民政府："),
    ],
    "a text box": [
        ["box", printed("清溪市教育局文件", "清教请〔2021〕5号 签发人：王小明"), "both"],
        *([["line"], *printed("关于增加编制的", "请示", "市人民政府：")]),
    ],
    "an index": [
        ["table", [["发文机关：清溪市教育局"], ["文号：清教请〔2021〕5号"], ["签发人：王小明"]]],
        *printed("关于增加编制的请示", "市人民政府："),
    ],
}


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_a_word_file_may_stand_apart(folder: Path, name: str) -> None:
    document = word(folder, [*HEADS[name], *END])
    record = document.record
    assert (document.title, record.number) == ("关于增加编制的请示", "清教请〔2021〕5号")
    assert (record.signer, record.addressee) == ("王小明", "市人民政府")
    assert (record.issuer, record.issued) == (("清溪市教育局",), "2021-05-06")


def test_a_number_in_the_header_of_the_pages_is_read(folder: Path) -> None:
    body = [*printed("关于增加编制的请示", "市人民政府："), *END]
    header = printed("清溪市教育局文件", "清教请〔2021〕5号")
    assert word(folder, body, header).record.number == "清教请〔2021〕5号"


@pytest.mark.parametrize("name", CITING)
def test_a_cited_number_or_day_is_not_the_texts_own(folder: Path, name: str) -> None:
    page = f"<html><head><title>资料</title></head><body>{CITING[name]}</body></html>"
    record = read(folder, page, "a.html").record
    assert (record.number, record.issued) == (None, None)


def test_an_interpretation_has_no_number_of_its_own(folder: Path) -> None:
    box = "<div>文号：清政发〔2021〕8号</div><div>成文日期：2021-05-06</div>"
    page = PAGE.replace("关于公布权力清单的公告", "《清溪县城管办法》解读")
    record = read(folder, page.format(box, TEXT, ""), "a.html").record
    assert (record.number, record.issued, record.issuer) == (None, None, ())


NOTICE = (
    *("清政办发〔2021〕11号", "清溪县人民政府办公室关于转发《建设意见》的通知", "各乡镇人民政府："),
    "县发展改革局《建设意见》已经县政府同意，现转发给你们，请认真贯彻执行。",
    *("清溪县人民政府办公室", "2021年3月8日"),
)


def test_an_annex_takes_what_it_lacks_of_its_notice(folder: Path) -> None:
    annex = ("建设意见", "为推进项目建设，提出意见。", "本意见自印发之日起施行，有效期1年。")
    document = read(folder, lines(*NOTICE, *annex))
    record = document.articles[1].record
    assert (record.number, record.issuer) == ("清政办发〔2021〕11号", ("清溪县人民政府办公室",))
    assert (record.issued, record.addressee, record.kind) == ("2021-03-08", None, "意见")
    assert (record.effective, record.expires) == ("2021-03-08", "2022-03-07")
    taken = {e.element: e for e in document.evidence if e.article == 1}
    assert taken["number"].basis is Basis.INFERRED
    assert taken["issued"].words == "2021年3月8日"
    assert taken["effective"].basis is Basis.STATED


@pytest.mark.parametrize(
    "signed", [("县发展改革局", "（2021年2月20日）"), ("县发展改革局　2021年2月20日",)]
)
def test_a_forwarded_text_keeps_its_own_issuer_and_day(
    folder: Path, signed: tuple[str, ...]
) -> None:
    annex = ("建设意见", *signed, "为推进项目建设，提出意见。", "一、要坚持规划先行，稳步推进。")
    record = read(folder, lines(*NOTICE, *annex)).articles[1].record
    assert (record.issuer, record.issued) == (("县发展改革局",), "2021-02-20")
    assert record.number == "清政办发〔2021〕11号"


def test_a_forwarded_text_without_a_day_takes_that_of_its_notice(folder: Path) -> None:
    annex = ("建设意见", "县发展改革局", "为推进项目建设，提出意见。", "一、要坚持规划先行。")
    record = read(folder, lines(*NOTICE, *annex)).articles[1].record
    assert (record.issuer, record.issued) == (("县发展改革局",), "2021-03-08")


def test_documents_of_one_page_take_nothing_of_one_another(folder: Path) -> None:
    second = ("清溪县林业局关于防火的函", "清林函〔2021〕7号", "各镇政府：", *BODY)
    document = read(folder, lines(*NOTICE, *second))
    first, other = (article.record for article in document.articles)
    assert (first.number, other.number) == ("清政办发〔2021〕11号", "清林函〔2021〕7号")
    assert (other.issuer, other.issued) == (("清溪县林业局",), None)


def test_every_value_has_the_words_that_it_stands_on(folder: Path) -> None:
    text, _ = DOCUMENTS["joint, the word 文件 beside the second"]
    document = read(folder, text)
    printed = "".join(text.split())
    for one in document.evidence:
        assert "".join(one.words.split()) in printed
    found = {one.element for one in document.evidence}
    stated = {"number", "issuer", "issued", "printed", "addressee"}
    assert found == stated | {"level", "region"}


@pytest.mark.parametrize(
    "above",
    [("密级：无", "打印份数：30"), ("清溪县档案网 2022-05-08",), ("存档号：7-3", "来源：县里")],
)
def test_a_number_by_the_title_is_own_whatever_stands_above(
    folder: Path, above: tuple[str, ...]
) -> None:
    head = ("清溪县水利局文件", "清水〔2022〕15号", "关于防汛的通知", "各乡镇：")
    record = read(folder, lines(*above, *head, *BODY, "清溪县水利局", "2022年5月6日")).record
    assert (record.number, record.addressee) == ("清水〔2022〕15号", "各乡镇")
    assert record.issuer == ("清溪县水利局",)


@pytest.mark.parametrize(
    "signed",
    [
        ("二0二一年元月九日",),
        ("2 0 2 1 年 1 月 9 日",),
        ("2O21年1月9日（星期六）",),
        ("时间：2021年1月9日下午",),
        ("公元2021年1月9日",),
        ("2021年1月9日（印）",),
        ("二〇二一年", "一月九日"),
        ("2021年1月", "9日"),
        ("局长：李明", "2021.1.9"),
        ("贰零贰壹年壹月玖日",),
    ],
)
def test_the_day_of_a_signature_has_many_forms(folder: Path, signed: tuple[str, ...]) -> None:
    head = ("清水〔2021〕1号", "关于防汛的通知", "各乡镇：")
    record = read(folder, lines(*head, *BODY, "清溪县水利局", *signed)).record
    assert (record.issuer, record.issued) == (("清溪县水利局",), "2021-01-09")
    assert record.printed is None


@pytest.mark.parametrize("day", ["21年1月9日", "二〇二一年×月×日"])
def test_an_office_signs_beside_a_day_that_is_none(folder: Path, day: str) -> None:
    head = ("清水〔2021〕1号", "关于防汛的通知", "各乡镇：")
    record = read(folder, lines(*head, *BODY, "清溪县水利局", day)).record
    assert (record.issuer, record.issued) == (("清溪县水利局",), None)


@pytest.mark.parametrize("own", [(), ("清溪县防汛办法", "第一条　为了防汛，制定本办法。")])
def test_the_day_of_printing_behind_annexes_is_the_notices(
    folder: Path, own: tuple[str, ...]
) -> None:
    annex = ("建设意见", "为推进项目建设，提出意见。", "本意见自2021年5月1日起施行。")
    more = ("附件2", *own) if own else ()
    end = ("抄送：县委办公室。", "清溪县人民政府办公室　　2021年3月9日印发")
    first, *sent = read(folder, lines(*NOTICE, "附件1", *annex, *more, *end)).articles
    assert first.record.printed == "2021-03-09"
    assert {one.record.printed for one in sent} == {None}
    assert (first.record.effective, sent[0].record.effective) == (None, "2021-05-01")


def test_a_forwarded_text_keeps_its_own_day_of_printing(folder: Path) -> None:
    annex = ("建设意见", "县发展改革局", "2021年2月20日", "为推进项目建设，提出意见。")
    end = ("一、要坚持规划先行，稳步推进。", "县发展改革局办公室　　2021年2月21日印发")
    first, sent = read(folder, lines(*NOTICE, *annex, *end)).articles
    assert (first.record.printed, sent.record.printed) == (None, "2021-02-21")


@pytest.mark.parametrize(
    ("whole", "short"),
    [("清溪县教育局", "县教育局"), ("清溪县人民政府办公室", "清溪县政府办公室")],
)
def test_a_shorter_name_of_an_office_is_no_other_value(
    folder: Path, whole: str, short: str
) -> None:
    head = (f"{whole}文件", "清办〔2021〕1号", "关于检查的通知", "各乡镇：")
    document = read(folder, lines(*head, *BODY, short, "2021年1月9日"))
    assert document.record.issuer == (whole,)
    assert [e.value for e in document.evidence if e.element == "issuer"] == [whole]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("文号：清水〔2021〕7号", "清水〔2021〕7号"),
        ("发文编号：清政办发〔2021〕19号", "清政办发〔2021〕19号"),
        ("清水〔2021〕7号　　2021年1月9日", "清水〔2021〕7号"),
        ("总第21期　清水〔2021〕7号", "清水〔2021〕7号"),
        ("QXDR-2021-0007　清水〔2021〕7号", "清水〔2021〕7号"),
        ("清 水 发 〔 2 0 2 1 〕 1 7 号", "清水发〔2021〕17号"),
        ("清 政 办 发〔2 0 2 1〕7 号", "清政办发〔2021〕7号"),
        ("清公（东）行罚决字〔2021〕00107号", "清公（东）行罚决字〔2021〕00107号"),
        ("清环（执法）责改字〔2021〕7号", "清环（执法）责改字〔2021〕7号"),
        ("（2021）青0821行初7号", "（2021）青0821行初7号"),
        ("清水发\n〔2021〕7号", "清水发〔2021〕7号"),
        ("清政办函\n〔2021〕17号", "清政办函〔2021〕17号"),
    ],
)
def test_the_line_of_the_number_has_many_forms(folder: Path, line: str, number: str) -> None:
    text = lines(line, "关于防汛的通知", "各乡镇：", *BODY, "清溪县水利局", "2021年1月9日")
    record = read(folder, text).record
    assert (record.number, record.issued) == (number, "2021-01-09")
    assert record.addressee == "各乡镇"


@pytest.mark.parametrize(
    "bar", ["清水〔2021〕7号 | 清溪县水利局", "2021-01-09 | 清水〔2021〕7号 | 清溪县水利局"]
)
def test_a_bar_below_the_title_has_number_and_office(folder: Path, bar: str) -> None:
    shown = "".join(f"<p>{text}</p>" for text in BODY)
    title = "关于做好防汛工作的通知"
    page = f"<html><body><h1>{title}</h1><div>{bar}</div><div>{shown}</div></body></html>"
    record = read(folder, page, "a.html").record
    assert (record.number, record.issuer) == ("清水〔2021〕7号", ("清溪县水利局",))


@pytest.mark.parametrize(
    "below",
    [
        "——2021年1月9日在清溪县第七届人民代表大会第二次会议上",
        "（二〇二一年一月九日在县人民代表大会上）",
    ],
)
def test_a_report_is_issued_on_the_day_of_its_delivery(folder: Path, below: str) -> None:
    text = lines("政府工作报告", below, "县长　李明", "各位代表：", *BODY)
    assert read(folder, text).record.issued == "2021-01-09"
