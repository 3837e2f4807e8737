"""Boilerplate: which blocks are boilerplate, by which rule, and what is cut out of sentences.

The pages are written here, in the shapes that site families serve; the quality on real
pages is measured in test_extraction_quality.py.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.extract import kept_text, label
from indexer.page import LabelledPage, Page, PageBlock
from indexer.readers.html.reader import parse_html

A = "全区教育系统坚持以学生发展为中心,深化课程改革,教学质量稳步提升,家长满意度明显提高。"
B = "县城新建幼儿园两所,乡镇中心校食堂全部完成改造,新增学位六百个,入园难问题得到缓解。"
C = "全年开展校园安全排查十二次,整改隐患四十余处,与家长签订安全责任书八千份,未发生事故。"
D = "下一步,我们将继续加强教师队伍建设,完善考核办法,把各项工作落到实处,见到成效。"
BODY = [A, B, C, D]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)


def text_page(*lines: str) -> LabelledPage:
    return label(Page("a.txt", tuple(PageBlock(line) for line in lines)))


def html_page(html: str) -> LabelledPage:
    return label(parse_html(html, "a.html"))


def kept(page: LabelledPage) -> list[str]:
    return kept_text(page).split("\n") if kept_text(page) else []


def rule_of(page: LabelledPage, text: str) -> str | None:
    return next(block.rule for block in page.blocks if text in block.source.text)


# ---- Lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("手机阅读", "line:button"),
        ("下载本文档", "line:download"),
        ("VIP免费下载", "line:download"),
        ("首页 | 政务公开 | 互动交流", "line:site"),
        ("打印 收藏 分享到:", "line:button"),
        ("格式:DOC 上传日期:2023-11-12 02:11:49 页码:13", "line:statement"),
        ("文档编号:7661744", "line:statement"),
        ("发布时间:2022-03-18 09:12 来源:基础教育科 浏览次数:568", "line:statement"),
        ("更新时间:2009-3-16 20:17:03", "line:statement"),
        ("折扣价5.99米 (原价13.99米)", "line:price"),
        ("资源格式:PPT 下载积分:15金币", "line:price"),
        ("已阅读5页,还剩6页未读 继续免费阅读", "line:preview"),
        ("已閱讀5頁(yè),還剩8頁(yè)未讀, 繼續免費閱讀", "line:preview"),
        ("如遇卡顿,请刷新页面", "line:preview"),
        ("本文档由网友提供,仅限参考学习,如有不妥请联系我们及时删除。", "line:rights"),
        ("申明敬告: 本站不保证该用户上传的文档完整性。", "line:rights"),
        ("版权说明:本文档由用户提供并上传,收益归属内容提供方", "line:rights"),
        ("客服请联系:12345@qq.com 微信:abcdefg", "line:service"),
        ("7X24小时在线客服", "line:service"),
        ("扫码下载这份完美排版的文档", "line:download"),
        ("扫一扫在手机打开当前页", "line:scan"),
        ("总结范本.doc_第1页", "line:page-number"),
        ("第 3 页 共 12 页", "line:page-number"),
        ("- 7 -", "line:page-number"),
        ("精选优质文档-----倾情为你奉上", "line:slogan"),
        ("可供参考。", "line:slogan"),
        ("某省公网安备 36000002000123号", "line:site"),
        ("当前位置:首页 > 办公文档 > 工作总结", "line:site"),
        ("3、本站不支持迅雷下载,请使用电脑自带的浏览器下载即可。", "line:download"),
        ("以下是为大家整理的关于年终工作总结的文章3篇,欢迎品鉴!", "line:blurb"),
    ],
)
def test_a_line_of_boilerplate_is_dropped_under_its_rule(line: str, rule: str) -> None:
    page = text_page(A, line, B, C)
    assert (rule_of(page, line), kept(page)) == (rule, [A, B, C])


@pytest.mark.parametrize(
    "sentence",
    [
        "各校要及时下载安装国家反诈中心客户端,并组织家长完成注册。",
        "优化12345热线客服队伍,会员单位满意度达到百分之九十五以上。",
        "请登录市教育局网站点击下载申报表,填写后于三月底前报送。",
        "一、加强应用下载管理",
        "(三)收藏保护",
        "四、版权工作",
        "县级以上教育行政部门应当公布举报电话,及时受理投诉、举报。",
        "落实二十四小时值班和在线服务制度,节假日不得脱岗。",
        "严禁未经许可占用教学用房,确需使用的应当书面报告。",
        "推荐三名教师参加省级评选,相关材料已经上报。",
        "本站位于县城东部,现有职工二十六人,负责全县教学仪器供应。",
        "以上意见如无不妥,请批转各地执行。",
        "供热企业应当公布客户服务电话,保障学校冬季采暖。",
        "时间:2021年5月8日上午九时",
        "来源于基层的经验必须回到基层中去检验。",
    ],
)
def test_a_sentence_of_a_real_document_is_kept(sentence: str) -> None:
    page = text_page(A, B, sentence, C, D)
    assert kept(page) == [A, B, sentence, C, D]
    assert all(not block.cut for block in page.blocks)


# ---- Fragments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("torn", "whole", "cut"),
    [
        ("富有想象当前隐藏内容免费查看力的孩子", "富有想象力的孩子", "当前隐藏内容免费查看"),
        ("创造新鲜的.品牌,服务全县", "创造新鲜的品牌,服务全县", "."),
        ("抓好备课、.听课、评课,形成闭环", "抓好备课、听课、评课,形成闭环", "."),
        ("落实了.“三个一”管护要求,责任到人", "落实了“三个一”管护要求,责任到人", "."),
        ("按照&sp;规划逐段推进,如期完工", "按照规划逐段推进,如期完工", "&sp;"),
        ("加强关工委的.,组织队伍", "加强关工委的,组织队伍", "."),
        ("扎实推进 下载本文档 均衡发展", "扎实推进均衡发展", "下载本文档"),
        ("落实责任[_TAG_h2]强化监督", "落实责任强化监督", "[_TAG_h2]"),
        ("提高已阅读5页,还剩6页未读,继续阅读认识", "提高认识", "已阅读5页,还剩6页未读,继续阅读"),
        ("全面落实点击下载各项任务", "全面落实各项任务", "点击下载"),
    ],
)
def test_an_injected_fragment_is_cut_and_recorded(torn: str, whole: str, cut: str) -> None:
    page = text_page(A, torn, B)
    block = page.blocks[1]
    assert (block.text, block.cut, block.source.text) == (whole, (cut,), torn)


def test_figures_and_abbreviations_keep_their_dots() -> None:
    line = "生产总值增长5.5%,比上年提高0.2个百分点,见www.example.cn和附件1.教育。"
    assert text_page(A, line).blocks[1].cut == ()


def test_readings_in_brackets_are_cut_where_a_site_inserts_them_everywhere() -> None:
    lines = ["教育系統(tǒng)堅持學習", "頁(yè)面內容", "繼續(xù)推進均衡發展"]
    assert text_page(*lines, A).blocks[0].text == "教育系統堅持學習"
    once = "“长(zhǎng)”是多音字,课堂上要讲清楚两种读音。"
    assert text_page(A, once).blocks[1].text == once


# ---- Head, tail and lead-in -------------------------------------------------------------------


def test_the_title_is_kept_once_as_the_documents() -> None:
    page = text_page("教育总结(实用3篇)", "格式:DOC", "教育总结(实用3篇)", "教育总结篇一", A, B)
    assert page.title == "教育总结(实用3篇)"
    assert kept(page) == ["教育总结篇一", A, B]


def test_a_compilers_lead_in_is_dropped_and_article_titles_stay() -> None:
    lead = "通过总结,我们可以发现不足。下面是一些关于总结的范文,希望能够对大家有所帮助。"
    opening = "总结是对一段时间工作的回顾,它能使我们的认识更加全面,那么怎么写呢?"
    page = text_page(opening, lead, "教育工作总结篇一", A, B, "教育工作总结篇二", C, D)
    assert kept(page) == ["教育工作总结篇一", A, B, "教育工作总结篇二", C, D]
    assert rule_of(page, opening) == "head:lead-in"


def test_a_lead_in_glued_to_the_text_is_cut_off() -> None:
    glued = "总结能让人进步。下面是小编整理的总结范文,欢迎大家阅读。【篇一】" + A * 20
    block = text_page(glued).blocks[0]
    assert block.text.startswith("【篇一】")
    assert block.cut == ("总结能让人进步。下面是小编整理的总结范文,欢迎大家阅读。",)


def test_the_title_glued_to_the_text_is_cut_off() -> None:
    page = text_page("教育局总结2篇", "文档介绍", "教育局总结2篇【篇一】" + A * 20)
    assert page.blocks[2].text.startswith("【篇一】")
    assert page.blocks[2].cut == ("教育局总结2篇",)


def test_after_a_tail_marker_nothing_follows() -> None:
    page = text_page(*BODY, "相关推荐", "某县教育局工作计划", "微笑服务每一天", "擅长领域")
    assert kept(page) == BODY
    assert rule_of(page, "某县教育局工作计划") == "tail:related"


def test_a_box_in_the_middle_goes_and_the_body_goes_on() -> None:
    page = text_page("总结篇一", A, "拓展阅读", "乡镇卫生院半年总结", "总结篇二", B, C)
    assert kept(page) == ["总结篇一", A, "总结篇二", B, C]


# ---- Structure --------------------------------------------------------------------------------


def test_navigation_footer_sidebar_and_links_are_dropped_around_the_body() -> None:
    menu = "".join(f'<li><a href="/{n}">某县工作材料{n}</a></li>' for n in range(9))
    page = html_page(
        f"<title>年度总结_公文站</title><nav><p>栏目一览</p></nav><ul>{menu}</ul>"
        f'<div class="main"><h1>年度总结</h1><div class="txt">{PARAGRAPHS}</div></div>'
        f'<div class="sidebar"><p>{A[:20]},欢迎选用。</p></div><footer><p>某某公司</p></footer>'
    )
    assert kept(page) == BODY
    assert rule_of(page, "栏目一览") == "dom:navigation"
    assert rule_of(page, "某县工作材料1") == "density:links"
    assert rule_of(page, "欢迎选用") == "dom:sidebar"
    assert rule_of(page, "某某公司") == "dom:footer"
    assert (page.title, page.record.site) == ("年度总结", "公文站")


def test_a_misnamed_container_does_not_lose_the_body() -> None:
    assert kept(html_page(f'<div class="right">{PARAGRAPHS}</div>')) == BODY
    assert kept(html_page(f'<form id="header">{PARAGRAPHS}</form>')) == BODY


def test_hidden_text_is_dropped_as_hidden() -> None:
    page = html_page(f'<div>{PARAGRAPHS}<p style="display:none">看不见的广告词语</p></div>')
    assert rule_of(page, "看不见") == "dom:hidden"


def test_a_list_page_keeps_nothing_and_labels_everything() -> None:
    items = "".join(
        f'<li><a href="/{n}">某县{n}年总结和打算</a><p>工作总结是回顾,一起来看看吧……</p></li>'
        for n in range(2001, 2020)
    )
    page = html_page(f"<title>工作总结 - 公文站</title><h1>工作总结</h1><ul>{items}</ul>")
    assert kept(page) == []
    assert all(block.rule for block in page.blocks)


@pytest.mark.parametrize(
    "item",
    ["<li>{link}<p>{text}</p></li>", "<h3>{link}</h3><p>{text}</p>", "<div>{link}<br>{text}</div>"],
)
def test_an_index_of_excerpts_keeps_nothing(item: str) -> None:
    items = "".join(
        item.format(link=f'<a href="/{n}">某县{n}年总结</a>', text=f"{BODY[n % 4]}({n})")
        for n in range(2011, 2021)
    )
    page = html_page(f"<title>工作总结</title><div>{items}</div>")
    assert kept(page) == []
    assert rule_of(page, "(2012)") == "page:listing"


def test_a_body_that_names_a_law_by_a_link_is_kept() -> None:
    linked = A + '<a href="/l">《中华人民共和国义务教育法》</a>'
    page = html_page(f"<div><p>{linked}</p>{PARAGRAPHS}</div>")
    assert len(kept(page)) == 5


def test_one_text_in_two_elements_side_by_side_is_kept_whole() -> None:
    menu = "".join(f'<p><a href="/{n}">某县工作材料{n}</a></p>' for n in range(30))
    rest = f'<div style="display:none"><p>{C}{D}</p><p>{D}{C}</p></div>'
    page = html_page(f"<div><p>{A}</p><p>{B}</p></div>{rest}<a>展开阅读全文</a>{menu}")
    assert kept(page) == [A, B, C + D, D + C]


def test_a_body_in_a_script_is_the_main_content() -> None:
    data = json.dumps({"doc": {"pages": [A, "一、打算", B, C, D]}, "more": [{"title": "其他"}]})
    menu = "".join(f'<li><a href="/{n}">某县工作材料{n}</a></li>' for n in range(30))
    page = html_page(f"<h1>年度总结</h1><script>window.S={data};</script><ul>{menu}</ul>")
    assert kept(page) == [A, "一、打算", B, C, D]


def test_signature_and_date_below_the_body_stay() -> None:
    page = html_page(
        f"<div>{PARAGRAPHS}<p>某市教育局</p><p>2022年3月15日</p><p>(此件公开发布)</p>"
        "<p>附件下载:</p><p>上一篇:关于公示的通知</p></div>"
    )
    assert kept(page) == [*BODY, "某市教育局", "2022年3月15日", "(此件公开发布)"]


def test_a_table_in_the_body_stays() -> None:
    rows = "".join(f"<tr><td>第{n}中学</td><td>{n}00</td></tr>" for n in "一二三")
    page = html_page(f"<div>{PARAGRAPHS}<p>单位:人</p><table>{rows}</table></div><p>关闭窗口</p>")
    assert kept(page) == [*BODY, "单位:人", "第一中学 一00", "第二中学 二00", "第三中学 三00"]


def test_every_block_is_kept_or_labelled_and_nothing_is_lost() -> None:
    html = f"<nav>首页</nav><div><p>{A}<p>下载本文档<p>{B}</div><div>版权所有</div>"
    page = html_page(html)
    read = "".join(block.text for block in page.page.blocks)
    labelled = "".join(block.source.text for block in page.blocks)
    assert labelled.replace(" ", "") == read.replace(" ", "")
    assert all(block.rule is None or ":" in block.rule for block in page.blocks)


# ---- Joining ----------------------------------------------------------------------------------


def test_printed_lines_are_joined_to_paragraphs() -> None:
    width = 24
    body = ["\u3000\u3000" + text * 2 for text in BODY]
    lines = [text[at : at + width] for text in body for at in range(0, len(text), width)]
    html = "".join(f'<div class="l">{line}</div>' for line in lines)
    page = html_page(f'<div class="reader">{html}</div>')
    assert kept(page) == [text * 2 for text in BODY]


def test_lines_without_indents_break_at_short_lines_and_headings() -> None:
    width = 20
    text = A + B
    cut = [text[at : at + width] for at in range(0, len(text), width)]
    page = text_page("一、总体情况", *cut, "二、主要做法", *cut, "三、打算", *cut)
    assert kept(page) == ["一、总体情况", text, "二、主要做法", text, "三、打算", text]


def test_whole_paragraphs_of_a_text_are_never_joined() -> None:
    broken = A[:-1]
    assert kept(text_page(broken, B, C, D)) == [broken, B, C, D]


def test_a_sentence_goes_on_behind_page_decoration() -> None:
    page = text_page(B, A[:20], "第 3 页 共 9 页", "精选优质文档-----倾情为你奉上", A[20:], C)
    assert kept(page) == [B, A, C]
    joined = next(block for block in page.blocks if block.text == A)
    assert joined.cut == ("第 3 页 共 9 页", "精选优质文档-----倾情为你奉上")


def test_a_heading_is_not_joined_to_what_follows_page_decoration() -> None:
    page = text_page(B, "一、基本情况", "第 3 页 共 9 页", A, C)
    assert kept(page) == [B, "一、基本情况", A, C]


def test_the_number_of_a_chunk_is_cut_out_of_the_sentence() -> None:
    page = text_page(A + B[:-9], "2、" + B[-9:] + C, D)
    assert kept(page) == [A + B + C, D]
    assert "2、" in page.blocks[0].cut


def test_the_numbers_of_a_list_stay() -> None:
    items = ["1、" + A[:-1], "2、" + B[:-1], "3、" + C[:-1]]
    assert kept(text_page(*items)) == items


# ---- Metadata ---------------------------------------------------------------------------------


def test_the_boilerplate_states_date_kind_and_title() -> None:
    page = text_page(
        "【Word文档】 某区教育局总结",
        "2022-02-28  |   格式:DOC  |   分类: 工作公文 > 工作总结",
        "某区教育局总结",
        *BODY,
    )
    assert (page.title, page.record.published, page.record.kind) == (
        "某区教育局总结",
        "2022-02-28",
        "工作总结",
    )
    assert kept(page) == BODY


def test_a_subject_index_is_no_kind_and_a_documents_own_date_no_publishing_date() -> None:
    page = html_page(
        "<table><tr><td>主题分类:</td><td>教育</td><td>成文日期:</td><td>2021-05-26</td></tr>"
        f"</table><p>发布日期:2021-05-27</p><div>{PARAGRAPHS}</div>"
    )
    assert (page.record.kind, page.record.published) == (None, "2021-05-27")


def test_the_subtitle_below_the_title_stays() -> None:
    subtitle = "——2026年1月27日在某省第十四届人民代表大会第五次会议上"
    page = text_page(
        "下载", "某省政府工作报告", subtitle, "来源:某省日报", "时间:2026-02-01", *BODY
    )
    assert kept(page) == [subtitle, *BODY]


def test_a_short_text_keeps_its_only_sentence() -> None:
    page = text_page("某县教育工作总结", "推进集团化办学改革。")
    assert (page.title, kept(page)) == ("某县教育工作总结", ["推进集团化办学改革。"])


@pytest.mark.parametrize(
    ("title", "cleaned", "site"),
    [
        ("党建工作总结(共3页).doc-某客久久网abc99.com", "党建工作总结", "某客久久网"),
        ("乡镇工作总结（通用4篇）_某文网", "乡镇工作总结（通用4篇）", "某文网"),
        ("工作总结汇编三篇 - 工作总结 - 某国公文网", "工作总结汇编三篇", "某国公文网"),
        ("年度总结3篇.docx-原创文档", "年度总结3篇", "原创文档"),
        ("关于印发《要点》的通知_通知公告_某市教育局", "关于印发《要点》的通知", "某市教育局"),
    ],
)
def test_the_title_loses_the_site_and_the_file(title: str, cleaned: str, site: str) -> None:
    page = html_page(f"<title>{title}</title><div>{PARAGRAPHS}</div>")
    assert (page.title, page.record.site) == (cleaned, site)


def test_site_and_date_come_from_the_pages_statements() -> None:
    page = html_page(
        '<meta property="og:site_name" content="范例网">'
        f'<meta name="PubDate" content="2022-03-18 09:12"><div>{PARAGRAPHS}</div>'
    )
    assert (page.record.site, page.record.published) == ("范例网", "2022-03-18")
    saved = html_page(
        f"<!-- saved from url=(0020)https://a.example.cn/1 --><div>{PARAGRAPHS}</div>"
    )
    assert saved.record.site == "a.example.cn"


def test_a_text_file_obeys_the_same_rules() -> None:
    page = text_page(
        "下载", "打印", "【字号:", "加大", "还原", "】", "某省政府工作报告", *BODY, "相关报道:"
    )
    assert kept(page) == BODY
    assert page.title == "某省政府工作报告"


# ---- Anything at all --------------------------------------------------------------------------

PIECES = [
    *BODY,
    A * 20,
    "一、基本情况",
    "教育工作总结篇一",
    "【篇二】",
    "2、接着上文",
    "手机阅读",
    "下载本文档",
    "第 3 页 共 9 页",
    "相关推荐",
    "下面是小编为大家整理的总结范文,欢迎阅读。" * 40,
    "当前隐藏内容免费查看",
    ".",
    "",
    "\u3000\u3000",
    "教育工作总结",
    "<p>",
    "</div>",
    "<br>",
    '<div class="sidebar">',
    '<a href="/">',
    "</a>",
    '<span style="display:none">',
    "<table><tr><td>",
    "<title>教育工作总结_某网</title>",
    "<h1>教育工作总结</h1>",
    "<script>var a = '",
    "展开全文",
]


@example(
    [
        "全县义务教育巩固率达到新高。",
        "当前隐藏内容免费查看",
        "下面是小编为大家整理的总结范文,欢迎阅读。" * 40,
    ]
)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_page_fails_and_no_text_is_lost(pieces: list[str]) -> None:
    for page in (html_page("".join(pieces)), text_page(*(p for p in pieces if p.strip()))):
        read = [block.text.replace(" ", "") for block in page.page.blocks]
        labelled = [block.source.text.replace(" ", "") for block in page.blocks]
        assert "".join(labelled) == "".join(read)
        for block in page.blocks:
            assert block.text.strip()
            assert len(block.text) <= len(block.source.text)
            assert all(
                cut.replace(" ", "") in block.source.text.replace(" ", "") for cut in block.cut
            )


def test_a_title_that_is_the_sites_name_gives_way_to_the_headline_above_the_text() -> None:
    page = html_page(
        "<title>清溪新闻网</title><div class=nav><a href=/>首页</a></div>"
        f"<div>全县春耕全面开始</div><div>2024-03-02 09:12</div><div>{PARAGRAPHS}</div>"
    )
    assert (page.title, kept(page)) == ("全县春耕全面开始", BODY)


@pytest.mark.parametrize(
    "title", ["清溪日报 - 全县春耕全面开始", "全县春耕全面开始 地方要闻 清溪新闻网"]
)
def test_a_title_loses_the_sites_name_before_it_and_behind_spaces(title: str) -> None:
    page = html_page(f"<title>{title}</title><div>全县春耕全面开始</div><div>{PARAGRAPHS}</div>")
    assert page.title == "全县春耕全面开始"


# ---- A notice's own end -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "contact",
    [
        "联系人：李明，联系电话：1234567，电子邮箱：someone@163.com",
        "（联系人：王芳；QQ：1234567；邮箱：someone@qq.com）",
        "请将电子版发送至someone@126.com",
        "监督举报电话：1234567",
        "电子邮箱：someone@163.com",
    ],
)
def test_a_notices_own_contacts_are_kept_and_what_stands_below_them(contact: str) -> None:
    end = [contact, "附件：材料汇总表", "清溪县教育局", "2022年4月12日"]
    lines = "".join(f"<p>{line}</p>" for line in end)
    page = html_page(f"<title>通知</title><div>{PARAGRAPHS}{lines}</div>")
    assert kept(page) == [*BODY, *end]


@pytest.mark.parametrize("boilerplate", ["下载本文档", "客服请联系 QQ：1234567 someone@qq.com"])
def test_the_signature_stays_where_boilerplate_stands_above_it(boilerplate: str) -> None:
    end = ["清溪县教育局", "2022年4月12日"]
    lines = "".join(f"<p>{line}</p>" for line in [boilerplate, *end])
    page = html_page(f"<title>通知</title><div>{PARAGRAPHS}{lines}</div>")
    assert kept(page) == [*BODY, *end]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("请选择您看到这篇新闻时的心情", "line:service"),
        ("清溪网声明：本网转载上述内容，不表明证实其描述，风险自担。", "line:rights"),
        ("以上数据仅供投资者参考，并不构成投资建议。", "line:rights"),
    ],
)
def test_what_a_news_site_says_of_itself_is_boilerplate(line: str, rule: str) -> None:
    page = text_page("某县工作总结", *BODY, line)
    assert (rule_of(page, line), kept(page)) == (rule, BODY)


@pytest.mark.parametrize(
    "line",
    ["机密★1年", "秘密★长期", "特急", "内部资料 注意保存", "（内部文件，严禁外传）", "第 页 共 页"],
)
def test_what_is_printed_at_the_head_of_pages_is_neither_title_nor_text(line: str) -> None:
    page = text_page(line, "某县教育工作总结", A, B, line, C, D)
    assert (page.title, kept(page)) == ("某县教育工作总结", BODY)


@pytest.mark.parametrize("line", ["内部资料管理制度", "机密文件由专人保管", "特急件当日办结"])
def test_a_heading_about_secrets_is_text(line: str) -> None:
    assert kept(text_page("某县工作总结", A, B, line, C, D)) == [A, B, line, C, D]


@pytest.mark.parametrize(
    "line",
    [
        "目前共有网友发表：(点击查看) 条评论。",
        "评论表单加载中...",
        "本篇新闻热门关键词:",
        "馬上成為清溪新聞的Fans",
        "www.qingxi.com 2011-12-14 18:10 来源： 清溪新闻网",
        "时间 2012-1-12 17:58:00 来源 清溪网 李明",
        "清溪网编辑：李明",
    ],
)
def test_what_a_news_page_prints_around_its_text_is_boilerplate(line: str) -> None:
    page = text_page("某县工作总结", *BODY, line)
    assert (rule_of(page, line), kept(page)) == ("line:reaction", BODY)
