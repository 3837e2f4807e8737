"""The year of a document: its period, its day of issue, its number, then what may be inferred."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archive.model import Basis, Dating, Record, YearBasis
from indexer.dating import date_article, date_articles
from indexer.page import DraftArticle, LabelledBlock, LabelledPage, Page, PageBlock, Profiled
from indexer.pipeline import read_source
from tests.indexer.dating.drafts import NOTHING, date_page, draft, recorded

LINES = (
    "各学校要高度重视，落实主体责任，完善应急预案。",
    "各单位要按照职责分工，建立问题台账，限期整改到位。",
    "对责任不落实的单位予以通报批评，并追究有关人员责任。",
)


def date(*lines: str, title: str, issued: str | None = None, number: str | None = None) -> Dating:
    own = recorded(issued, number)
    return date_article(draft(*lines), title=title, published=None, recorded=own)[0]


@pytest.mark.parametrize(
    "title",
    [
        "某局2022年工作总结",
        "2022年度述职述廉报告",
        "2022年意识形态工作情况汇报",
        "某县2022年国民经济和社会发展统计公报",
        "某局2022年工作总结和2023年工作打算",
        "2021—2022学年度教学工作总结",
        "2021学年工作总结",
        "2021—2022学年第二学期工作计划",
        "2022-2023学年第一学期工作总结",
        "2022—2023学年度学校工作计划",
        "二○二二年工作要点",
    ],
)
def test_a_summary_or_plan_is_of_the_period_that_its_title_names(title: str) -> None:
    dating = date(*LINES, title=title, issued="2023-01-09", number="某发〔2023〕1号")
    assert (dating.year, dating.basis, dating.evidence) == (2022, YearBasis.STATED, (title,))


def test_a_summary_is_of_the_period_that_its_lead_names() -> None:
    line = "2022年，我认真履行职责。现将履职情况报告如下："
    assert date(line, title="述职报告", issued="2023-01-09").year == 2022
    assert date(line.replace("2022", "今"), title="述职报告", issued="2023-12-09").year == 2023


@pytest.mark.parametrize(
    "title",
    [
        "关于2023年农村公路用地预审的复函",
        "关于申请2024年专项资金的请示",
        "关于报送2021年工作总结的通知",
        "关于印发《2023年工作要点》的通知",
        "关于表彰2021年度先进集体的决定",
        "关于2021年度考核结果的通报",
        "关于2021年度预算执行审计整改情况的报告",
        "中医药振兴三年行动计划（2023—2025年）",
        "2026年全市技能大赛工作方案",
        "关于贯彻某发〔2021〕15号文件的实施意见",
        "在2021年工作总结大会上的讲话",
        "某县人民代表大会常务委员会关于批准2021年决算的决议",
    ],
)
def test_any_other_text_is_of_the_year_of_its_issue(title: str) -> None:
    dating = date("2021年，我街道承接群众1260户。", *LINES, title=title, issued="2022-06-05")
    assert (dating.year, dating.basis) == (2022, YearBasis.STATED)
    assert dating.evidence == ("见2022-06-05",)


def test_the_day_of_issue_comes_before_the_number() -> None:
    number = "某审发〔2021〕98号"
    assert date(*LINES, title="关于印发规定的通知", issued="2022-01-05", number=number).year == 2022
    assert date(*LINES, title="关于印发规定的通知", number=number).year == 2021


@pytest.mark.parametrize(
    "number", ["某政发〔２０２１〕3号", "公告2021年第6号", "〔2021〕第7期", "某政发[2021]3号"]
)
def test_a_number_has_its_year_in_any_form(number: str) -> None:
    assert date(*LINES, title="关于管理工作的通知", number=number).year == 2021


def test_a_number_without_a_year_and_a_request_without_a_day_date_nothing() -> None:
    assert date(*LINES, title="某市人民政府令", number="令第8号").year is None
    assert date("2021年，我街道承接群众。", *LINES, title="关于增设岗位的请示").year is None


@pytest.mark.parametrize(
    ("line", "issued", "year", "basis"),
    [
        ("学习贯彻党的二十大精神。", "2019-03-05", None, YearBasis.CONFLICT),
        ("以庆祝新中国成立70周年为主线。", "2018-12-29", 2018, YearBasis.STATED),
        ("以庆祝新中国成立70周年为主线。", "2018-06-29", 2019, YearBasis.CONFLICT),
        ("庆祝新中国成立70周年活动成果丰硕。", "2021-06-29", 2021, YearBasis.STATED),
    ],
)
def test_a_later_fact_refutes_a_day_of_issue(
    line: str, issued: str, year: int | None, basis: YearBasis
) -> None:
    dating = date(*LINES, line, title="关于做好宣传工作的通知", issued=issued)
    assert (dating.stated, dating.year, dating.basis) == (int(issued[:4]), year, basis)


def test_a_plan_inside_what_was_issued_as_a_whole_has_its_year() -> None:
    lines = ("#一、资金来源", "专项债券。", "#二、2024年工作计划", "完成投资6000万元。")
    own = recorded("2023-09-05")
    title = "关于申请专项资金的请示"
    found = date_article(draft(*lines), title=title, published=None, recorded=own)
    assert {dating.year for dating in found} == {2023}


def test_a_regulation_is_of_its_last_change_though_issued_before() -> None:
    note = "（2001年5月1日某市人大常委会通过 根据2018年9月2日某会议决定修正）"
    assert date(note, *LINES, title="某市管理条例", issued="2001-05-01").year == 2018
    adopted = "（2018年12月26日某市人大常委会通过，2019年1月3日公布）"
    assert date(adopted, *LINES, title="某市管理条例", issued="2018-12-26").year == 2018


@pytest.mark.parametrize(
    ("title", "lines", "year"),
    [
        ("在全区会议上的讲话", ("（2018年1月26日，根据录音整理）", "2017年，成绩明显。"), 2018),
        ("政府工作报告", ("——2022年1月7日在某县第八届会议上", "2021年，依法履职。"), 2022),
        ("某县人民检察院工作报告", ("2017年2月23日在某县大会上", "2016年，依法履职。"), 2017),
        ("在教师大会上的讲话", ("二〇二〇年〇八月三十日 星期日", "2019年，成绩喜人。"), 2020),
        ("某校校史", ("#一、1956年建校", "由乡贤创办。", "#二、1998年迁址", "新址。"), None),
        ("某镇产业发展经验", ("2016年以来，某镇累计投入1.2亿元。", *LINES), None),
        ("某省水法办法", ("2020年9月25日某省人大常委会第八次会议通过", *LINES), 2020),
        ("业主委员会会议纪要", ("会议时间：二〇二〇年十月十八日下午", *LINES), 2020),
        ("工作简报", ("（第15期）", "某局办公室编 2021年7月2日", *LINES), 2021),
        ("房屋租赁合同", ("租期自2020年1月1日起。", *LINES, "签订日期：2019年12月15日"), 2019),
        ("关于开会的通知", ("会议时间：2020年1月8日", *LINES), None),
        ("感谢信", ("2012年冬，贵村送来取暖煤。", "某中心小学", "2013年元月6日"), 2013),
        ("二〇一七年度工作总结", ("今年来，工作有序。", "二〇一八年元月三日"), 2017),
        ("个人述职报告", ("我于2018年任职。2020年，我分管环保。", *LINES), 2020),
        ("2021年全国两会精神宣讲", LINES, None),
        ("回忆2008年抗震救灾", LINES, None),
        ("做好档案工作的一点做法", ("2014年我到档案室，2017年建成新室。", *LINES), None),
        ("某市“十四五”供水发展规划", ("#一、背景", "2020年，全市水厂达到12座。", *LINES), None),
        ("某县校车管理三年行动计划", ("2019年，全县校车达到60辆。", *LINES), None),
        ("某镇防汛工作简报", ("2019年度工作完成情况如下：", *LINES), 2019),
        ("某桥志略", ("某桥始建于1958年3月，", "1972年5月6日", "桥面加宽，至今通车。"), None),
        ("某校旧闻", ("校舍三十间；", "一九八一年九月一日", "新楼落成。", *LINES), None),
    ],
)
def test_a_day_at_the_head_comes_before_what_a_text_tells(
    title: str, lines: tuple[str, ...], year: int | None
) -> None:
    assert date(*lines, title=title).year == year


# ---- annexes, forwarded texts, compilations ------------------------------------------------


def page(*drafts: DraftArticle, days: tuple[str | None, ...], title: str = "") -> list[int | None]:
    found = date_page(*drafts, title=title, records=[recorded(day) for day in days])
    return [datings[0].year for datings in found]


NOTICE = draft("现印发给你们，请认真贯彻执行。")


def test_an_annex_is_of_its_notices_day_whatever_years_it_mentions() -> None:
    annex = draft("2018年，全县有水厂14座。", *LINES, title="供水规划", attached=True)
    own = [recorded("2021-12-30"), recorded("2021-12-30", basis=Basis.INFERRED)]
    notice, dated = date_page(NOTICE, annex, title="关于印发供水规划的通知", records=own)
    assert {(d.year, d.basis, d.evidence) for d in dated} == {
        (2021, YearBasis.INFERRED, notice[0].evidence)
    }


def test_an_annex_keeps_its_own_period_day_and_facts() -> None:
    plan = draft(*LINES, title="2023年工作要点", attached=True)
    assert page(NOTICE, plan, days=("2022-12-30", None)) == [2022, 2023]
    sent = draft(*LINES, title="关于防汛的意见", attached=True)
    assert page(NOTICE, sent, days=("2021-01-04", "2020-12-29")) == [2021, 2020]
    late = draft("贯彻党的二十大精神。", title="实施方案", attached=True)
    assert page(NOTICE, late, days=("2021-01-04", None)) == [2021, None]


def test_an_annex_belongs_to_the_notice_before_it() -> None:
    annex = draft(*LINES, title="实施方案", attached=True)
    second = draft(*LINES, title="关于公布名录的通知")
    drafts = (NOTICE, annex, second, annex)
    assert page(*drafts, days=("2020-05-06", None, "2021-02-02", None)) == [2020, 2020, 2021, 2021]
    assert page(*drafts, days=("2020-05-06", None, None, None)) == [2020, 2020, None, None]


def test_the_texts_of_a_page_have_nothing_of_one_another_nor_of_its_title() -> None:
    drafts = (draft(*LINES), draft(*LINES, title="关于公布名录的通知"))
    title = "关于做好2020年防汛工作的通知"
    assert page(*drafts, days=("2020-05-06", None), title=title) == [2020, None]


# ---- posts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("原创 某县教育 2024-02-19 18:30 某省", 2024),
        ("某县一中 某县一中 2023年11月06日 17:42 发表于某省", 2023),
        ("某县发布 2024/3/7 09:05 云南", 2024),
        ("手机访问 某新闻网 2022年3月7日 09:05 某新闻网", None),
        ("某县发布 2022/3/7 09:05", None),
        ("某县人社 2022-09-12 08:00 发布于某省", 2022),
        ("原创 某中心 某县之声 2021-09-23", 2021),
        ("来源：某县发布 2022-03-07 09:05 某省", None),
        ("某县发布 昨天 20:15", None),
        ("某县发布 2022-03-07 09:05 阅读", None),
    ],
)
def test_the_line_of_a_post_has_its_day(line: str, year: int | None) -> None:
    found = date_page(draft(*LINES), title="开学提示", opening=line)
    assert found[0][0].year == year
    summary = date_page(draft(*LINES), title="2020年工作总结", opening=line)
    assert summary[0][0].year == 2020


def test_a_saved_post_is_of_the_day_on_which_it_was_put_up() -> None:
    profile = Profiled("wechat", published="2023-05-12")
    source = Page("a.html", (PageBlock("甲"),), profile=profile)
    post = LabelledPage(
        source, (LabelledBlock(source.blocks[0], "甲"),), "提醒", Record(published="2023-05-12")
    )
    dating = date_articles([draft(*LINES)], post, [NOTHING])[0][0]
    assert (dating.year, dating.basis) == (2023, YearBasis.INFERRED)
    for title, lead in (("某县2022年十件大事", LINES[0]), ("十件大事", "2022年，某县建校9所。")):
        own = date_articles([draft(lead, *LINES)], replace(post, title=title), [NOTHING])[0][0]
        assert (own.year, own.basis) == (2022, YearBasis.STATED)
    other = replace(post, page=replace(source, profile=Profiled("government")))
    assert date_articles([draft(*LINES)], other, [NOTHING])[0][0].year is None


# ---- JSON Lines -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elements", "year"),
    [
        ({"issued": "2022-01-05", "number": "某审发〔2021〕98号"}, 2022),
        ({"number": "某审发〔2021〕98号"}, 2021),
        ({"issued": "2022-01-05", "year": 2019}, 2019),
        ({}, None),
    ],
)
def test_a_document_of_json_lines_is_dated_by_its_elements(
    tmp_path: Path, elements: dict[str, str | int], year: int | None
) -> None:
    line = {"doc_id": "甲", "title": "关于申请2024年资金的请示", "text": LINES[0], **elements}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    (reading,) = read_source(path, path.name)
    assert reading.paragraphs[0].year == year


@pytest.mark.parametrize("sends", ["批转市教育局", "转发市教育局", "印发"])
def test_a_text_that_the_title_of_a_notice_names_is_sent_by_it(tmp_path: Path, sends: str) -> None:
    lines = (
        f"某市人民政府{sends}关于发展学前教育意见的通知",
        "各县区人民政府：",
        "请认真贯彻执行。",
        "某市人民政府",
        "2020年8月3日",
        "关于发展学前教育的意见",
        "为发展学前教育，提出以下意见。",
        "一、加大投入。2015年至今投入不足。",
    )
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    (reading,) = read_source(path, path.name)
    assert [article.title for article in reading.document.articles] == [None, lines[5]]
    assert {paragraph.year for paragraph in reading.paragraphs} == {2020}
