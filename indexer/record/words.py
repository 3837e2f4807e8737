"""Numbers, days and names of offices as documents print them."""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from itertools import pairwise

from archive.text.numerals import parse

_OPEN, _CLOSE = r"[〔\[［【（(﹝〖]", r"[〕\]］】）)﹞〗]"
_YEAR = r"(?:(?:19|20|１９|２０)?[0-9０-９]{2}|[一二][〇○零一二三四五六七八九]{3})"
_FIGURE = r"(?:\d{1,6}(?:[-—－]\d{1,3})?|[一二三四五六七八九十百]{1,5})"
_CODE = r"[\u4e00-\u9fff〇A-Za-zＡ-Ｚａ-ｚ]"
# What stands before a cited number is no office's code.
_OWN = (
    "(?<![\u4e00-\u9fffA-Za-z])(?!转发|印发|下发|贯彻|关于|根据|依据|按照|依照|参照|参见|详见|查看|执行|"
    "[见按依由以即原经])"
)
# 云政发〔2021〕48号, 云水司〔2022〕第33号, 〔2021〕青应急字第5号.
CODED = re.compile(
    rf"{_OWN}{_CODE}{{1,24}}(?:\s?[（(]{_CODE}{{1,6}}[）)]{_CODE}{{0,12}})?\s*{_OPEN}\s*{_YEAR}\s*{_CLOSE}\s*"
    rf"(?:{_CODE}{{0,6}}字)?\s*第?\s*{_FIGURE}\s*号"
    rf"|{_OPEN}\s*{_YEAR}\s*{_CLOSE}\s*{_CODE}{{1,10}}第?\s*{_FIGURE}\s*号"
    # A court's case: （2021）云08民终123号.
    rf"|{_OPEN}\s*{_YEAR}\s*{_CLOSE}\s*[\u4e00-\u9fff]\d{{2,4}}[\u4e00-\u9fff]{{1,6}}{_FIGURE}\s*号"
)
# Minutes and bulletins count their issues: 〔2022〕第7期, 第7期; orders too: 第8号, 2023年第6号.
_TOTAL = r"(?:\s*[（(]?总第\s*\d+\s*[期号][）)]?)?"
ISSUE = re.compile(
    rf"[（(]?({_OPEN}\s*\d{{4}}\s*{_CLOSE}\s*第?\s*{_FIGURE}\s*[期号次])[）)]?{_TOTAL}"
)
SERIAL = re.compile(
    rf"[（(]?((?:{_OPEN}?\s*\d{{4}}\s*{_CLOSE}?\s*年?\s*)?第\s*{_FIGURE}\s*[期号])[）)]?{_TOTAL}"
)
# What is cited by its name: 清溪市人民政府令第8号, 公告2023年第6号.
NAMED = re.compile(
    rf"{_OWN}[\u4e00-\u9fff]{{0,40}}(?:令|公告|通告)\s*[（(]?"
    rf"(?:{_OPEN}?\s*\d{{4}}\s*{_CLOSE}?\s*年?\s*)?第\s*{_FIGURE}\s*号[）)]?"
)

# Typists put a letter for 〇 or 0, the figure 0 among numerals, blanks between figures.
_NUMERAL = "〇○零0OoＯ一二三四五六七八九贰叁肆伍陆柒捌玖壹"
_YEAR_OF_DAY = rf"(?:(?:\d\s?){{3}}\d|[12][\dOo]{{3}}|[一二壹贰][{_NUMERAL}]{{3}})"
_PART = rf"(?:\d\s?\d|\d|[{_NUMERAL}十拾廿卅]{{1,3}})"
DAY = (
    rf"(?:{_YEAR_OF_DAY}\s*年\s*(?:{_PART}|元)\s*月\s*{_PART}\s*[日号]"
    r"|\d{4}\s?[-./．－／]\s?\d{1,2}\s?[-./．－／]\s?\d{1,2}(?!\d))"
)
# What stands beside the day of a signature in its line.
_BEFORE = r"(?:公元\s*|(?:日\s?期|时\s?间|[\u4e00-\u9fff]{2}(?:日期|时间))\s*[:：]\s*)?"
_BEHIND = (
    r"(?:\s*[（(]?(?:星期|周)[一二三四五六日天][）)]?)?(?:\s*[上下]午)?(?:\s*\d{1,2}时(?:\d{1,2}分)?)?"
    r"(?:\s*[（(]?印[）)]?)?"
)
DAY_LINE = rf"{_BEFORE}(?P<day>{DAY}){_BEHIND}"
_POST = re.compile(r"[\u4e00-\u9fff]{0,10}(?:[长席任]|书记)\s*[:：]\s*[\u4e00-\u9fff·]{2,4}")
_DAY = re.compile(DAY)
_DAY_LINE = re.compile(rf"[（(]?{DAY_LINE}[）)]?")
_PARTS = re.compile(r"[年月./．－／-]")
_HAN = re.compile(r"[^\dOoＯ元]")
_ZEROS = str.maketrans("0OoＯ元壹贰叁肆伍陆柒捌玖拾", "〇〇〇〇一一二三四五六七八九十")
_FIGURES = str.maketrans("OoＯ元", "0001")

_OFFICE = re.compile(
    r"[\u4e00-\u9fff][\u4e00-\u9fff·（）()“”]{1,38}"
    r"(?:政府|委|党组|[总党]?支部|[局厅署司处科股办馆站所院行]|办公室|公司|集团|中心|[大中小]学|学校|幼儿园|"
    r"(?<![全支内外局脚颈胸腹顶底面头尾])部|(?:员|委|协|学|商|工|合|联|事|金|字|总|监|职|残)会|领导小组|工作组|"
    r"指挥部|[总支大中]队|海关|街道|机关|军区|联社|总社|党校|[林农牧]场|[一二三四五六七八九十]中)"
    r"(?:[（(][\u4e00-\u9fff]{2,12}[）)])?"
)
_SEAL = re.compile(r"\s*[（(\[【]?(?:(?:此处|加)?(?:盖章|印章|公章|章|印|代章|签章))[）)\]】]\s*")
_NAMES = re.compile(r"[\s、,，;；]+")
_SHORTEST_OFFICE = 3
# Where another office's name may begin without a blank, and with what, beside the same place.
_NEXT = re.compile(r"(?<=[局委厅部院会室府组])(?=(..))")
_FAMILIES = ("中共", "共青", "国家")

# How the title of an official document ends; a text about one, or one that is no document, not so.
_ENDS_OFFICIALLY = re.compile(
    r"(?:决议|决定|令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要|办法|规定|细则|方案|规划|计划|要点|制度|"
    r"条例|章程|规则|规程|标准|预案|措施|答复|简报|专报|电报|汇报|总结|决定书|意见书|通知书|名单|目录|清单)"
    r"(?:[（(][^（）()]*[）)])*$"
)
_ABOUT = re.compile("解读|图解|一图|问答|答记者问|新闻发布|起草说明|办事指南|服务指南")
_ABOUT_FIRST = re.compile(r"[【\[]?(?:政策|图文|文字|视频)?(?:图解|解读|一图)")


def is_official(title: str) -> bool:
    """Whether a title ends as those of official documents do.

    >>> is_official("清溪县林业局关于防火的通知（试行）"), is_official("读《防火的意见》有感")
    (True, False)
    """
    return _ENDS_OFFICIALLY.search("".join(title.split())) is not None


def is_about(title: str) -> bool:
    """Whether the title is that of a text about a document: its interpretation, questions.

    >>> is_about("《防火办法》政策解读"), is_about("关于做好政策解读工作的通知")
    (True, False)
    """
    about = _ABOUT.search(title) is not None and not is_official(title)
    return about or _ABOUT_FIRST.match(title) is not None


def is_number(text: str) -> bool:
    """Whether `text` is a document's number and nothing else, brackets around it aside.

    >>> [is_number(t) for t in ("清政办发〔2021〕8号", "（清教 [2020] 12 号）", "国务院令第714号")]
    [True, True, True]
    >>> [is_number(t) for t in ("按清政办发〔2021〕8号执行", "第8号", "2021年")]
    [False, False, False]
    """
    bare = unbracketed(text)
    return bool(CODED.fullmatch(bare) or NAMED.fullmatch(bare))


def unbracketed(text: str) -> str:
    """`text` without round brackets around the whole of it."""
    bare = text.strip()
    depth = 0
    for i, sign in enumerate(bare):
        depth += (sign in "（(") - (sign in "）)")
        if depth == 0 and i < len(bare) - 1:
            return bare
    return bare[1:-1].strip() if depth == 0 and bare[:1] in ("（", "(") else bare


def day_in(text: str) -> str | None:
    """The first day that `text` names, as ISO 8601.

    >>> [day_in(t) for t in ("2021年03月5日", "二○二一年十月二十日", "2021．3．5", "2021年2月")]
    ['2021-03-05', '2021-10-20', '2021-03-05', None]
    >>> [day_in(t) for t in ("二0二一年元月五日", "2O21 年 1 2 月 3 日", "贰零贰壹年拾月贰拾日")]
    ['2021-01-05', '2021-12-03', '2021-10-20']
    """
    for found in _DAY.finditer(text):
        parts = _PARTS.split("".join(found[0].split()).rstrip("日号"))
        figures = [parse(p.translate(_ZEROS if _HAN.search(p) else _FIGURES)) for p in parts]
        with suppress(ValueError, TypeError):
            day = datetime.date(*figures)  # type: ignore[arg-type]
            if 1900 <= day.year <= 2100:
                return day.isoformat()
    return None


def is_day_line(text: str) -> bool:
    """Whether a line is a day, and nothing but what stands beside it in a signature.

    >>> [is_day_line(t) for t in ("日期：2021年3月5日（星期五）", "2021年3月5日印发", "2021年")]
    [True, False, False]
    """
    return _DAY_LINE.fullmatch(text) is not None


def is_broken_day(first: str, second: str) -> bool:
    """Whether two lines are one day, 2021年 and 3月5日, the first perhaps behind an office.

    >>> is_broken_day("某局 二〇二一年", "三月五日"), is_broken_day("2021年3月5日", "印")
    (True, False)
    """
    first, second = first.strip(), second.strip()
    return (
        first[-1:] in ("年", "月")
        and not _DAY.search(first)
        and re.search(rf"(?:^|\s){DAY}$", f"{first}{second}") is not None
    )


def is_post(text: str) -> bool:
    """Whether a line names the person that signs for an office: 局长：李明."""
    return _POST.fullmatch(text.strip()) is not None


def offices_in(text: str) -> tuple[str, ...]:
    """The offices whose names, parted by blanks or 、, are all of `text`; else none.

    >>> offices_in("清溪县民政局 清溪县财政局"), offices_in("清溪县委（章）")
    (('清溪县民政局', '清溪县财政局'), ('清溪县委',))
    >>> offices_in("清溪县民政局清溪县财政局"), offices_in("关于清溪县教育局")
    (('清溪县民政局', '清溪县财政局'), ())
    """
    bare = _SEAL.sub("", text.strip())
    names = [name for part in _NAMES.split(bare) if part for name in _joined(part)]
    fits = all(_OFFICE.fullmatch(n) and len(n) >= _SHORTEST_OFFICE for n in names)
    if not names or not fits or bare.startswith(("关于", "各", "以上", "有关")):
        return ()
    return tuple(dict.fromkeys(names))


def _joined(text: str) -> list[str]:
    """The names in `text` of offices of one place that stand without a blank between them."""
    begins = [0, *(m.start() for m in _NEXT.finditer(text) if m[1] in (text[:2], *_FAMILIES))]
    return [text[a:b] for a, b in pairwise([*begins, len(text)])]
