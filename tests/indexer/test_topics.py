"""Topics, parts and kinds: by words, headings and titles, on texts of our own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import SourceError
from archive.model import Form
from indexer.page import DraftArticle, DraftParagraph
from indexer.pipeline import read_source
from indexer.topics import Tags, tag_article, topics_of
from indexer.topics.kinds import kind
from indexer.topics.taxonomy import Taxonomy, load_taxonomy
from tests.fixtures.digests import paragraph_digest

HERE = Path(__file__).parent.parent
EDUCATION = {
    "学前教育": "新建公办幼儿园3所，普惠性幼儿园覆盖率提高。",
    "义务教育": "巩固义务教育均衡发展成果，消除大班额。",
    "高中教育": "今年高考本科上线率再创新高，普通高中办学有特色。",
    "职业教育": "深化产教融合、校企合作，中职学校建成实训基地。",
    "特殊教育": "残疾儿童随班就读、送教上门，特殊教育学校扩建。",
    "民办教育与校外培训": "对校外培训机构开展年检，规范民办学校办学。",
    "社区与老年教育": "办好老年大学，开展社区教育和终身学习活动。",
    "德育与思政": "上好思政课，抓好德育，开展主题班会。",
    "教学质量与课程改革": "抓课堂教学，推进课程改革，集体备课成常态。",
    "教师队伍": "招聘教师50名，开展骨干教师培训和交流轮岗。",
    "师德师风": "签订师德承诺书，查处有偿补课，评选师德标兵。",
    "招生考试": "中考考务平稳，招生录取公开，考场监控全覆盖。",
    "资助与控辍保学": "发放助学金，资助贫困生，控辍保学劝返到位。",
    "学校建设与布局": "新建教学楼两栋，校舍改扩建，布局调整到位。",
    "教育信息化": "建成智慧校园，班班通全覆盖，教育信息化提速。",
    "体育卫生艺术": "大课间丰富多彩，校园足球、合唱、美育齐抓。",
    "校园安全": "开展防溺水教育，整治校园周边，校车管理到位。",
    "疫情防控": "核酸检测应检尽检，疫情防控措施落实。",
    "信访维稳": "受理来信来访，化解信访积案，做好维稳。",
    "督导评估": "责任督学挂牌督导，教育督导结果通报。",
    "党的建设": "党支部落实三会一课，发展党员，过好主题党日。",
    "党风廉政": "落实中央八项规定，开展警示教育，推进党风廉政建设。",
    "意识形态": "落实意识形态工作责任制，加强舆情引导和阵地管理。",
    "关心下一代": "关工委组织五老开展关心下一代工作。",
    "家庭教育": "办好家长学校，开展家庭教育讲座。",
    "妇女儿童": "维护妇女儿童权益，妇联开展巾帼活动。",
    "经费与项目": "教育经费足额拨付，生均公用经费达标，预算执行严格。",
}
OTHERS = {
    "乡村振兴与帮扶": "推进乡村振兴，健全防返贫监测帮扶机制，选派第一书记。",
    "公共卫生": "基本公共卫生服务达标，建立健康档案，抓好慢病管理。",
    "安全生产": "抓好安全生产，排查危化品和工贸企业事故隐患。",
    "招商引资": "招商引资成效明显，组队外出招商，签约项目12个。",
    "政务公开": "推进政务公开，主动公开政府信息，做好依申请公开。",
    "社会救助": "低保应保尽保，临时救助及时，特困供养到位。",
}


def topic_of(
    text: str, path: tuple[str, ...], title: str, taxonomy: Taxonomy | None = None
) -> str | None:
    """The surer topic of a paragraph."""
    return next(iter(topics_of(text, path, title, taxonomy)), None)


@pytest.mark.parametrize(("topic", "text"), [*EDUCATION.items(), *OTHERS.items()])
def test_a_paragraph_has_the_topic_of_its_words(topic: str, text: str) -> None:
    assert topic_of(text, (), "") == topic


def test_the_taxonomy_holds_all_topics_of_education() -> None:
    assert len(EDUCATION) == 27
    assert set(EDUCATION) | set(OTHERS) <= set(load_taxonomy().names)


def test_what_no_word_speaks_for_has_no_topic() -> None:
    assert topic_of("现将有关情况汇报如下。", (), "") is None
    assert topic_of("", (), "") is None


def test_a_paragraph_has_two_topics_at_most() -> None:
    assert set(topics_of("抓好学前教育和特殊教育。", (), "")) == {"学前教育", "特殊教育"}
    assert topics_of("抓好学前教育、特殊教育和职业教育。", (), "") == ()


def test_a_heading_decides_where_the_text_is_silent() -> None:
    assert topic_of("全年新增3所，投入200万元。", ("二、学前教育",), "") == "学前教育"


def test_the_innermost_heading_weighs_more_than_those_above() -> None:
    assert topic_of("抓得很实。", ("一、师德师风", "(一)家庭教育"), "") == "家庭教育"


def test_the_text_outweighs_the_title() -> None:
    assert topic_of("残疾儿童随班就读。", (), "学前教育工作总结") == "特殊教育"


def test_a_title_of_a_field_holds_back_the_topics_of_others() -> None:
    text = "请公安机关的同志到校开展法制教育和养成教育，预防犯罪。"
    assert topic_of(text, (), "教育局工作总结") == "德育与思政"
    assert topic_of(text, (), "公安局工作总结") == "治安与刑侦"


def test_the_title_of_a_single_text_gives_its_topic_where_nothing_else_does() -> None:
    line = draft("层层签订责任书，压实责任。").paragraphs
    assert tag_article(DraftArticle(None, line), "某县安全生产工作总结")[0].topics == ("安全生产",)
    compiled = tag_article(DraftArticle("安全生产工作总结篇一", line), "总结3篇")
    assert compiled[0].topics == ()


# ---- a file of the user's ------------------------------------------------------------------


def test_a_users_file_adds_topics_and_words(tmp_path: Path) -> None:
    extra = tmp_path / "own.toml"
    extra.write_text(
        '[[topic]]\nname = "气象"\nnames = ["人工增雨"]\n'
        '[[topic]]\nname = "学前教育"\nstrong = ["蒙氏班"]\nignore = ["幼儿园"]\n',
        encoding="utf-8",
    )
    taxonomy = load_taxonomy(extra)
    assert topic_of("实施人工增雨作业。", (), "", taxonomy) == "气象"
    assert topic_of("新开蒙氏班。", (), "", taxonomy) == "学前教育"
    assert topic_of("幼儿园。", (), "", taxonomy) is None
    assert topic_of("幼儿园。", (), "") == "学前教育"


@pytest.mark.parametrize(
    "text", ["[[topic]", '[[topic]]\nstrong = ["甲乙"]', '[[topic]]\nname = "甲"\nstrong = ["乙"]',
             '[[topic]]\nname = "甲"\nwords = ["甲乙"]'],
)  # fmt: skip
def test_a_users_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    extra = tmp_path / "bad.toml"
    extra.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.toml"):
        load_taxonomy(extra)


def test_a_users_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        load_taxonomy(tmp_path / "none.toml")


# ---- parts and kinds -------------------------------------------------------------------------


def draft(*lines: str, title: str | None = None) -> DraftArticle:
    """An article of these lines; a line that begins with # is a heading of level 1."""
    paragraphs: list[DraftParagraph] = []
    path: tuple[str, ...] = ()
    if title:
        paragraphs.append(DraftParagraph(title, Form.ARTICLE_TITLE))
    for line in lines:
        if line.startswith("#"):
            path = (line[1:],)
            paragraphs.append(DraftParagraph(line[1:], Form.HEADING, path))
        elif line.startswith("^"):
            paragraphs.append(DraftParagraph(line[1:], Form.BODY))
        else:
            paragraphs.append(DraftParagraph(line, Form.BODY, path))
    return DraftArticle(title, tuple(paragraphs))


SUMMARY = draft(
    "一年来，我局抓了三件事。现将工作总结如下：",
    "#一、基本情况",
    "全县有学校30所。",
    "#二、强化措施促提升",
    "抓落实。",
    "#三、特色亮点",
    "有特色。",
    "#四、存在的问题",
    "还有差距。",
    "#五、下一步打算",
    "抓提升。",
    "^成绩属于过去，我们将再接再厉。",
    title="某局工作总结篇一",
)


def test_a_summary_has_its_seven_parts() -> None:
    parts = [tags.part for tags in tag_article(SUMMARY, "工作总结3篇")]
    assert parts == [
        None, "导语", "基本情况", "基本情况", "主要做法与成效", "主要做法与成效",
        "特色亮点", "特色亮点", "存在问题", "存在问题", "下一步打算", "下一步打算", "结尾",
    ]  # fmt: skip


def test_the_innermost_heading_tells_the_part() -> None:
    path = ("三、存在问题和下一步打算", "(二)下一步打算")
    article = draft("同志们：", "#一、主要工作", "抓落实。")
    extended = DraftArticle(
        None,
        (
            *article.paragraphs,
            DraftParagraph("抓好三件事。", Form.BODY, path),
            DraftParagraph("1.抓学习。", Form.BODY, path),
        ),
    )
    assert tag_article(extended, "工作总结")[-1].part == "下一步打算"


def test_wording_tells_the_part_where_there_is_no_heading() -> None:
    lines = ("^甲。", "^乙。", "^丙。", "^工作中仍然存在一些不足。", "^下一步，抓好落实。", "^丁。")
    parts = [tags.part for tags in tag_article(draft(*lines), "工作总结")]
    assert parts[3:5] == ["存在问题", "下一步打算"]


def test_a_regulation_has_no_part_of_a_summary() -> None:
    lines = (
        "#第一章 总则",
        "第一条 为了加强管理，制定本条例。",
        "第二条 本条例适用于本市。",
        "第三条 略。",
    )
    parts = {tags.part for tags in tag_article(draft(*lines), "某市管理条例")}
    assert parts == {None}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("某局工作总结", "工作总结"),
        ("教育工作总结(实用14篇)", "工作总结"),
        ("教育工委工作总结篇十二", "工作总结"),
        ("精选意识形态工作总结简短一", "工作总结"),
        ("2022年工作要点", "工作要点"),
        ("关于印发《2022年工作要点》的通知", "通知"),
        ("关于做好年度工作总结的通知", "通知"),
        ("年度工作计划", "工作计划"),
        ("某市教育事业发展规划", "规划"),
        ("某县防溺水工作实施方案", "方案"),
        ("关于加强校园安全的意见", "意见"),
        ("某校长述职报告", "述职报告"),
        ("某省政府工作报告", "报告"),
        ("关于校园安全工作情况的汇报", "汇报"),
        ("在全市教育大会上的讲话", "讲话"),
        ("学习二十大精神心得体会", "心得体会"),
        ("关于调整学区的请示", "请示"),
        ("关于同意调整学区的批复", "批复"),
        ("关于商请支持的函", "函"),
        ("招聘教师公告", "公告"),
        ("某市燃气管理条例", "条例"),
        ("学生管理办法（试行）", "办法"),
        ("考场规则", "规定"),
        ("中华人民共和国档案法", "法律"),
        ("关于表彰先进的决定", "决定"),
    ],
)
def test_a_title_tells_the_kind(title: str, name: str) -> None:
    assert kind(title, None, []) == name


def test_an_articles_own_title_comes_before_its_pages() -> None:
    assert kind("工作总结汇编", "年度工作计划篇二", []) == "工作计划"


def test_the_opening_tells_the_kind_where_no_title_does() -> None:
    assert kind("材料", "【篇一】", ["同志们：", "现将工作情况汇报如下："]) == "汇报"
    assert kind("材料", None, ["甲。"]) is None


def test_tags_stand_for_each_paragraph() -> None:
    tags = tag_article(SUMMARY, "工作总结3篇")
    assert len(tags) == len(SUMMARY.paragraphs)
    assert {t.kind for t in tags} == {"工作总结"}
    assert tag_article(DraftArticle(None, ()), "") == ()
    assert Tags() == Tags((), (), None, None)


# ---- real texts --------------------------------------------------------------------------------


def test_labelled_paragraphs_of_real_texts(testdata: Callable[[str], Path]) -> None:
    labels = tomllib.loads((HERE / "data" / "topics.toml").read_text(encoding="utf-8"))["topics"]
    floor = tomllib.loads((HERE / "data" / "floors_dating.toml").read_text(encoding="utf-8"))[
        "topics"
    ]
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(testdata("seeds").iterdir()):
        for reading in read_source(path, path.name):
            for paragraph in reading.paragraphs:
                found.setdefault(paragraph_digest(paragraph.text), paragraph.topics)
    wrong = {d: (t, found.get(d)) for d, t in labels.items() if t not in found.get(d, ())}
    false = [pair for pair in wrong.values() if pair[1]]
    assert len(labels) == floor["paragraphs"]
    assert len(labels) - len(wrong) >= floor["right"], wrong
    assert len(false) <= floor["false"], false


def test_what_a_longer_word_holds_by_accident_speaks_for_no_topic() -> None:
    office = "由县级以上人民政府组织测量，并报上一级人民政府备案，人民政府应当公布。"
    assert topic_of(office, (), "") is None
    assert topic_of("民政局发放低保金。", (), "") == "社会救助"
    assert topic_of("依照法律、行政法规的规定，行政法规另有规定的除外。", (), "") is None
    # The last character of such a word may begin another that speaks.
    assert topic_of("提高职业教育水平。", (), "") == "职业教育"


def test_words_of_every_office_speak_of_schools_only_where_a_school_is_spoken_of() -> None:
    text = "加强安全管理，排查安全隐患，落实安全责任。"
    assert topic_of(text, (), "商场消防检查通报") == "安全生产"
    assert topic_of(text, ("三、校园安全",), "") == "校园安全"
    assert topic_of(text, (), "教育局工作总结") == "校园安全"


def test_what_a_long_paragraph_names_once_is_not_its_topic() -> None:
    rest = "今年以来，全县上下攻坚克难，各项事业都有了新的起色，群众的日子一天比一天好。" * 8
    once = "要办好养老服务。"
    assert topic_of(once, (), "") == "养老服务"
    assert topic_of(rest + once, (), "") is None


def test_tasks_behind_a_review_are_plans_and_nothing_is_work_done_behind_them() -> None:
    report = draft(
        "各位代表：",
        "#一、2024年工作回顾",
        "修路百里。",
        "我们也清醒地认识到，发展中还有不少困难和不足。",
        "#二、2025年主要任务",
        "今年要修桥三座。",
        "#三、建设人民满意的政府",
        "说到做到。",
        "^让我们一起努力！",
    )
    assert [tags.part for tags in tag_article(report, "2025年政府工作报告")] == [
        "导语", "主要做法与成效", "主要做法与成效", "存在问题", "下一步打算", "下一步打算",
        None, None, "结尾",
    ]  # fmt: skip


def test_a_paragraph_that_announces_gives_its_part_to_the_headings_behind_it() -> None:
    summary = draft(
        "一年来我镇做了不少事。",
        "#1、修好了路。",
        "^成绩是有的，但还有一些问题没有解决，主要是：",
        "#1、经费不足。",
        "^20xx年下半年，我们要做好下面几件事：",
        "#1、筹钱。",
        "^20xx年工作计划。",
        "#一、修桥",
        "桥要结实。",
    )
    assert [tags.part for tags in tag_article(summary, "某镇工作总结")] == [
        "导语", "主要做法与成效", "存在问题", "存在问题", "下一步打算", "下一步打算",
        "下一步打算", "下一步打算", "下一步打算",
    ]  # fmt: skip


def test_the_aims_of_a_text_are_no_work_done() -> None:
    plan = draft("#一、指导思想", "求真务实。", "#二、学习指导思想见成效", "学了就用。")
    assert [tags.part for tags in tag_article(plan, "某局工作总结")] == [
        None, None, "主要做法与成效", "主要做法与成效",
    ]  # fmt: skip


def test_figures_under_a_heading_of_its_own_are_no_overview() -> None:
    article = draft("#一、关爱留守儿童", "全市现有留守儿童2万名，都有人管。", "#二、其他", "甲。")
    assert tag_article(article, "某局工作总结")[1].part == "主要做法与成效"


def test_measures_named_in_passing_are_no_work_done() -> None:
    law = draft("#（一）阻碍调查措施实施的", "#二、主要措施", "抓落实。")
    parts = [tags.part for tags in tag_article(law, "某办法")]
    assert parts == [None, None, None]
    parts = [tags.part for tags in tag_article(law, "某局工作总结")]
    assert parts == ["主要做法与成效"] * 3


def test_rows_addressees_and_signatures_have_neither_topic_nor_part() -> None:
    framed = (
        ("各幼儿园、学前教育中心：", Form.OPENING),
        ("普惠性幼儿园\t学前教育\t幼儿园3所", Form.ROW),
        ("东岭县学前教育办公室", Form.CLOSING),
    )
    texts = ("新建公办幼儿园3所，普惠性幼儿园覆盖率达90%。", "让我们为办好学前教育而努力奋斗！")
    drafts = [DraftParagraph(text, form) for text, form in framed]
    drafts[1:1] = [DraftParagraph(text, Form.BODY) for text in (*texts[:1] * 4, texts[1])]
    tags = tag_article(DraftArticle(None, tuple(drafts)), "学前教育工作总结")
    told = [(tag.topics, tag.part) for tag in tags]
    assert told[0] == told[-1] == told[-2] == ((), None)
    assert told[1][0] == ("学前教育",)
    # The last running paragraph ends the text, whatever is printed below it.
    assert told[5][1] == "结尾"
    assert {tag.kind for tag in tags} == {"工作总结"}


def test_a_users_file_adds_kinds_and_parts(tmp_path: Path) -> None:
    extra = tmp_path / "own.toml"
    extra.write_text(
        '[[kind]]\nname = "督查专报"\nends = ["专报"]\nalso = ["督办件"]\n'
        '[[part]]\nname = "请求事项"\nheading = "需要领导出面"\n',
        encoding="utf-8",
    )
    taxonomy = load_taxonomy(extra)
    article = draft("#一、需要领导出面的事", "协调用地。")
    (first, _) = tag_article(article, "某县督查专报", taxonomy)
    assert (first.kind, first.part) == ("督查专报", "请求事项")
    assert tag_article(article, "某县工作", taxonomy, "督办件")[0].kind == "督查专报"
    assert tag_article(article, "某县督查专报")[0].kind == "简报"


@pytest.mark.parametrize("text", ["[[kind]]\nends = ['x']", "[[kind]]\nname = 'a'\nfirst = '('",
                                  "[[part]]\nheading = 'x'", "[[family]]\nname = 'x'\nbad = 1"],
)  # fmt: skip
def test_kinds_and_parts_of_another_shape_are_refused(tmp_path: Path, text: str) -> None:
    extra = tmp_path / "bad.toml"
    extra.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"bad\.toml"):
        load_taxonomy(extra)
