"""Dating: what states a year, what infers one, what refutes one, and what is left unknown.

Every text here is our own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import SourceError
from archive.model import Dating, Form, YearBasis
from indexer.dating import date_article
from indexer.dating.facts import Constraint, FoundFact, find_facts, load_facts
from indexer.dating.reading import find_runs
from indexer.dating.years import find_years, masked_year
from indexer.page import DraftArticle, DraftParagraph
from tests.indexer.dating.drafts import date_page, draft

SUMMARY = "某局工作总结篇一"
LINES = (
    "各学校要高度重视，落实主体责任，完善应急预案。",
    "各单位要按照职责分工，建立问题台账，限期整改到位。",
    "对责任不落实的单位予以通报批评，并追究有关人员责任。",
)


def date(
    *lines: str, title: str = "", article: str | None = None, published: str | None = None
) -> Dating:
    """The dating of the first paragraph."""
    return date_article(draft(*lines, title=article), title=title, published=published)[0]


def bearings(text: str) -> list[tuple[str, int]]:
    return [(fact.constraint.value, fact.first // 12) for fact in find_facts(text)]


# ---- stated ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "2019年，我局围绕中心抓落实。",
        "过去的2019年，我们干得很实。",
        "某县2019年教育工作在各方支持下稳步推进。",
        "2019年以来，全镇上下一心。",
        "2019年第一季度，我校抓了三件事。",
        "2019年1至6月，我校抓了三件事。",
        "二〇一九年，我局围绕中心抓落实。",
        "２０１９年，我局围绕中心抓落实。",
        "2018—2019学年，我校抓了三件事。",
        "2019-2020学年第一学期，我校抓了三件事。",
        "我于2017年3月到村任职。现将2019年履职情况报告如下：",
        "这次会议的任务是，总结2018年工作，部署2019年重点工作。",
        "我县辖12个乡镇。2019年是换届之年，任务很重。",
    ],
)
def test_a_lead_states_its_year(line: str) -> None:
    dating = date("同志们：", line, "一是抓学习。")
    assert (dating.year, dating.stated, dating.basis) == (2019, 2019, YearBasis.STATED)
    assert dating.evidence[0] in line


@pytest.mark.parametrize("title", ["2019年工作要点", "关于印发《2019年工作要点》的通知"])
def test_a_title_states_the_year_of_a_single_text(title: str) -> None:
    dating = date("一是抓学习。", title=title)
    assert (dating.year, dating.basis, dating.evidence) == (2019, YearBasis.STATED, (title,))


def test_the_title_of_a_compilation_does_not_date_the_articles_in_it() -> None:
    assert date("一是抓学习。", title="2023年工作总结(实用5篇)", article=SUMMARY).year is None


def test_a_heading_states_a_year() -> None:
    dating = date("各位领导：", "#一、2018年工作完成情况", "抓了三件事。")
    assert (dating.year, dating.evidence) == (2018, ("一、2018年工作完成情况",))


@pytest.mark.parametrize(
    "line",
    ["2017年3月5日", "二〇一七年三月五日", "2017年3月　日", "2017年3月", "（二零一七年三月）"],
)
def test_a_date_line_by_itself_states_a_year(line: str) -> None:
    assert date("各校：", "请照此办理。", line).year == 2017


def test_a_date_line_in_the_middle_of_a_text_is_an_example() -> None:
    assert date(*LINES, "2017年3月5日", "不写成03月05日。").year is None


def test_a_heading_with_a_day_names_another_document_or_an_event() -> None:
    line = "#1.关于种业的意见（某政发〔2018〕19号，2018年6月4日）"
    assert date("政策文件目录如下。", line, "提出四项任务。").year is None


@pytest.mark.parametrize(
    "line",
    [
        "二０二一年",
        "二0二一年",
        "二O二一年十二月三十一日",
        "２０２１年１２月３１日",
        "2021 年 12 月 31 日",
        "2O21年12月31日",
        "二零二一年十二月三十一日",
        "二○二一年十二月三十一日",
        "20２1年12月31日",
    ],
)
def test_a_year_may_be_typed_in_any_width_and_mixture(line: str) -> None:
    if line.endswith("年"):
        assert date(f"{line}，全县教育工作取得新进展。").year == 2021
    else:
        assert date(*LINES, "清溪县教育局", line).year == 2021


@pytest.mark.parametrize(
    "line", ["二〇二〇——二〇二一学年度", "2020—2021学年度", "２０２０－２０２１学年"]
)
def test_a_school_year_may_be_written_in_chinese(line: str) -> None:
    assert date(f"{line}，学校工作总结如下。").year == 2021


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("某县教育局关于贯彻国发〔2021〕5号文件精神的实施意见", None),
        ("关于转发清教发[2019]12号文的通知", None),
        ("落实清政发〔2020〕3号", None),
        ("清政发〔2020〕3号 关于加强管理的通知", 2020),
        ("关于加强管理的通知（清政发〔2020〕3号）", 2020),
        ("关于申请2024年专项资金的请示", None),
        ("2022年冬奥会开幕式观后感", None),
        ("关于同意申办2027年全省运动会的复函", None),
        ("关于承办“2026年全市技能大赛”的请示", None),
        ("2026年全市技能大赛工作方案", 2026),
    ],
)
def test_neither_a_cited_number_nor_an_event_in_a_title_dates(title: str, year: int | None) -> None:
    assert date(*LINES, title=title).year == year


def test_a_table_dates_nothing() -> None:
    rows = [DraftParagraph(f"{year}年\t建党99周年", Form.ROW) for year in (2018, 2019)]
    article = DraftArticle(None, (DraftParagraph(LINES[0], Form.BODY), *rows))
    assert {one.year for one in date_article(article, title="统计表", published=None)} == {None}


@pytest.mark.parametrize(
    ("lines", "published", "year"),
    [
        (["坚持建管并重、城乡一体。"], "2021-03-09", 2021),
        (["坚持建管并重、城乡一体。"], None, 2021),
        (["贯彻党的二十大精神，健全机制。"], "2023-03-09", None),
        (["20xx年，健全机制。"], "2021-03-09", None),
    ],
)
def test_an_annex_is_of_its_notices_year_unless_its_own_facts_forbid(
    lines: list[str], published: str | None, year: int | None
) -> None:
    notice = draft("现印发给你们，请认真贯彻执行。", "清溪县人民政府办公室", "2021年3月5日")
    annex = replace(draft(*lines, title="农村饮水方案"), attached=True)
    dated = date_page(notice, annex, title="关于印发方案的通知", published=published)
    assert [dated[0][0].year, dated[1][0].year] == [2021, year]


def test_a_document_number_quoted_inside_a_sentence_states_nothing() -> None:
    assert date("我们按照上级〔2017〕12号文件的要求，认真组织学习，抓好落实见效。").year is None


def test_a_regulation_is_of_the_year_of_its_last_change() -> None:
    line = "（2001年5月1日某市人大常委会通过 根据2018年9月2日某会议决定修正）"
    assert date(line, "第一条 为了加强管理，制定本条例。", title="某市管理条例").year == 2018


def test_a_report_keeps_the_year_of_its_title_where_it_looks_back() -> None:
    lines = (
        "各位代表：",
        "#一、2025年工作回顾",
        "2025年，我们稳中求进。",
        "#二、2026年重点工作",
        "抓项目。",
    )
    datings = date_article(draft(*lines), title="2026年某省政府工作报告", published="2026-02-01")
    assert {d.year for d in datings} == {2026}


def test_two_figures_with_a_nought_are_a_year() -> None:
    assert date("09年，我校抓了三件事。").year == 2009


def test_a_day_in_the_lead_is_no_statement() -> None:
    assert date("2016年3月，本项目动工。", "一是抓质量。").year is None


# ---- masked ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "20xx年，我局抓了三件事。",
        "20__年，我局抓了三件事。",
        "20**年，我局抓了三件事。",
        "xxxx年，我局抓了三件事。",
        "201x年，我局抓了三件事。",
        "_年，我局抓了三件事。",
        "20××年，我局抓了三件事。",
        "自20xx8月3日起，我局抓了三件事。",
    ],
)
def test_a_masked_year_is_unknown(line: str) -> None:
    dating = date(line)
    assert dating.masked
    assert (dating.year, dating.stated, dating.basis) == (None, None, YearBasis.UNKNOWN)


@pytest.mark.parametrize("line", ["xx年级共有x个班。", "近xx年来变化很大。", "2年级和15年的事。"])
def test_what_only_resembles_a_mask_or_a_year_is_neither(line: str) -> None:
    assert masked_year(line) is None
    assert find_years(line) == ()


def test_a_stated_year_is_not_called_masked_for_a_mask_elsewhere() -> None:
    assert not date("2019年，我局抓了三件事。", "xx年12月开了会。").masked


# ---- mentions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "自2010年以来，我县持续加大投入。",
        "2008年至2012年，我县持续加大投入。",
        "我县《2021—2025年规划》已经印发。",
        "到2025年，全县达到优质均衡。",
        "本项目于2016年3月动工，进展顺利，各方面反映都很好。",
        "2015年全县投入3亿元。其中2014年结转1亿元。",
    ],
)
def test_a_year_merely_mentioned_dates_nothing(line: str) -> None:
    assert (
        date(
            "我县一贯重视教育，持续加大投入，成效明显。",
            "一是加大投入力度。",
            "二是抓好落实。",
            line,
        ).year
        is None
    )


def test_mentions_that_agree_infer_a_year_where_one_is_under_way() -> None:
    dating = date("抓好落实。", "开展2022年最美教师评选。", "新教学楼预计2022年7月完工。")
    assert (dating.year, dating.stated, dating.basis) == (2022, None, YearBasis.INFERRED)
    assert all("2022年" in words for words in dating.evidence)


def test_mentions_that_agree_date_nothing_against_a_fact() -> None:
    lines = ("抓好落实。", "开展2016年评选。", "预计2016年7月完工。", "学习党的十九大精神。")
    assert date(*lines).year is None


# ---- facts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("开展庆祝建党99周年活动", 2020),
        ("今年是中国共产党成立90周年", 2011),
        ("为庆祝建国六十周年，举办歌咏比赛", 2009),
        ("迎新中国成立70周年晚会已经办好，庆祝新中国成立70周年", 2019),
        ("举办改革开放四十周年图片展", 2018),
        ("“五四青年节”90周年", 2009),
        ("纪念五四运动100周年", 2019),
        ("澳门回归10周年", 2009),
        ("香港回归20周年", 2017),
        ("纪念抗战胜利70周年", 2015),
        ("纪念红军长征胜利80周年", 2016),
        ("庆祝建军90周年", 2017),
        ("纪念建团100周年", 2022),
        ("少先队建队70周年", 2019),
        ("第24届“全国中小学生安全教育日”", 2019),
        ("第36个教师节", 2020),
        ("第三十个教师节", 2014),
        ("第六个国家宪法日", 2019),
        ("“十二五”规划的开局之年", 2011),
        ("十三五规划收官之年", 2020),
        ("今年是党的二十大召开之年", 2022),
        ("庆祝建党百年主题活动", 2021),
        ("脱贫攻坚收官之年", 2020),
        ("“七五”普法的收官之年", 2020),
        ("中华人民共和国70华诞", 2019),
        ("全面贯彻党的二十大精神的开局之年", 2023),
    ],
)
def test_a_fact_speaks_of_its_year(text: str, year: int) -> None:
    spoken = {c.first // 12 for c in find_facts(text) if c.constraint is Constraint.YEAR}
    assert spoken == {year}
    assert date(f"我们这样做：{text}。").year == year


@pytest.mark.parametrize(
    ("text", "year"),
    [("去年是建党90周年", 2012), ("明年是建党90周年", 2010)],
)
def test_last_year_and_next_year_shift_a_fact(text: str, year: int) -> None:
    assert bearings(text) == [("year", year)]


def test_a_speech_at_an_anniversary_only_bounds_from_below() -> None:
    assert bearings("学习在庆祝建党100周年大会上的讲话") == [("since", 2021)]


def test_a_good_start_made_is_told_of_later_years_too() -> None:
    assert bearings("实现了“十四五”良好开局")[0] == ("since", 2021)
    assert bearings("确保“十四五”良好开局")[0] == ("ahead", 2020)


@pytest.mark.parametrize("text", ["就朝鲜国庆74周年致电", "祝贺越南共产党成立95周年"])
def test_the_anniversaries_of_other_countries_date_nothing(text: str) -> None:
    assert find_facts(text) == ()


def test_a_return_to_the_motherland_is_no_anniversary_of_its_founding() -> None:
    assert bearings("庆祝香港回归祖国25周年") == [("year", 2022)]


def test_a_goal_named_for_an_anniversary_dates_nothing() -> None:
    assert find_facts("实现建军一百年奋斗目标") == ()


def test_what_is_looked_forward_to_bounds_from_above() -> None:
    (fact,) = find_facts("喜迎党的二十大胜利召开")
    assert fact.constraint is Constraint.AHEAD
    assert fact.last == 2022 * 12 + 9


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("贯彻党的十九届四中全会精神", (2019, 10)),
        ("贯彻十九届二中、三中、四中全会精神", (2019, 10)),
        ("贯彻十七届三中、四中学全会精神", (2009, 9)),
        ("贯彻二十届三中全会精神", (2024, 7)),
        ("学习党的十八大精神", (2012, 11)),
        ("落实“双减”政策", (2021, 7)),
        ("新冠肺炎疫情防控", (2020, 1)),
    ],
)
def test_what_did_not_exist_before_bounds_from_below(text: str, first: tuple[int, int]) -> None:
    latest = max(fact.first for fact in find_facts(text) if fact.constraint is Constraint.SINCE)
    assert latest == first[0] * 12 + first[1] - 1
    dating = date(f"我们{text}，抓了三件事。")
    assert (dating.first, dating.last, dating.year) == (first[0], None, None)


def test_a_plan_written_late_in_a_year_is_for_the_next() -> None:
    line = "以党的十九届六中全会精神为指导，抓好三件事。"
    assert date(line, title="某局工作要点").first == 2022
    assert date(line, title="某局工作总结").first == 2021


def test_a_campaign_named_once_dates_nothing_and_with_support_it_does() -> None:
    once = "扎实开展党史学习教育。"
    assert date(once).year is None
    assert date(once, "党史学习教育与业务同步推进。").year == 2021
    assert date(once, "“双减”政策落地见效。").year == 2021


def test_the_fruits_of_a_campaign_only_bound_from_below() -> None:
    assert bearings("巩固党史学习教育成果") == [("since", 2021), ("since", 2021)]


def test_a_campaign_that_ended_before_another_fact_is_looked_back_on() -> None:
    lines = ("开展创先争优活动。", "创先争优活动有声有色。", "落实八项规定。")
    assert date(*lines).year is None


def test_a_fact_is_looked_back_on_where_later_years_are_printed() -> None:
    lines = ("我县教育稳步发展。", "教学楼在庆祝建党90周年时落成。", "本次扩建2015年立项。")
    assert date(*lines).year is None


def test_the_later_of_two_facts_dates_a_text() -> None:
    dating = date("举办改革开放40周年图片展。", "开展第24个全国中小学生安全教育日活动。")
    assert dating.year == 2019


@pytest.mark.parametrize(
    ("title", "year"),
    [("第十四届全国人民代表大会第三次会议关于某报告的决议", 2025)],
)
def test_a_session_in_the_title_dates_its_papers(title: str, year: int) -> None:
    assert date("会议同意这个报告。", title=title).year == year


def test_watching_a_congress_open_is_of_its_year() -> None:
    assert date("党的十九大召开后，第一时间组织党员收看开幕会。").year == 2017


def test_a_summary_that_works_for_a_congress_is_of_its_year() -> None:
    line = "20xx年，我镇以实际行动迎接党的二十大胜利召开。"
    assert date(line, "#一、存在问题", "还有差距。").year == 2022
    assert date(line).year is None


# ---- the upload date ---------------------------------------------------------------------


def test_the_upload_date_alone_dates_nothing() -> None:
    dating = date("我局抓了三件事。", published="2021-03-05")
    assert (dating.year, dating.first, dating.last) == (None, None, 2021)


def test_the_upload_date_closes_an_interval() -> None:
    assert date("“双减”政策落地见效。", published="2021-12-05").year == 2021


def test_a_year_later_than_the_upload_is_refuted() -> None:
    dating = date("2021年，我局抓了三件事。", title="某局工作总结", published="2019-03-05")
    assert (dating.stated, dating.year, dating.basis) == (2021, None, YearBasis.CONFLICT)


def test_a_plan_may_be_uploaded_before_its_year() -> None:
    assert date("抓好三件事。", title="2022年工作要点", published="2021-12-20").year == 2022


# ---- conflict ----------------------------------------------------------------------------


def test_a_rewritten_year_gives_way_to_the_only_one_that_facts_leave() -> None:
    lines = ("2021年，我局抓了三件事。现将情况总结如下：", "开展庆祝建党99周年活动。")
    dating = date(*lines, article=SUMMARY)
    assert (dating.stated, dating.year, dating.basis) == (2021, 2020, YearBasis.CONFLICT)
    assert dating.evidence == ("2021年", "建党99周年")


def test_a_fact_in_the_lead_refutes_the_year_beside_it_whatever_the_text() -> None:
    dating = date("2023年，我局抓好安全，以优异成绩庆祝中国共产党成立100周年。", article="材料篇一")
    assert (dating.year, dating.basis) == (2021, YearBasis.CONFLICT)


def test_a_refuted_year_without_a_single_other_leaves_none() -> None:
    dating = date("2015年，我局抓了三件事。", "学习党的十九大精神。", article=SUMMARY)
    assert (dating.stated, dating.year, dating.basis) == (2015, None, YearBasis.CONFLICT)
    assert dating.first == 2017


def test_a_fact_beside_its_own_printed_year_refutes_nothing() -> None:
    lines = ("2021年，我局抓了三件事。", "2019年庆祝新中国成立70周年时建的馆，今年重新布展。")
    assert date(*lines, article=SUMMARY).basis is YearBasis.STATED


def test_a_fact_of_the_stated_year_upholds_it() -> None:
    lines = ("2021年，我局抓了三件事。", "庆祝建党100周年。", "回想纪念五四运动100周年时的盛况。")
    assert date(*lines, article=SUMMARY).basis is YearBasis.STATED


def test_an_earlier_anniversary_does_not_refute_a_speech() -> None:
    lines = ("2021年某局动员会讲话。", "从庆祝新中国成立70周年说起。")
    assert date(*lines, title="2021年动员会上的讲话").year == 2021


def test_what_is_still_looked_forward_to_refutes_a_later_year() -> None:
    lines = ("2023年，我局抓了三件事。", "以优异成绩迎接党的二十大。")
    assert date(*lines, article=SUMMARY).basis is YearBasis.CONFLICT


def test_what_is_planned_for_the_next_year_does_not_refute_this_one() -> None:
    lines = ("2020年，我局抓了三件事。", "下一步，开展庆祝建党100周年活动。")
    dating = date(*lines, article=SUMMARY)
    assert (dating.year, dating.basis) == (2020, YearBasis.STATED)


def test_what_upholds_another_year_is_no_evidence_of_the_stated_one() -> None:
    lines = ("2020年，我局抓了三件事。", "2021年是建党100周年，我们要再创佳绩。")
    dating = date(*lines, article=SUMMARY)
    assert (dating.year, dating.first, dating.last) == (2020, None, None)
    assert dating.evidence == ("2020年",)


# ---- a file of the user's ---------------------------------------------------------------


def test_a_users_file_adds_facts(tmp_path: Path) -> None:
    extra = tmp_path / "own.toml"
    extra.write_text(
        '[[anniversary]]\nsince = 1902\nmonth = 5\nwords = ["建校"]\npattern = "建校"\n',
        encoding="utf-8",
    )
    article = draft("庆祝建校110周年。")
    mine = date_article(article, title="", published=None, facts=load_facts(extra))
    assert mine[0].year == 2012
    assert date_article(article, title="", published=None)[0].year is None


@pytest.mark.parametrize(
    "text", ["[[since]", "[[since]]\nfirst = '2020-01'", "[[feast]]\nyear = 1",
             "[[since]]\nfirst = 'May'\nwords = ['a']\npattern = 'a'",
             "[[since]]\nfirst = '2020-01'\nwords = ['a']\npattern = '('"],
)  # fmt: skip
def test_a_users_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    extra = tmp_path / "bad.toml"
    extra.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.toml"):
        load_facts(extra)


# ---- runs --------------------------------------------------------------------------------


def test_two_documents_in_one_article_have_each_their_year() -> None:
    article = draft(
        "20xx年，我会抓了三件事。",
        "一、庆祝建国60周年。",
        "二、抓好队伍。",
        "综上所述，各项工作都有进展。",
        "20xx年，是中国共产党成立90周年，现将工作总结如下：",
        "一、抓好学习。",
        "二、抓好活动。",
        title=SUMMARY,
    )
    years = [d.year for d in date_article(article, title="", published=None)]
    assert years == [2009] * 4 + [2011] * 3


def test_a_compilers_count_inside_an_article_begins_a_document() -> None:
    article = draft(
        "2020年，我委抓了三件事。",
        "一、抓学习。",
        "第二篇 某区委办党纪学习教育方案自2024年4月起开展党纪学习教育",
        "一、目标",
        title="第一篇 某委2020年工作总结",
    )
    years = [d.year for d in date_article(article, title="材料2篇", published=None)]
    assert years == [2020, 2020, 2024, 2024]


def test_numbering_that_starts_again_alone_does_not_lose_the_year() -> None:
    article = draft("2020年，我委抓了三件事。", "一、抓学习。", "二、抓落实。", "一、抓队伍。")
    years = {d.year for d in date_article(article, title="", published=None)}
    assert years == {2020}


def test_a_plan_in_the_tail_is_for_the_year_after() -> None:
    article = draft(
        "今年是党的二十大召开之年，我镇抓了三件事。",
        "#一、主要工作",
        "抓产业。",
        "#二、下一步打算",
        "力争明年产值过亿。",
        "抓好管护。",
    )
    years = [d.year for d in date_article(article, title="某镇工作总结", published=None)]
    assert years == [2022, 2022, 2022, 2022, 2023, 2023]


def test_a_plan_after_a_rewritten_summary_is_for_the_year_after_the_true_one() -> None:
    article = draft(
        "2023年，我局抓了三件事。",
        "#一、2023年工作完成情况",
        "庆祝中国共产党成立100周年。",
        "#二、2024年工作计划",
        "抓好三件事。",
        title="【篇一】",
    )
    datings = date_article(article, title="2023年工作总结3篇", published=None)
    assert [(d.stated, d.year) for d in datings] == [(2023, 2021)] * 3 + [(2024, 2022)] * 2
    assert {d.basis for d in datings} == {YearBasis.CONFLICT}


def test_a_plan_without_a_word_of_next_year_stays_with_its_summary() -> None:
    article = draft(
        "2022年，我局抓了三件事。", "#一、主要工作", "抓学习。", "#二、下一步打算", "抓落实。"
    )
    years = {d.year for d in date_article(article, title="某局工作总结", published=None)}
    assert years == {2022}


def test_runs_cover_an_article_without_gap_or_overlap() -> None:
    lines = ("一、甲", "二、乙", "2022年，现将情况报告如下", "一、丙", "明年工作计划", "抓落实")
    article = draft(*lines)
    runs = find_runs(article.paragraphs)
    assert [r.first for r in runs] == [0, *(r.end for r in runs[:-1])]
    assert runs[-1].end == len(lines)


def test_an_empty_article_has_no_datings() -> None:
    assert date_article(DraftArticle(None, ()), title="2021年总结", published=None) == ()


# ---- evidence ----------------------------------------------------------------------------


def test_evidence_is_the_texts_own_words() -> None:
    lines = (
        "2021年，我局抓了三件事。",
        "开展庆祝建党99周年、第二十四届全国中小学生安全教育日活动。",
    )
    dating = date(*lines, article=SUMMARY)
    text = "".join(lines)
    assert dating.evidence
    assert all(words in text for words in dating.evidence)


def test_a_clue_knows_where_its_words_stand() -> None:
    text = "我们庆祝建党99周年。"
    (fact,) = find_facts(text)
    assert isinstance(fact, FoundFact)
    assert text[fact.start : fact.start + len(fact.words)] == fact.words


def test_the_turn_of_a_year_in_a_lead_states_nothing() -> None:
    assert date("2011年底的风波未平，新年伊始又起波澜。").stated is None


# ---- a summary and its plan of one year ----------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "year"),
    [
        ("#二、2022年工作计划", 2021),
        ("#二、2021年工作计划", None),
        ("#二、2021年下半年工作计划", 2021),
        ("#二、2021年下一步工作打算", 2021),
    ],
)
def test_a_summary_whose_plan_bears_its_own_year_was_rewritten(plan: str, year: int | None) -> None:
    found = date(
        "2021年，我局狠抓落实。", "#一、主要工作", "成绩明显。", plan, "抓好落实。", article=SUMMARY
    )
    assert found.year == year
    assert found.stated == 2021
    assert (found.basis is YearBasis.CONFLICT) == (year is None)


def test_facts_date_a_summary_whose_year_was_rewritten_with_its_plan() -> None:
    lines = ("2024年，我局助力脱贫攻坚收官之战。", "#一、主要工作", "成绩明显。")
    plan = ("#二、2024年工作思路", "抓好落实。")
    found = date_article(draft(*lines, *plan, title=SUMMARY), title="", published=None)
    assert [dating.year for dating in found] == [2020, 2020, 2020, 2021, 2021]


def test_every_pattern_of_our_own_facts_is_sound() -> None:
    patterns = [rule.pattern for _, rules in load_facts() for rule in rules]
    assert len(patterns) > 100


def issued(notice: list[str], annex: list[str], title: str) -> list[tuple[Dating, ...]]:
    drafts = [
        DraftArticle(None, tuple(DraftParagraph(text, Form.BODY) for text in notice)),
        DraftArticle(
            "管护方案", tuple(DraftParagraph(text, Form.BODY) for text in annex), attached=True
        ),
    ]
    return date_page(*drafts, title=title)


NOTICE = ["现将《管护方案》印发给你们，请认真执行。", "某县林业局", "2021年5月6日"]


def test_an_attachment_that_tells_nothing_is_of_its_notice_s_year() -> None:
    notice, annex = issued(NOTICE, ["分级管护，责任到人。"], "关于印发管护方案的通知")
    assert {(d.year, d.basis) for d in notice} == {(2021, YearBasis.STATED)}
    (dating,) = annex
    assert (dating.stated, dating.year, dating.basis) == (None, 2021, YearBasis.INFERRED)
    assert dating.evidence == notice[0].evidence != ()


def test_a_forwarded_text_that_tells_nothing_is_of_its_notice_s_year() -> None:
    (dating,) = issued(NOTICE, ["分级管护，责任到人。"], "转发管护方案的通知")[1]
    assert (dating.year, dating.basis) == (2021, YearBasis.INFERRED)


def test_an_attachment_that_hides_its_year_has_none_of_its_notice() -> None:
    annex = ["20xx年，分级管护，责任到人。"]
    assert [d.year for d in issued(NOTICE, annex, "关于印发管护方案的通知")[1]] == [None]


def test_a_masked_plan_in_a_summarys_tail_is_of_no_year_that_we_stand_behind() -> None:
    lines = ["2019年，我局围绕中心抓落实，现总结如下：", "#一、主要工作", "修路。"]
    year = draft(*lines, "#二、20xx年工作计划", "修桥。", title=SUMMARY)
    found = date_article(year, title="", published=None)
    assert [d.year for d in found] == [2019, 2019, 2019, None, None]
    assert (found[-1].first, found[-1].last, found[-1].masked) == (2019, 2020, True)
    half = draft(*lines, "#二、20xx年下半年工作计划", "修桥。", title=SUMMARY)
    assert date_article(half, title="", published=None)[-1].year == 2019


def test_the_end_of_a_range_is_no_earliest_year() -> None:
    told = date("安排201x-2020年度读书活动，学习十八届五中全会精神。")
    assert (told.year, told.first) == (None, 2015)
