"""Articles of a page: titles in all their spellings, one-line compilations, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.model import Form
from indexer.page import DraftArticle, LabelledBlock, LabelledPage, Page, PageBlock
from indexer.structure.articles import split

BODY = "我们按照年初确定的目标,扎实推进各项工作,取得了较好的成绩。"


def page_of(blocks: Sequence[LabelledBlock], title: str = "") -> LabelledPage:
    return LabelledPage(Page("a.txt", tuple(b.source for b in blocks)), tuple(blocks), title)


def split_lines(*lines: str, title: str = "") -> tuple[DraftArticle, ...]:
    return split(page_of([LabelledBlock(PageBlock(line), line) for line in lines], title))


def titles(*lines: str, title: str = "") -> list[str | None]:
    return [article.title for article in split_lines(*lines, title=title)]


def test_a_single_text_is_one_article_without_title() -> None:
    (article,) = split_lines("一、基本情况", BODY)
    assert article.title is None
    assert [p.form for p in article.paragraphs] == [Form.HEADING, Form.BODY]


def test_a_page_with_nothing_kept_has_no_article() -> None:
    dropped = LabelledBlock(PageBlock("下载本文档"), "下载本文档", rule="button")
    assert split(page_of([dropped])) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("林业站工作总结篇一", "林业站工作总结篇二"),
        ("林业站工作总结范文篇1", "林业站工作总结范文篇2"),
        ("【篇一】", "【篇二】"),
        ("【第1篇】林业站工作总结", "【第2篇】水利站工作总结"),
        ("精选林业站工作总结简短一", "精选林业站工作总结简短二"),
        ("第一篇：林业站工作总结", "第二篇：水利站工作总结"),
        ("第一篇 林业站工作总结", "第二篇 水利站工作总结"),
        ("述职报告篇一：林业站站长述职报告", "述职报告篇二：水利站站长述职报告"),
        ("林业站工作总结1", "林业站工作总结2"),
        ("林业站工作总结(一)", "林业站工作总结(二)"),
        ("林业站工作总结（1）", "林业站工作总结（2）"),
        ("范文一", "范文二"),
        ("篇一：林业站工作总结", "篇二：水利站工作总结"),
    ],
)
def test_titles_of_a_compilation_begin_articles(first: str, second: str) -> None:
    articles = split_lines(first, BODY, second, BODY)
    assert [article.title for article in articles] == [first, second]
    for article in articles:
        assert article.paragraphs[0].form is Form.ARTICLE_TITLE
        assert article.paragraphs[0].heading_path == ()
        assert [p.form for p in article.paragraphs[1:]] == [Form.BODY]


def test_figures_at_the_end_of_lines_that_do_not_count_on_are_no_titles() -> None:
    assert titles("林业站工作总结1", BODY, "水利站工作计划3", BODY) == [None]
    assert titles("责任分解表1", "责任分解表2", BODY) == [None]


def test_a_figure_in_a_sentence_is_no_title() -> None:
    assert titles("本站共收到征文第一篇。", BODY, "本站共收到征文第二篇。", BODY) == [None]


def test_what_precedes_the_first_title_is_an_article_without_title() -> None:
    assert titles(BODY, "林业站工作总结篇一", BODY) == [None, "林业站工作总结篇一"]


def test_the_compilation_s_own_title_is_kept_as_a_fragment_of_the_first() -> None:
    line = "林业站工作总结2篇【篇一】今年以来," + BODY + "【篇二】近年来," + BODY
    articles = split_lines(line, title="林业站工作总结2篇")
    assert [article.title for article in articles] == ["【篇一】", "【篇二】"]
    assert articles[0].paragraphs[0].cut == ("林业站工作总结2篇",)
    assert articles[0].paragraphs[1].text == "今年以来," + BODY


def test_the_title_printed_over_a_single_text_is_a_paragraph() -> None:
    (article,) = split_lines("林业站年度总结", BODY, title="林业站年度总结")
    assert article.title is None
    assert article.paragraphs[0].form is Form.ARTICLE_TITLE


def test_a_one_line_compilation_is_cut_like_a_well_formed_one() -> None:
    first = [
        "【篇一】",
        "2021年,全站干部职工同心协力。现将有关情况汇报如下:",
        "一、2021年工作总结",
        "(一)加强造林绿化,改善生态环境",
        "1.推进3个苗圃建设。东山苗圃已经建成,占地3.5亩。",
        "2.抓好森林防火。配备风力灭火机5、对讲机等设备。",
        "(二)加强执法,保护森林资源",
        "按照《森林防火条例》要求,开展巡查。学习十九届二、三四中全会精神。",
        "二、2022年工作思路",
        "一是抓好造林。完成任务。",
        "二是抓好防火。落实责任。",
    ]
    second = [
        "【篇二】",
        "今年以来,全站工作有序开展。",
        "1、抓宣传。发放资料。",
        "2、抓落实。责任到人。",
    ]
    glued = split_lines("".join([*first, *second]))
    apart = split_lines(*first, *second)
    assert [[p.text for p in a.paragraphs] for a in glued] == [first, second]
    assert glued == apart


def test_titles_without_brackets_are_found_inside_a_long_line() -> None:
    pieces = [f"护林员工作总结篇{figure}{BODY * 30}" for figure in "一二三"]
    articles = split_lines("".join(pieces))
    assert [a.title for a in articles] == [f"护林员工作总结篇{figure}" for figure in "一二三"]
    ordinals = [f"第{figure}篇:{BODY * 30}" for figure in "一二"]
    assert [a.title for a in split_lines("".join(ordinals))] == ["第一篇:", "第二篇:"]


def test_what_a_notice_sends_is_an_article_of_its_own() -> None:
    articles = split_lines(
        "各护林站：",
        "现将《2022年造林工作要点》印发给你们,请认真执行。",
        "某县林业局",
        "2022年3月15日",
        "2022年造林工作要点",
        "一、抓好苗木",
        BODY,
    )
    assert [a.title for a in articles] == [None, "2022年造林工作要点"]
    assert [p.heading_path for p in articles[0].paragraphs] == [()] * 4
    assert articles[1].paragraphs[2].heading_path == ("一、抓好苗木",)


def test_lines_broken_inside_a_sentence_are_joined() -> None:
    (article,) = split_lines(
        "全站在考核中名列第", "二,受到表彰。", "我们坚持以人为本、", "服务群众。"
    )
    assert [p.text for p in article.paragraphs] == [
        "全站在考核中名列第",
        "二,受到表彰。",
        "我们坚持以人为本、服务群众。",
    ]
    long = "在全县年终统一考核中我站的综合排名又一次位居同类单位的前列并且名列第"
    (article,) = split_lines(long, "二,受到了表彰。")
    assert [p.text for p in article.paragraphs] == [long + "二,受到了表彰。"]


def test_a_number_alone_on_its_line_joins_what_it_heads() -> None:
    (article,) = split_lines("一、", "基本情况", BODY)
    assert [p.text for p in article.paragraphs] == ["一、基本情况", BODY]


def test_halves_around_a_dropped_block_are_joined() -> None:
    halves = ("我们全年建成防火道120公里，组建护林队伍", "37支，发放器材260套。")
    blocks = [
        LabelledBlock(PageBlock(halves[0]), halves[0]),
        LabelledBlock(PageBlock("点击下载"), "点击下载", rule="button"),
        LabelledBlock(PageBlock(halves[1]), halves[1]),
    ]
    (article,) = split(page_of(blocks))
    assert [p.text for p in article.paragraphs] == ["".join(halves)]


def test_a_heading_before_a_dropped_block_stays_alone() -> None:
    blocks = [
        LabelledBlock(PageBlock("一、强化责任，抓好落实"), "一、强化责任，抓好落实"),
        LabelledBlock(PageBlock("点击下载"), "点击下载", rule="button"),
        LabelledBlock(PageBlock(BODY), BODY),
    ]
    (article,) = split(page_of(blocks))
    assert [p.text for p in article.paragraphs] == ["一、强化责任，抓好落实", BODY]


def test_greetings_signatures_and_dates_stay_paragraphs_of_their_own() -> None:
    (article,) = split_lines("同志们：", "一、抓好防火。" + BODY, "某县林业局", "2021年5月6日")
    assert [p.text for p in article.paragraphs][-2:] == ["某县林业局", "2021年5月6日"]
    assert [p.heading_path for p in article.paragraphs] == [(), ("一、抓好防火。",), (), ()]


@pytest.mark.parametrize("listed", ["附件：阅读活动实施方案", "附件：1.阅读活动实施方案"])
def test_an_annex_named_below_a_notice_is_an_article(listed: str) -> None:
    lines = (
        "各学校：",
        BODY,
        listed,
        "某县教育局",
        "2021年5月6日",
        "附件",
        "阅读活动实施方案",
        BODY,
    )
    notice, annex = split_lines(*lines)
    assert (notice.title, annex.title) == (None, "阅读活动实施方案")
    assert len(annex.paragraphs) == 2


@pytest.mark.parametrize("above", ["附件", "附："])
def test_an_annex_s_title_on_two_lines_is_whole(above: str) -> None:
    listed = "附件：1.阅读活动实施方案及评分办法"
    title = ("阅读活动实施方案", "及评分办法")
    notice, annex = split_lines(BODY, listed, "某县教育局", "2021年5月6日", above, *title, BODY)
    assert (annex.title, annex.attached, notice.attached) == ("".join(title), True, False)
    assert [p.text for p in annex.paragraphs] == ["".join(title), BODY]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("附件1", "东岭县造林绿化", "实施方案"), "东岭县造林绿化实施方案"),
        (("附件", "造林任务分解表", "一、任务"), "造林任务分解表"),
        (("附件2：苗木调拨清单",), "附件2：苗木调拨清单"),
        (("附件一", "一、任务"), "附件一"),
        (("附件2", "名单"), "名单"),
    ],
)
def test_the_word_for_an_annex_opens_an_article(lines: tuple[str, ...], title: str) -> None:
    notice = ("各乡镇：", BODY, "某县林业局", "2021年5月6日")
    articles = split_lines(*notice, *lines, BODY)
    assert [(a.title, a.attached) for a in articles] == [(None, False), (title, True)]
    assert Form.BODY not in [p.form for p in articles[0].paragraphs[2:]]


def test_an_annex_that_is_a_table_bears_its_word_as_title() -> None:
    rows = [LabelledBlock(PageBlock(text, "tr"), text) for text in ("乡镇\t面积", "东山乡\t120")]
    lines = ["各乡镇：", BODY, "某县林业局", "2021年5月6日", "附件1"]
    blocks = [LabelledBlock(PageBlock(line), line) for line in lines]
    _, annex = split(page_of([*blocks, *rows]))
    assert annex.title == "附件1"
    assert [p.form for p in annex.paragraphs[1:]] == [Form.ROW] * 2


def test_a_list_of_annexes_below_the_date_opens_none() -> None:
    notice = ("各乡镇：", BODY, "某县林业局", "2021年5月6日")
    assert titles(*notice, "附件：", "造林方案", "某县林业局", "2021年5月6日") == [None]
    assert titles(*notice, "附件：1.造林方案", "2.验收表") == [None]
    assert titles(*notice, "附件：造林方案") == [None]


def test_each_regulation_that_a_notice_sends_is_an_article() -> None:
    articles = split_lines(
        "各管护站：",
        "现将《林木管护办法》《苗圃管理规定》印发给你们，请遵照执行。",
        "某县林业局",
        "2021年5月6日",
        "林木管护办法",
        *(f"第{figure}条 管护站负责巡查。" for figure in "一二三四"),
        "苗圃管理",
        "规定",
        "第一条 苗圃实行登记。",
    )
    assert [a.title for a in articles] == [None, "林木管护办法", "苗圃管理规定"]
    assert [a.attached for a in articles] == [False, True, True]


def test_further_documents_behind_a_signature_are_articles() -> None:
    articles = split_lines(
        "某县林业局关于表彰护林员的决定",
        "各护林站：",
        BODY,
        "某县林业局",
        "2021年5月6日",
        "某县林业局关于公布古树名录的通知",
        "某林发〔2021〕4号",
        "各护林站：",
        BODY,
    )
    assert [a.title for a in articles] == [None, "某县林业局关于公布古树名录的通知"]
    assert not articles[1].attached
    assert [p.form.value for p in articles[1].paragraphs] == [
        "article_title",
        "opening",
        "opening",
        "body",
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            ("某县林业局文件", "某林发〔2021〕4号", "关于做好", "春季造林的通知"),
            "关于做好春季造林的通知",
        ),
        (("某林函〔2021〕4号", "某县林业局关于商请", "供苗的函"), "某县林业局关于商请供苗的函"),
        (("000012", "特急", "某林发〔2021〕4号　签发人：孙山", "关于防火的请示"), "关于防火的请示"),
        (
            ("某县林业局关于", "古树普查的通知", "（某林发〔2021〕4号）"),
            "某县林业局关于古树普查的通知",
        ),
    ],
)
@pytest.mark.parametrize(
    "above", [("第一条 管护站负责巡查。",), (BODY, "某县林业局", "2021年5月6日")]
)
def test_a_number_with_title_and_addressee_opens_an_article(
    head: tuple[str, ...], title: str, above: tuple[str, ...]
) -> None:
    articles = split_lines("各管护站：", *above, *head, "各护林站：", BODY)
    assert [a.title for a in articles] == [None, title]
    texts = "".join(p.text for p in articles[1].paragraphs)
    assert texts == "".join((*head, "各护林站：", BODY))


def test_an_order_opens_an_article_of_a_compilation() -> None:
    first = ("某县人民政府关于防火的通知", "某政发〔2021〕4号", "各乡镇：", BODY, "2021年5月6日")
    order = ("某县人民政府令", "第5号", "《防火办法》已经会议通过，现予公布。", "县长 孙山")
    sent = ("2021年6月1日", "防火办法", "第一条 为了防火，制定本办法。")
    articles = split_lines(*first, *order, *sent)
    assert [a.title for a in articles] == [None, "某县人民政府令", "防火办法"]
    assert [a.attached for a in articles] == [False, False, True]
    # A serial number elsewhere begins nothing.
    assert titles(*first, "专题讲座", "第5期", BODY) == [None]


@pytest.mark.parametrize(
    "lines",
    [
        ("原文摘录如下：", "某林发〔2021〕4号", "关于防火的通知", "各护林站："),
        ("某林发〔2021〕4号", "第二条 文件编号如上。"),
        ("某林发〔2021〕4号", "各护林站："),
    ],
)
def test_a_number_alone_opens_no_article(lines: tuple[str, ...]) -> None:
    assert titles("各管护站：", BODY, *lines, BODY) == [None]


def test_a_text_sent_behind_a_date_in_a_table_is_an_article() -> None:
    signed = PageBlock("某县林业局\t2021年5月6日", tag="tr")
    texts = ("各管护站：", "现将《林木管护办法》印发给你们，请遵照执行。")
    blocks = [*map(PageBlock, texts), signed, PageBlock("林木管护办法"), PageBlock(BODY)]
    articles = split(page_of([LabelledBlock(block, block.text) for block in blocks]))
    assert [a.title for a in articles] == [None, "林木管护办法"]


@pytest.mark.parametrize("reply", ["回复 点赞 ", "回复 举报 ", "楼主 点赞", "评论"])
def test_what_a_forum_prints_with_each_reply_is_no_title(reply: str) -> None:
    lines = [line for n in (1, 2, 3) for line in (f"{reply}{n}", BODY)]
    assert titles("造林问答", *lines) == [None]


def test_counters_set_into_a_sentence_are_cut_out_and_recorded() -> None:
    (article,) = split_lines("我们努力为干部职工营建良好 2、干事创业环境,成效明显。")
    (paragraph,) = article.paragraphs
    assert paragraph.text == "我们努力为干部职工营建良好干事创业环境,成效明显。"
    assert paragraph.cut == ("2、",)


def test_fragments_cut_earlier_stay_with_their_paragraph() -> None:
    block = LabelledBlock(PageBlock(BODY + "广告"), BODY, cut=("广告",))
    (article,) = split(page_of([block]))
    assert article.paragraphs[0].cut == ("广告",)


# Pieces that the rules look at, so that random pages meet them.
NUMBERS = "一、|二、|(一)|（二）|1.|2、|(1)|①|x.|第一章|第三条|一是|二是|——| 2、|。一、"
MARKS = "。|,|，|；|：|:|、|(|)|“|”|《|》| "
TITLES = "【篇一】|【篇二】|篇一|篇二|第一篇：|第二篇：|工作总结|2021年|2021年5月6日|3.15|同志们："
WORDS = f"按照|完成|不断提高|我局|综上所述|而努力奋斗|附件：|20xx|工作|问题|12345|甲|乙|abc|{BODY}"
PIECES = st.sampled_from("|".join([NUMBERS, MARKS, TITLES, WORDS]).split("|"))
LINES = st.lists(
    st.tuples(
        st.lists(PIECES, min_size=1, max_size=30).map("".join).filter(str.strip),
        st.sampled_from(["p", "p", "p", "h2", "li"]),
        st.booleans(),
        st.sampled_from([(), (), ("广告",)]),
    ),
    max_size=8,
)


def characters(texts: Sequence[str]) -> Counter[str]:
    return Counter(c for text in texts for c in text if not c.isspace())


@given(LINES, st.integers(1, 60), st.sampled_from(["", "工作总结", "甲工作总结2篇"]))
@example([("【篇一】甲【篇二】乙", "p", True, ())], 40, "")
def test_every_kept_character_is_in_a_paragraph_or_recorded_as_cut(
    lines: list[tuple[str, str, bool, tuple[str, ...]]], repeat: int, title: str
) -> None:
    blocks = [
        LabelledBlock(PageBlock(t, tag), t.strip(), None if keep else "rule", cut)
        for t, tag, keep, cut in lines
    ]
    if blocks:
        grown = " ".join([blocks[0].text] * repeat)
        blocks[0] = LabelledBlock(blocks[0].source, grown, blocks[0].rule, blocks[0].cut)
    kept = [b for b in blocks if b.keep]
    paragraphs = [p for article in split(page_of(blocks, title)) for p in article.paragraphs]
    before = characters([b.text for b in kept] + [f for b in kept for f in b.cut])
    after = characters([p.text for p in paragraphs] + [f for p in paragraphs for f in p.cut])
    assert after == before
    assert all(p.text and p.text == p.text.strip() for p in paragraphs)
    text = "".join(c for b in kept for c in b.text if not c.isspace())
    assert is_subsequence("".join("".join(p.text.split()) for p in paragraphs), text)


def is_subsequence(part: str, whole: str) -> bool:
    """Whether the characters of `part` stand in `whole` in the same order."""
    rest = iter(whole)
    return all(c in rest for c in part)


@given(LINES)
def test_titles_are_the_first_paragraph_of_their_article_and_in_no_path(
    lines: list[tuple[str, str, bool, tuple[str, ...]]],
) -> None:
    blocks = [LabelledBlock(PageBlock(t, tag), t.strip()) for t, tag, _, _ in lines]
    for article in split(page_of(blocks)):
        first, *others = article.paragraphs
        if article.title is not None:
            assert (first.text, first.form) == (article.title, Form.ARTICLE_TITLE)
        assert all(p.form is not Form.ARTICLE_TITLE for p in others)
        assert first.form is not Form.ARTICLE_TITLE or first.heading_path == ()
        for paragraph in article.paragraphs:
            assert all(paragraph.heading_path)
            if paragraph.form is Form.HEADING:
                assert paragraph.heading_path[-1] == paragraph.text


@pytest.mark.parametrize(
    "line",
    [
        "1." * 4000,
        "统一、" * 4000,
        "(" * 20000,
        "一、抓好工作" * 3000,
        "篇一" * 6000,
        "甲 1、乙" * 3000,
    ],
    ids=["marks", "figures", "brackets", "headings", "titles", "counters"],
)
def test_a_long_line_of_signs_alone_is_split(line: str) -> None:
    # Where the work grew as the square of the length, this would not end.
    articles = split_lines(line * 4)
    assert sum(len(p.text) for article in articles for p in article.paragraphs)


OWNED = ("第一条 为了规范停车，制定本办法。", "第二条 本办法自公布之日起施行。")


@pytest.mark.parametrize(
    "opening",
    [
        ("云溪市停车办法", "(2016年8月4日云溪市人民政府令第22号公布 2020年修正)"),
        ("云溪市停车办法", "第一章 总则"),
        ("云溪市停车办法", "目 录", "第一章 总则", "第二章 附则", "第一章 总则"),
        ("云溪市停车办法(试行)",),
    ],
)
def test_a_further_regulation_is_an_article(opening: tuple[str, ...]) -> None:
    first = ("第一条 为了规范养犬，制定本办法。", "第二条 本办法自2010年5月1日起施行。")
    assert titles("云溪市养犬办法", *first, *opening, *OWNED) == ["云溪市养犬办法", opening[0]]
    above = ("(2010年3月1日通过)", *first)
    assert titles(*above, *opening, *OWNED, title="云溪市养犬办法") == [None, opening[0]]


def test_a_further_title_on_two_lines_is_whole() -> None:
    lines = (BODY, "云溪市人民代表大会", "常务委员会议事规则", "(2016年8月4日通过)", *OWNED)
    assert titles(*lines) == [None, "云溪市人民代表大会常务委员会议事规则"]


def test_no_row_is_of_a_further_title() -> None:
    lines = (BODY, "云溪市财政局", "云溪市停车办法", *OWNED)
    tags = ("p", "tr", "p", "p", "p")
    blocks = [
        LabelledBlock(PageBlock(line, tag=tag), line) for line, tag in zip(lines, tags, strict=True)
    ]
    first, second = split(page_of(blocks))
    assert (first.paragraphs[-1].text, second.title) == lines[1:3]


def test_a_regulation_that_the_text_names_goes_with_it() -> None:
    lines = ("各单位:", "现将《云溪市停车办法》印发给你们。", "云溪市停车办法", *OWNED)
    assert [article.attached for article in split_lines(*lines)] == [False, True]


@pytest.mark.parametrize(
    ("years", "stem"),
    [(("2020年", "2021年"), "工作总结"), (("2019年度", "2022年度"), "财政预算报告")],
)
def test_titles_that_differ_in_their_year_are_articles(years: tuple[str, str], stem: str) -> None:
    first, second = (f"云溪县水利局{year}{stem}" for year in years)
    assert titles(first, BODY, second, BODY) == [first, second]
    assert titles(BODY, second, BODY, title=first) == [None, second]


@pytest.mark.parametrize(
    "lines",
    [
        # A list of contents, a list of documents, parts of one text, a title that is quoted.
        ("云溪县水利局2020年工作总结", "云溪县水利局2021年工作总结", BODY),
        (BODY, "2020年工作情况", BODY, "2021年工作情况", BODY),
        (BODY, "云溪市停车办法", BODY),
        (BODY, "云溪市停车办法", "第三条 停车场应当公示收费标准。"),
    ],
)
def test_what_only_looks_like_a_further_title_opens_nothing(lines: tuple[str, ...]) -> None:
    assert titles(*lines) == [None]
