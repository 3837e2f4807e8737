"""Titles as documents print them: on one line or several, below the office that issues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archive.text.fold import fold
from indexer.text.numbering import leading
from indexer.text.shapes import is_date

# A title is printed on no more lines than this, and is no longer.
TITLE_LINES = 5
_MAX_LINE_LENGTH, _MAX_LENGTH = 60, 120
_KIND = (
    "通知|通报|公告|公示|通告|决定|决议|意见|建议|办法|规定|规则|细则|条例|方案|预案|计划|打算|规划|纲要|要点|"
    "总结|小结|报告|汇报|请示|批复|答复|复函|来函|函|纪要|讲话|致辞|发言|讲稿|发言稿|制度|章程|准则|守则|公报|命令|令|"
    "议案|提案|说明|名单|目录|清单|标准|指南|规范|规程|大纲|倡议书|公约|协议|合同|启事|简介|一览表|职责|述职|体会|心得|"
    "感想|解读|解释|简报|措施|安排|情况|材料|提纲|汇编|汇总|责任书|承诺书|申请书|信|表|"
    r"(?:决定|裁定|判决|调解|告知|通知|建议|意见|催告|认定|答复)书"
)
# What follows the kind of a title: （试行）, （2021年修订）, （第3号）, 篇一.
_VERSION = (
    r"[(（〔\[【](?:试行|暂行|草案|修订|修正|征求意见|送审|讨论|代拟|初稿|审议|节选|摘要|摘编|全文|"
    r"第?[\d一二三四五六七八九十]+|\d{4})[^()（）]{0,12}[)）〕\]】](?:全文)?"
)
_CLOSES = re.compile(rf"(?:{_KIND})[》”]?(?:{_VERSION})*$")
# A title that says what it is about closes with 的 and its kind: an earlier kind is the object's.
_ABOUT = re.compile("关于|印发|转发")
_CLOSES_ABOUT = re.compile(rf"的[^的]{{0,8}}(?:{_KIND})(?:{_VERSION})*$")
_GOES_ON = re.compile(rf"(?:的|和|及|暨|与|以及)|{_VERSION}$")
# Letterheads, numbers, marks of security and urgency, annexes, subtitles, notes.
_NO_PART = re.compile(
    r"文件$|号$|^附\s*件|^[(（\[【]?(?:绝密|机密|秘密|特急|特提|加急|急件|平急|内部)|^(?:——|－－|--)|^签发人|"
    r"[。；，：！？、,;:!?…]$|^\d{1,7}$|^[\W_]+$|总第\s?\d+\s?期|签\s?发\s?人?\s?[:：]|"
    r"^[【\[]?[\s\u4e00-\u9fff]{0,6}(?:日\s*期|时间|字\s*号|文\s*号|索引号|机关|机构|单位|分类|类别|方式|有效性|标\s*题|名\s*称|主\s*送|密\s*级|紧急程度)[】\]]?\s*[:：]|"
    r"\d{1,2}:\d{2}|\d{4}\s*[-/.]\s*\d{1,2}\s*[-/.]|[>＞»|｜]|^★"
)
_NUMBER = re.compile(r"[〔\[（(]\s*(?:19|20)\d{2}\s*[〕\]）)]\s*第?\s*\d*\s*(?:号?$|号\s)")
# The number of an order or announcement, on a line of its own.
_SERIAL = re.compile(r"[(（]?(?:\d{4}\s?年)?\s?第\s?[\d一二三四五六七八九十百]+\s?[号期][)）]?")
_NOTE = re.compile(r"[(（][^()（）]*[)）]")
_OFFICE = re.compile(
    r"[\u4e00-\u9fff·（）()、]*(?:政府|党委|党组|支部|办公[室厅]|[局厅委署]|[传织战装挥政育设源]部|[员协联总商]会|工会|"
    r"[法察医学究务]院|公司|[究出务理]所|工作站|中心|集团|大学|[中小]学|学校|幼儿园|海关|街道|机关)"
)
# 清溪省财政厅等5部门.
_AND_OTHERS = re.compile(r"等[\d一二三四五六七八九十]*个?(?:部门|单位|机关|厅局)$")
_SHORTEST = 5
# What stands between a regulation's title and its text, besides its note: its contents.
_CONTENTS = re.compile(r"目\s*[录次]\s*[:：]?")
# Names of a site's columns, which pages bear as titles.
_COLUMN = re.compile(
    r"(?:(?:新闻|工作|政务|部门|基层|本地|地方|综合|图片|行业|最新|政策|通知|公示|信息|党建|时政|校园|媒体)?"
    r"(?:动态|要闻|新闻|快讯|资讯|公告|公示|通知|公开|信息)){2}|"
    r"(?:新闻|工作|政务|部门|基层|行业|最新|党建|时政|校园|图片)(?:动态|要闻|新闻|快讯|公告|资讯|信息)|"
    r"(?:政府|政务)?信息公开(?:目录|专栏|平台|内容)?|政策(?:文件|法规|解读)|法规(?:文件|政策)|(?:规范性|最新)文件|"
    r"文件(?:下载|资料|通知)|政务公开|通知|公告|通告|公示|公文|正文|详情|文章|(?:内容|文章|新闻|信息)(?:详情|正文|内容|页面?)|"
    r"列表|首页|当前位置|无标题(?:文档)?|标题|document|untitled"
)
# The labels of a page's tabs and views of one document.
_TAB = re.compile(
    r"(?:文件|政策)?(?:原文|正文|全文)(?:内容)?|(?:政策|相关|文件|文字|图片|图文|视频|专家|媒体|部门|"
    r"一图)?(?:解读|图解|读懂)|(?:相关|政策)(?:文件|链接|政策|附件|问答)|(?:附件|文件|全文)下载"
)


def is_column(text: str) -> bool:
    """Whether `text` is a column's name or a bare kind, and so names no document by itself.

    >>> [is_column(t) for t in ("新闻动态", "通知公告", "公示公告", "公告", "2021年工作动态报告")]
    [True, True, True, True, False]
    """
    return _COLUMN.fullmatch("".join(fold(text).split())) is not None


def is_tab(text: str) -> bool:
    """Whether `text` labels a view of the page's document, and so is no line of it.

    >>> [is_tab(t) for t in ("文件原文", "政策解读", "图解", "《清溪县停车办法》解读")]
    [True, True, True, False]
    """
    return _TAB.fullmatch("".join(fold(text).split())) is not None


def is_office(text: str) -> bool:
    """Whether a line is the name of an office.

    >>> is_office("清溪县人民政府办公室"), is_office("关于公布先进学校的通知")
    (True, False)
    """
    bare = _AND_OTHERS.sub("", "".join(text.split()))
    return "关于" not in text and _OFFICE.fullmatch(bare) is not None


def is_contents(text: str) -> bool:
    """Whether a line is the word above a list of contents."""
    return _CONTENTS.fullmatch(text.strip()) is not None


def may_be_title(text: str) -> bool:
    """Whether a line can be a title or one of its lines, by itself.

    >>> [may_be_title(t) for t in ("清溪海关", "清政办发〔2021〕8号", "各学校：", "2021年3月5日")]
    [True, False, False, False]
    """
    if not 2 <= len(text) <= _MAX_LINE_LENGTH or _NO_PART.search(text) or _NUMBER.search(text):
        return False
    if is_date(text) or is_contents(text) or leading(text) or _SERIAL.fullmatch(text):
        return False
    return _NOTE.fullmatch(text) is None or re.fullmatch(_VERSION, text) is not None


def closes(text: str) -> bool:
    """Whether a title ends as those of documents do: with its kind, its version aside.

    >>> closes("关于做好招生工作的通知"), closes("我县召开招生工作会")
    (True, False)
    """
    return _CLOSES.search(text) is not None


def printed_titles(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield the title of each run of `lines` that may be titles, and whether it closes as one.

    >>> lines = ["清溪县教育局", "清教发〔2021〕3号", "清溪县教育局关于做好招生", "工作的通知"]
    >>> list(printed_titles([*lines, "各学校："]))
    [('清溪县教育局关于做好招生工作的通知', True)]
    """
    run: list[str] = []
    for line in (*lines, ""):
        fits = may_be_title(line)
        # Above 关于… only who issues it is of the title.
        if run and not (fits and (is_office(run[-1]) or not line.startswith("关于"))):
            if found := _title_of(run):
                yield found
            run = []
        if fits:
            run.append(line)


def title_beside(lines: Sequence[str], number: int) -> tuple[int, int] | None:
    """Where the title stands, [first, end), of a document whose number is in line `number`.

    It is right below the number, else right above it, and closes as a title does.

    >>> lines = ["清溪县教育局文件", "清教发〔2021〕3号", "关于做好招生", "工作的通知", "各学校："]
    >>> title_beside(lines, 1), title_beside(lines[2:4] + lines[1:2], 2)
    ((2, 4), (0, 2))
    >>> title_beside(lines[:4], 1)
    (2, 4)
    """
    below = range(number + 1, min(number + 1 + 2 * TITLE_LINES, len(lines)))
    for end in below:
        if not may_be_title(lines[end]):
            break
        goes_on = end + 1 < len(lines) and _whole(lines[number + 1 : end + 2])
        if _whole(lines[number + 1 : end + 1]) and not goes_on:
            return number + 1, end + 1
    firsts = range(max(0, number - TITLE_LINES), number)
    return next(((f, number) for f in firsts if _whole(lines[f:number])), None)


def _whole(lines: Sequence[str]) -> bool:
    """Whether `lines` are all of one title."""
    title, closed = next(printed_titles(lines), ("", False))
    return closed and "".join(title.split()) == "".join("".join(lines).split())


def _title_of(run: Sequence[str]) -> tuple[str, bool] | None:
    """The title of lines that follow one another."""
    stops = [stop for stop in range(1, len(run) + 1) if _CLOSES.search(run[stop - 1])]
    stop = next(iter(stops), 0)
    if any(map(_ABOUT.search, run[:stop])):
        about = (s for s in stops if _CLOSES_ABOUT.search("".join(run[:s])))
        stop = next(about, stop)
    if not 0 < stop <= TITLE_LINES:
        whole = next((x for x in run if len(x) >= _SHORTEST and not is_office(x)), None)
        return (whole, False) if whole else None
    while (
        stop < len(run)
        and _GOES_ON.match(run[stop])
        and _CLOSES.search(join_lines(run[: stop + 1]))
    ):
        stop += 1
    parts = list(run[:stop])
    # The office above a title that names it is its letterhead.
    while len(parts) > 1 and (is_office(parts[0]) and parts[0] in "".join(parts[1:])):
        del parts[0]
    text = join_lines(parts)
    return (text, True) if _SHORTEST <= len(text) <= _MAX_LENGTH and not is_column(text) else None


def join_lines(parts: Sequence[str]) -> str:
    """The lines of one title as one: a blank parts two offices and Latin words.

    >>> join_lines(["中共清溪县委", "清溪县人民政府", "关于加强教育", "工作的意见"])
    '中共清溪县委 清溪县人民政府关于加强教育工作的意见'
    """
    text = ""
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else ""
        latin = before[-1:].isascii() and part[:1].isascii() and part[:1].isalpha()
        offices = is_office(before) and is_office(part)
        text += f" {part}" if number and (latin or offices) else part
    return text
