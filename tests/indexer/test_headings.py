"""Heading paths: levels, run-in headings, broken numbering, false headings, closing parts."""

from __future__ import annotations

import pytest

from archive.model import Form
from indexer.page import DraftParagraph
from indexer.structure.headings import section_of, structure
from indexer.structure.lines import Line, cut
from indexer.text.boundary import glued, parted
from indexer.text.numbering import Style, inside, leading

BODY = "我们按照年初确定的目标,扎实推进各项工作,取得了较好的成绩。"
LONG = BODY * 3


def read(*texts: str) -> tuple[DraftParagraph, ...]:
    return structure([Line(text) for text in texts])


def paths(*texts: str) -> list[tuple[str, ...]]:
    return [paragraph.heading_path for paragraph in read(*texts)]


def forms(*texts: str) -> str:
    """The forms as one letter each: heading, body, opening, closing, row."""
    return "".join(paragraph.form.value[0] for paragraph in read(*texts))


# Numbers


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("一、指导思想", Style.HAN, 1),
        ("十二、保障措施", Style.HAN, 12),
        ("一.指导思想", Style.HAN, 1),
        ("(三)抓好落实", Style.HAN_BRACKET, 3),
        ("（十）抓好落实", Style.HAN_BRACKET, 10),
        ("〔二〕抓好落实", Style.HAN_BRACKET, 2),
        ("(一)、抓好落实", Style.HAN_BRACKET, 1),
        ("1.抓好落实", Style.ARABIC, 1),
        ("12、抓好落实", Style.ARABIC, 12),
        ("3．抓好落实", Style.ARABIC, 3),
        ("２、抓好落实", Style.ARABIC, 2),
        ("x.抓好落实", Style.ARABIC, None),
        ("(4)抓好落实", Style.ARABIC_BRACKET, 4),
        ("(x)抓好落实", Style.ARABIC_BRACKET, None),
        ("5)抓好落实", Style.ARABIC_BRACKET, 5),
        ("③抓好落实", Style.CIRCLED, 3),
        ("第二章 监督管理", Style.CHAPTER, 2),
        ("第三节 罚则", Style.SECTION, 3),
        ("第十五条 本办法自公布之日起施行。", Style.CLAUSE, 15),
        ("第二部分 工作打算", Style.PART, 2),
        ("1.2021年招生工作", Style.ARABIC, 1),
        ("一、三年来的工作回顾", Style.HAN, 1),
    ],
)
def test_a_number_at_the_start_has_a_style_and_a_value(
    text: str, style: Style, value: int | None
) -> None:
    mark = leading(text)
    assert mark is not None
    assert (mark.style, mark.value) == (style, value)


@pytest.mark.parametrize(
    "text",
    [
        "3.15消费者权益日",
        "1.5倍于去年",
        "2021.3至今",
        "一、二年级学生",
        "一、二等奖共十名",
        "二、三四中全会精神",
        "三、四季度",
        "1、2号楼竣工",
        "一是抓学习",
        "第一，抓学习",
        "首先抓学习",
        "——抓学习",
        "x月x日开园",
        "20xx年工作",
        "(二)班学生",
        "二,考取高中",
    ],
)
def test_counts_dates_and_ordinals_are_no_numbers(text: str) -> None:
    assert leading(text) is None


def test_numbers_inside_words_and_decimals_are_not_found() -> None:
    assert list(inside("占比33.30%,增长1.5倍,预算2.0万元,版本2021.3")) == []


# Levels


def test_levels_follow_the_national_standard() -> None:
    texts = ["一、甲工作", "(一)乙工作", "1.丙工作", "(1)丁工作", "①戊工作", BODY]
    assert paths(*texts) == [tuple(texts[: i + 1]) for i in range(5)] + [tuple(texts[:5])]
    assert forms(*texts) == "hhhhhb"


def test_a_heading_closes_its_own_level_and_those_below() -> None:
    assert paths("一、甲工作", "(一)乙工作", "1.丙工作", "(二)丁工作", "二、戊工作") == [
        ("一、甲工作",),
        ("一、甲工作", "(一)乙工作"),
        ("一、甲工作", "(一)乙工作", "1.丙工作"),
        ("一、甲工作", "(二)丁工作"),
        ("二、戊工作",),
    ]


def test_a_text_may_begin_below_and_skip_levels() -> None:
    assert paths("(一)甲工作", BODY, "1.乙工作", "(二)丙工作") == [
        ("(一)甲工作",),
        ("(一)甲工作",),
        ("(一)甲工作", "1.乙工作"),
        ("(二)丙工作",),
    ]
    assert paths("一、甲工作", "1、乙工作", BODY)[-1] == ("一、甲工作", "1、乙工作")


def test_missing_numbers_do_not_matter() -> None:
    assert paths("二、甲工作", BODY, "(三)乙工作", BODY, "五、丙工作") == [
        ("二、甲工作",),
        ("二、甲工作",),
        ("二、甲工作", "(三)乙工作"),
        ("二、甲工作", "(三)乙工作"),
        ("五、丙工作",),
    ]


def test_the_order_of_levels_may_be_turned_round() -> None:
    texts = ("1、甲工作", "(一)乙工作", "(二)丙工作", "2、丁工作", "(一)戊工作")
    assert paths(*texts) == [
        ("1、甲工作",),
        ("1、甲工作", "(一)乙工作"),
        ("1、甲工作", "(二)丙工作"),
        ("2、丁工作",),
        ("2、丁工作", "(一)戊工作"),
    ]


def test_full_and_half_width_of_one_level_are_siblings() -> None:
    assert paths("（一）甲工作", "(二)乙工作") == [("（一）甲工作",), ("(二)乙工作",)]


def test_regulations_nest_by_chapter_and_article() -> None:
    texts = ("第一章 总则", "第一条 为了规范管理,制定本办法。", "管理应当公开。", "第二章 附则")
    assert paths(*texts) == [
        ("第一章 总则",),
        ("第一章 总则", "第一条"),
        ("第一章 总则", "第一条"),
        ("第二章 附则",),
    ]


def test_the_last_point_under_an_article_is_a_point_whatever_follows() -> None:
    texts = ("第四条 游客不得有下列行为:", "(一)吸烟;", "(二)涂写、刻划。", "第二章 附则")
    assert forms("第一章 秩序", *texts) == "hbbbh"


def test_who_signs_is_no_heading_whatever_stands_above_the_date() -> None:
    assert forms(BODY, "某省办公厅", "x;", "一九九六年七月十七日", BODY) == "bcccb"


def test_annexes_listed_below_a_notice_are_no_headings() -> None:
    found = read("一、要求", BODY, "附件:1.活动方案", "2.推荐表", "某局", "2023年3月31日")
    assert [paragraph.heading_path for paragraph in found][2:] == [()] * 4
    assert [paragraph.form for paragraph in found][2:] == [Form.CLOSING] * 4


def test_enumerations_open_text_not_a_level() -> None:
    texts = ("一、主要做法", "一是抓学习。" + BODY, "第二,抓落实。" + BODY, "——抓督查。" + BODY)
    assert paths(*texts) == [("一、主要做法",)] * 4
    assert forms(*texts) == "hbbb"


# Run-in headings


def test_a_run_in_heading_ends_the_path_of_its_paragraph() -> None:
    (paragraph,) = read("1.推进人员融合。召开全站会议,统一思想认识,明确任务要求。")
    assert paragraph.form is Form.BODY
    assert paragraph.heading_path == ("1.推进人员融合。",)


def test_a_run_in_heading_may_end_with_a_colon() -> None:
    assert paths("1.抓培训：举办培训班三期,参训二百人次。") == [("1.抓培训：",)]


def test_an_overlong_run_in_heading_is_cut_in_the_path_alone() -> None:
    text = "一、" + "各单位要对照任务逐项检查" * 8 + "。" + BODY
    (paragraph,) = read(text)
    assert paragraph.text == text
    assert paragraph.heading_path == (text[:40],)


def test_a_heading_glued_to_its_text_ends_before_it() -> None:
    texts = ("二、关于护林工作全县各级林业部门以保护为主,做好巡查。" + BODY,)
    assert paths(*texts) == [("二、关于护林工作",)]
    assert paths("(一)加强组织领导一是成立小组。二是明确分工。") == [("(一)加强组织领导",)]
    assert paths("二、重点工作推进(一)抓好防火。" + BODY) == [("二、重点工作推进",)]


def test_a_list_of_figures_is_no_heading() -> None:
    texts = ("三、各项指标", "1.合格率达100%;2.成活率达到要求;3.更换标牌32块。")
    assert paths(*texts) == [("三、各项指标",)] * 2
    assert forms(*texts) == "hb"


def test_points_of_a_list_are_text() -> None:
    texts = ("二、存在问题", "(一)人手不足,任务偏重。", "(二)经费紧张,设备老化。", "三、打算")
    assert forms(*texts) == "hbbh"


def test_headings_that_end_with_a_full_stop_are_headings() -> None:
    texts = ("一、统筹兼顾,协调发展。", "(一)抓好防火。", BODY, "(二)抓好造林。", BODY)
    assert forms(*texts) == "hhbhb"


# Headings without number


def test_a_short_line_under_a_heading_is_a_heading() -> None:
    texts = ("三、工作要点", "加强管理,提高质量", "1.按照要求抓好落实。" + BODY)
    assert paths(*texts)[1:] == [
        ("三、工作要点", "加强管理,提高质量"),
        ("三、工作要点", "加强管理,提高质量", "1.按照要求抓好落实。"),
    ]


def test_announced_sentences_are_headings() -> None:
    texts = ("重点做好以下工作:", "继续抓好造林绿化。", LONG, "扎实抓好森林防火。", LONG)
    assert paths(*texts) == [
        (),
        ("继续抓好造林绿化。",),
        ("继续抓好造林绿化。",),
        ("扎实抓好森林防火。",),
        ("扎实抓好森林防火。",),
    ]


def test_what_the_page_marks_up_as_heading_is_one() -> None:
    lines = [Line(LONG), Line("工作目标", "h3"), Line(LONG), Line("工作措施", "h3"), Line(LONG)]
    assert [p.heading_path for p in structure(lines)] == [
        (),
        ("工作目标",),
        ("工作目标",),
        ("工作措施",),
        ("工作措施",),
    ]


def test_names_tables_greetings_and_dates_are_no_headings() -> None:
    assert forms(LONG, "组长：王一", "成员：李二", "赵三", "钱四") == "bbbbb"
    assert forms("同志们：", LONG, "某县林业局", "2021年5月6日") == "obcc"
    assert forms("女士们、先生们：", "很高兴和大家见面。", LONG) == "obb"


def test_a_count_goes_on_behind_a_heading_without_number() -> None:
    texts = ("一、甲工作", LONG, "小结", LONG, "二、乙工作")
    assert paths(*texts)[-1] == ("二、乙工作",)


# Where headings end


def test_a_closing_part_stands_under_no_run_in_heading() -> None:
    texts = ("一、甲工作", "1、抓好防火。" + BODY, "当然,我们也看到还有不足。" + BODY)
    assert paths(*texts)[-1] == ()


def test_a_sum_up_stands_under_no_heading() -> None:
    assert paths("一、甲工作", BODY, "综上所述,全年工作有新的进展。")[-1] == ()
    assert paths("一、甲工作", BODY, "我们将为建设美丽家园而努力奋斗!")[-1] == ()


def test_text_behind_a_run_in_heading_still_belongs_to_it() -> None:
    assert paths("1、抓好防火。" + BODY, "同时" + BODY, "2、抓好造林。" + BODY) == [
        ("1、抓好防火。",),
        ("1、抓好防火。",),
        ("2、抓好造林。",),
    ]


def test_text_before_a_new_count_stands_under_none() -> None:
    texts = ("1、抓好防火。" + BODY, "明年重点做好两项工作:", "1、抓造林。" + BODY)
    assert paths(*texts) == [("1、抓好防火。",), (), ("1、抓造林。",)]


def test_the_title_of_a_second_count_closes_the_first() -> None:
    texts = ("四、抓好管理", LONG, "下半年工作计划。", "一、抓好防火", LONG)
    assert paths(*texts)[2:4] == [(), ("一、抓好防火",)]


def test_signature_date_and_note_stand_under_no_heading() -> None:
    texts = ("一、总体要求", "1.抓好防火。" + BODY, "某县林业局", "2021年5月6日", "（此件公开）")
    assert paths(*texts)[2:] == [()] * 3


# Glued lines


def pieces(text: str, *, is_glued: bool = True) -> list[str]:
    return [line.text for line in cut(Line(text, glued=is_glued))]


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("(一)强化思想政治引领", "组织广大护林员收看节目,开展学习活动8场。" + BODY),
        ("(三)做实关爱工作", "为全县8.3万户发放物资,为4216名老人体检。" + BODY),
        ("二、存在的问题", "对照群众期盼,仍存在经费难以落实等问题。"),
        ("二、2024年工作计划", "一是抓好造林;二是抓好防火;三是抓好管护。"),
        ("(一)加快绿化,推进国土增绿有提升", "紧扣“增绿”目标,持续造林。"),
        ("(四)创新乡村治理方式", "全面推广“积分超市”,建立台账4213户,兑换物品。"),
        ("(六)提高能力,营造良好环境", "按照《规范》等要求,进一步完善设施,开展排查。"),
        # Two clauses of one length, and a verb.
        ("三、整修渠道,改善灌溉", "聘请水利站测量干渠11公里,清淤36处,受益农户820户。"),
        # What ends in a predicate has a subject; without one it goes on to its object.
        ("一、狠抓护林,林业管理扎实开展", "自去年造林以来,完成补植1200亩,管护员到岗率100%。"),
        (
            "二、认清形势,切实增强全面管护的责任感",
            "去年,全乡查处盗伐3起,挽回损失2.6万元,教育12人。",
        ),
        # Finished by what it says, whatever word comes next.
        (
            "五、坚持便民,群众满意度显著提高",
            "雨露工程全覆盖,山泉水就近取用,水窖蓄水过万方。镇里统一检测水质。",
        ),
        ("二、做好造林“加法”", "设置苗圃4处,育苗26万株,成活率92%,补植880亩。"),
        ("一、2024年工作总结", "2024年,全站紧紧围绕 造林这一中心,抓好管护。"),
        ("(一)着力保护生态", "大力提升造林质量。栽植油松12万株,完成抚育3000亩。"),
    ],
)
def test_a_glued_line_parts_heading_and_text(heading: str, text: str) -> None:
    assert pieces(heading + text)[:1] == [heading]
    assert "".join(pieces(heading + text)) == heading + text


@pytest.mark.parametrize(
    "text",
    [
        "1.推进学校建设项目进度。加快施工进度,年内投入使用。",
        "2.加强教育教学管理。继续坚持质量监测。",
        "(三)切实落实“两个毫不动摇”。深化改革,提高竞争力。",
        "(二)以优质均衡为目标,实施三年行动,全部消除大班额。",
        "(三)实施质量提升工程,促进内涵式发展",
        "(四)加快林区全面绿色转型。清退石场6处,复绿900亩。",
        "(七)扩大高水平管护,林长制体系更加严密。新聘护林员46人。",
        "第十六条 各级管护机构按照管理权限管护本辖区内的林地,按照规定上报。",
        "四、在认真排查的基础上深入开展整治,清理杂物,新修围栏26处,补种树苗。",
    ],
)
def test_a_heading_with_an_end_of_its_own_stays_whole(text: str) -> None:
    assert pieces(text) == [text]


def test_places_are_not_guessed_without_reason() -> None:
    assert glued("1.加强学校建设工作。", 2) is None
    assert parted("1.加强学校建设工作。", 2) is None


def test_headings_behind_a_lost_full_stop_are_found() -> None:
    text = "(一)抓体育。1.抓设施建设。建成场馆三座,促进发展2.抓群众体育。办好运动会。"
    assert pieces(text)[1:] == [
        "1.抓设施建设。建成场馆三座,促进发展",
        "2.抓群众体育。办好运动会。",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "学习希沃白板5、录播教室的使用。学习十九届二、三四中全会精神。",
        "坚持统一、规范的要求。发放第一、第二批物资。占比为9.5%。",
        "全年投入2.0万元,建成版本3.15的系统。",
        "参加高二(三)班的活动,学习第五条第(二)项。",
    ],
)
def test_false_headings_in_a_long_text_are_refused(text: str) -> None:
    assert pieces(text) == [text]


def test_a_list_in_one_sentence_is_not_cut() -> None:
    text = "二、存在不足1、用地受限;2、发展滞后;3、师资紧缺。"
    assert pieces(text) == ["二、存在不足", "1、用地受限;2、发展滞后;3、师资紧缺。"]


def test_a_well_formed_paragraph_is_left_whole() -> None:
    text = "1.抓好防火。一是巡查。二是宣传。三是演练。" + BODY
    assert pieces(text, is_glued=False) == [text]


def test_the_next_number_of_a_line_that_lost_its_break_is_cut_off() -> None:
    text = "六、各站能够坚持巡查。七、对重点林区进行看守。"
    assert pieces(text, is_glued=False) == ["六、各站能够坚持巡查。", "七、对重点林区进行看守。"]
    masked = "3.推进造林。完成任务。x.强化管护。落实责任。"
    assert pieces(masked, is_glued=False) == ["3.推进造林。完成任务。", "x.强化管护。落实责任。"]


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        # The text takes up the heading's words.
        (
            "(三)整治育人环境，加强校园安全管理",
            "校园安全无小事，镇里和学校把每天的巡查都记在册子上，人人有责。",
        ),
        # Words that no heading holds inside it.
        (
            "(四)提高外来子女就读比例",
            "今年上半年，我市各公办学校都多收了一批外来务工人员的孩子，一个不落。",
        ),
        (
            "(三)完善助学办法，让困难学生安心就学",
            "目前，我市从幼儿到大学都有了助学的办法，应助尽助。",
        ),
        ("〔二〕注重统筹谋划，各类教育协调发展", "第一个是办好幼儿园。"),
        # A year opens the text, though 一是 comes further on.
        ("三、存在的问题", "20xx年，工作虽有起色，但也有不足：一是人手少，二是经费缺。"),
        ("一、主要职能", "落实上级关于职业教育的部署，协调解决重大问题，研究拟订政策。"),
    ],
)
def test_a_glued_heading_ends_where_the_text_opens(heading: str, text: str) -> None:
    mark = leading(heading)
    assert mark is not None
    glue = heading + text
    at = glued(glue, mark.end) or parted(glue, mark.end)
    assert glue[:at] == heading


@pytest.mark.parametrize(
    "text",
    [
        "(一)学校今年以来共招聘教师三十名，培训两百人次。",
        "1.我县教育目前正处在由大到强的关键时期，任务很重。",
    ],
)
def test_a_numbered_sentence_is_not_cut_at_words_of_time(text: str) -> None:
    mark = leading(text)
    assert mark is not None
    assert glued(text, mark.end) is None


# What is no heading, and headings without a sign behind their number


@pytest.mark.parametrize(
    "entries",
    [
        ("目录", "一、工作目标", "二、保障措施"),
        ("目次：", "序言", "一、工作目标 1", "二、保障措施 (4)", "三、组织领导 11"),
        ("目 录", "一、工作目标……3", "二、保障措施……12"),
        ("一、工作目标", "二、保障措施", "三、组织领导"),
    ],
)
def test_a_list_of_contents_is_no_headings(entries: tuple[str, ...]) -> None:
    texts = ("序言", LONG, "一、工作目标", LONG, "二、保障措施", LONG, "三、组织领导", LONG)
    found = read(*entries, *texts)
    assert [p.form for p in found[: len(entries)]] == [Form.BODY] * len(entries)
    assert [p.heading_path for p in found[: len(entries)]] == [()] * len(entries)
    assert [p.heading_path for p in found[-2:]] == [("三、组织领导",)] * 2
    assert found[len(entries) + 1].heading_path in ((), ("序言",))


def test_contents_are_known_by_their_beginnings_and_repeated_names_are_none() -> None:
    texts = (
        "目录",
        "一、抓好防火宣传",
        "二、抓好造林绿化",
        "一、抓好防火宣传。" + LONG,
        "二、抓好造林绿化。" + LONG,
    )
    assert paths(*texts)[:3] == [()] * 3
    assert paths(*texts)[-1] == ("二、抓好造林绿化。",)
    names = ("东山站", "西山站", "南山站")
    assert (
        paths("一、先进单位", *names, "二、达标单位", *names, LONG)[1:4] == [("一、先进单位",)] * 3
    )


@pytest.mark.parametrize("caption", ["表1 苗木分布", "图2-1 管护站", "附表三：验收", "单位：亩"])
def test_captions_are_no_headings(caption: str) -> None:
    assert forms(BODY, caption, LONG) == "bbb"
    assert [p.form for p in structure([Line(BODY), Line(caption, "h3"), Line(LONG)])][
        1
    ] is Form.BODY


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (("（九）林下经济，是指在林地发展的种植养殖。", LONG, "（十）碳汇"), "bbh"),
        (("第一部分正文。", LONG), "bb"),
        (("第三章规定的面积，应当由管护站核定。", LONG), "bb"),
        (("林场有几处：", "①三处", "②四处", "③五处", LONG), "bbbbb"),
        (("东岭县林业局", LONG, "东林发〔2022〕3号", LONG), "bbbb"),
        (("一、将第六条的“六元”修改为“五元”。", "二、删去第八条。", "本决定即日起施行。"), "bbb"),
        (
            ("一、每站限报2人，时间不超过3天。", "二、3月5日前报县局2楼。", "某局", "2021年5月6日"),
            "bbcc",
        ),
        (("一、要求", "1.认真核对每一块林地的面积和权属并按时上报结果。", "二、期限"), "hbh"),
    ],
)
def test_sentences_and_options_are_no_headings(texts: tuple[str, ...], wanted: str) -> None:
    assert forms(*texts) == wanted


def test_a_long_sentence_is_in_no_path() -> None:
    texts = ("一、要求", "1.认真核对每一块林地的面积和权属，并按时上报结果。", "2.按期验收。", BODY)
    assert paths(*texts)[1] == ("一、要求",)
    assert paths(*texts)[-1] == ("一、要求", "2.按期验收。")


def test_numbers_without_a_sign_are_headings_where_they_count_on() -> None:
    padded = ("01综合", LONG, "02农业", LONG, "表1 面积", LONG, "11文化", LONG)
    assert [p.heading_path for p in read(*padded)][2:] == [
        *[("02农业",)] * 4,
        *[("11文化",)] * 2,
    ]
    plain = ("一、规划", "1目标任务", LONG, "2经济发展", LONG, "3生态保护", LONG)
    assert [p.heading_path for p in read(*plain)][-1] == ("一、规划", "3生态保护")
    assert paths("1目标任务", LONG, "4经济发展", LONG)[-1] == ("4经济发展",)
    assert section_of(("02农业",)) == "农业"
    assert section_of(("5.2.1 页边尺寸",)) == "页边尺寸"
