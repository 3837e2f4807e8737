"""Documents that a text names, and what it does with them: 印发, 废止, 依据, 引用 …

A document is named by its number, by its title in 《》, or by both: 《…》（云政发〔2021〕8号). What
it is to the text is told by the words around it in the sentence; in a list of abolished
documents by the line above the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.model import Form, Link, Relation
from archive.text.citing import title_key
from archive.text.document_numbers import number_key
from indexer.page import DraftParagraph
from indexer.record.words import is_about

_HAN = r"[\u4e00-\u9fff]"
_OPEN, _CLOSE = r"[〔\[［【（(﹝〖]", r"[〕\]］】）)﹞〗]"
# 云政发〔2021〕8号, 国发 [84] 6 号, 临水函（2020）第5号; what stands in front is cut off later.
_CODED = (
    rf"(?:{_HAN}|[A-Za-z]){{1,20}}\s*{_OPEN}\s*(?:\d{{4}}|(?<=[发字函办][〔\[［【])\d{{2}})\s*"
    rf"{_CLOSE}\s*(?:{_HAN}{{1,6}}字)?\s*第?\s*\d{{1,5}}\s*号"
)
# 国务院令第721号, 教育部 市场监管总局令第45号, 财政部公告2021年第15号, 县政府第8号令.
_SERIAL = r"第\s*[\d〇零一二三四五六七八九十百]{1,5}\s*号"
_NAMED = (
    rf"{_HAN}{{2,20}}(?:\s{_HAN}{{2,20}}){{0,3}}(?:(?:令|公告|通告)\s*{_OPEN}?\s*"
    rf"(?:\d{{4}}\s*{_CLOSE}?\s*年?\s*)?{_SERIAL}{_CLOSE}?|{_SERIAL}令)"
)
_NUMBER = re.compile(rf"{_CODED}|{_NAMED}")
_TITLE = r"《(?P<title>[^《》]{2,120}(?:《[^《》]{2,80}》[^《》]{0,60})*)》(?!一[书文刊]|杂志)"
_REFERENCE = re.compile(
    rf"{_TITLE}(?:\s*[（(](?P<behind>[^《》。；]{{0,80}}?号[）)]?)[^（）()。；]{{0,40}}[）)])?|"
    rf"(?P<number>{_CODED}|{_NAMED})(?:文?件?{_TITLE.replace('title', 'titled')})?"
)
# What stands in front of a number is no part of it, up to the last of these words.
_POINTS = (
    "根据|依据|按照|依照|遵照|遵循|参照|对照|关于|转发|印发|下发|颁发|颁布|发布|批转|贯彻|落实|执行|"
    "废止|实施|收到|延期|文件|以及|同时|现将|作出|参?见|详见"
)
_IN_FRONT = re.compile(
    rf".*(?:{_POINTS}|[见按依据照将对及与为在是的了以由经]|"
    r"(?<!住房)(?<!发展)(?<!资源)(?<!文化)(?<!工业)(?<!共)和|(?<!太)(?<!固)原|[省市县区]\w{1,5}(?:[局厅委]|办公室|政府)(?=\w\w))"
)
_IN_BRACKETS = re.compile(rf".*(?:{_POINTS})|附件?[:：]?")
# The last words of titles of documents; behind them at most 试行, 草案 or the like.
_KIND = re.compile(
    r"(?:通知|通报|公告|通告|公报|决定|决议|意见|建议|办法|规定|规则|细则|条例|方案|预案|计划|规划|纲要|要点|批复|答复|"
    r"请示|报告|纪要|函|命令|令|准则|守则|制度|章程|规程|规范|标准|指南|指引|目录|清单|名单|大纲|法典|宪法|措施|公约|解释|议案|"
    r"(?<![方办看做说写用想书魔兵笔疗手语算])法)(?:[（(][^（）()]{1,30}[）)])*$"
)
# What people fill in or sign, and what every office has one of.
_NO_TITLE = re.compile("合同|协议|申请|登记|承诺|^(?:政府)?工作报告$")
_SHORTEST_TITLE = 5
_SHORT_NAME = re.compile(r"[简统]称(?:为)?[:：]?[“\"]?《([^《》]+)》")

_SENTENCE = re.compile(r"[^。；;！？]+")
# What may stand between a reference and the verb that takes it: other references, joints, a part.
_REFERRED = "\ufffc"
_JOINTS = (
    rf"(?:[{_REFERRED}、，,和及与或以\s]|等|文件?|\d+个|第[\d一二三四五六七八九十百]+[章节条款项]|"
    r"的规定|部分条款|附件\d*)*"
)
# The same within a clause.
_WITHIN = _JOINTS.replace("，,", "")
_WHEN = r"(?:自[^，,]{1,24}起)?[，,]?"
_REPEAL = r"(?:废止|失效|停止执行|停止施行|不再执行|废除)"
_HOW = r"(?:同时|即行|予以|自行|自动|一律|相应|均|现|也|被|宣布|作|进行|做)*"
_REVISE = r"(?:修改|修订|修正)"
_AGREED = r"(?:[已业]?经[^。；]{2,40}[，,])?"
_NOW = r"(?:现(?:予以?|将)?|予以)"
_ISSUE, _FORWARD = r"(?:印发|发布|公布|颁布|下发)", r"(?:转发|批转)"
_BEHIND = tuple(
    (link, re.compile(f"[）)]?{_JOINTS}{pattern}"))
    for link, pattern in (
        (Link.REPEALS, rf"{_WHEN}{_HOW}{_REPEAL}"),
        (Link.AMENDS, rf"{_HOW}(?:出|了)?(?:如下|以下|部分)?{_REVISE}(?!稿|工作|完善)"),
        (Link.ISSUES, rf"{_AGREED}(?:{_NOW}{_ISSUE}|{_ISSUE}(?=给|你))"),
        (Link.FORWARDS, rf"{_AGREED}(?:{_NOW}{_FORWARD}|{_FORWARD}(?=给|你))"),
    )
)
_TRIGGERS = rf"(?:根据|依据|按照|依照|遵照|遵循|(?<!{_HAN})按|贯彻|落实|执行)"
# 根据省政府《…》、教育厅等部门《: others may stand between, parted by 、 or 和.
_OTHERS = rf"(?:{_REFERRED}(?:[、和及与](?:(?!制定|编制|出台)[^，,：:{_REFERRED}]){{0,20}})?)*"
_FRONT = tuple(
    (link, re.compile(pattern + "$"))
    for link, pattern in (
        (Link.BASED_ON, rf"{_TRIGGERS}[^，,：:{_REFERRED}]{{0,24}}(?:{_OTHERS}|{_WITHIN})"),
        (
            Link.REPEALS,
            rf"(?<!不得)(?<!擅自)(?<!拟)(?:废止|宣布失效)(?:了|以下|下列|原)?{_JOINTS}",
        ),
        (Link.AMENDS, rf"(?:决定|现)对?{_REVISE}了?{_JOINTS}"),
        (Link.ISSUES, rf"{_NOW}{_ISSUE}{_JOINTS}"),
        (Link.FORWARDS, rf"{_NOW}{_FORWARD}{_JOINTS}"),
    )
)
_BASE = re.compile(rf"以[^，,：:{_REFERRED}]{{0,12}}{_JOINTS}$")
_AS_BASE = re.compile(rf"{_JOINTS}为(?:主要)?依据")

_VERBS = {
    **dict.fromkeys(("印发", "发布", "颁布", "公布", "颁发"), Link.ISSUES),
    "转发": Link.FORWARDS,
    "批转": Link.ENDORSES,
    **dict.fromkeys(("废止", "宣布失效"), Link.REPEALS),
    **dict.fromkeys(("修改", "修订", "修正"), Link.AMENDS),
    **dict.fromkeys(("贯彻", "落实", "实施"), Link.BASED_ON),
}
_VERB = re.compile("(?<!调整)(?:" + "|".join(_VERBS) + ")")
# 关于印发X的通知, 转发Y关于Z的通知的通知, 关于废止X的决定, without 《》.
_UNQUOTED = re.compile(
    r"(?:印发|转发|批转|废止|修改)(?!部分|若干|一批|有关|以下)(?P<title>[^《》〈〉]{4,120})的(?:通知|通告|公告|函|决定)(?:[（(][^（）()]*[）)])*$"
)
# 决定废止下列文件：, 废止的文件目录: what heads a list of documents.
_LIST = re.compile(r"下列|以下|如下|目录|清单|名单|文件")
_DRAFT = re.compile("征求意见|公开征集|草案|送审|讨论稿|代拟")
_ITEM = re.compile(r"\s*[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,4})\s*[、.．）)]\s*|\s*(?=《)")
_CLOSEST = (
    *(Link.REPEALS, Link.AMENDS, Link.ENDORSES, Link.FORWARDS, Link.ISSUES),
    *(Link.BASED_ON, Link.CITES),
)
_SHORTEST_TAIL = 8
_MAX_WORDS = 200
# What stands further away says nothing of a reference.
_NEAR = 200


@dataclass(frozen=True, slots=True)
class _Reference:
    number: str | None
    title: str | None
    start: int
    end: int

    @property
    def keys(self) -> list[str]:
        """What it is known by: its number, its title."""
        number, title = (
            self.number and number_key(self.number),
            self.title and title_key(self.title),
        )
        return [key for key in (number, title) if key]


def relations(
    article: int,
    title: str | None,
    paragraphs: Sequence[DraftParagraph],
    own: Sequence[str] = (),
) -> tuple[Relation, ...]:
    """The documents that an article names, in the order of the text, each once.

    `own` are further numbers and titles that are its own. Of several links to one document the
    closest counts: 废止, 修改, 印发, 依据, 引用.
    """
    names = {key for one in (*own, title) if one for key in (number_key(one), title_key(one))}
    # Before its number and title may stand a word or who issues it.
    tails = tuple(name for name in names if len(name) >= _SHORTEST_TAIL)
    numbered = any(map(_NUMBER.fullmatch, own))
    for paragraph in paragraphs:
        if "称" in paragraph.text:
            names.update(map(title_key, _SHORT_NAME.findall(paragraph.text)))

    def is_own(link: Link, one: _Reference) -> bool:
        # An earlier document of the same title is told by its number.
        earlier = one.number and (numbered or link is Link.REPEALS)
        return any(key in names or key.endswith(tails) for key in one.keys[: 1 if earlier else 2])

    # Neither a text about a document nor a draft abolishes or issues anything.
    acts = not title or not (is_about(title) or _DRAFT.search(title))
    found = (
        (link if acts or link is Link.BASED_ON else Link.CITES, one, words)
        for link, one, words in _all(title or "", paragraphs)
    )
    return tuple(_each_once(article, (told for told in found if not is_own(*told[:2]))))


def _all(
    title: str, paragraphs: Sequence[DraftParagraph]
) -> Iterator[tuple[Link, _Reference, str]]:
    """Every reference with its link and its words."""
    of_title = list(_of_title(title))
    for link, reference in of_title:
        yield link, reference, title
    endorses = any(link is Link.ENDORSES for link, _ in of_title)
    listed = _listed(title)
    for paragraph in paragraphs:
        text = paragraph.text
        if paragraph.form is Form.ROW:
            if listed and (one := _of_row(paragraph.text.split("\t"))):
                yield listed, one, " ".join(text.split())
            continue
        if listed and _ITEM.match(text):
            for item in _SENTENCE.findall(text):
                for one in _of_item(item):
                    yield listed, one, text
            continue
        listed = _listed(text) if paragraph.form.heads or text.endswith(("：", ":")) else None
        if not _may_name(text) or _is_number(text):
            # A number alone on its line is the document's own.
            continue
        for sentence in _SENTENCE.findall(text):
            for link, reference in _of_sentence(sentence):
                sent = link is Link.FORWARDS and endorses
                yield Link.ENDORSES if sent else link, reference, sentence


def _references(text: str) -> Iterator[_Reference]:
    """The documents that `text` names, in its order."""
    if not _may_name(text):
        return
    for match in _REFERENCE.finditer(text):
        title, number = match["title"] or match["titled"], match["number"]
        start = match.start()
        if behind := match["behind"]:
            told = _NUMBER.search(behind)
            number = _bare(told[0], whole=True) if told else None
        elif number:
            bare = _bare(number, whole=text[:start].endswith(("（", "(")))
            if bare is None:
                continue
            start += len(number) - len(bare)
            number = bare
        elif title and _NUMBER.fullmatch(title):
            number, title = title, None
        if number or _names_document(title):
            yield _Reference(number, title, start, match.end())


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and _bare(text, whole=False) == text


def _may_name(text: str) -> bool:
    return "《" in text or "号" in text


def _bare(number: str, *, whole: bool) -> str | None:
    """A number without the words in front of its code, None where nothing is left of it.

    `whole`: what stands in front shuts it off; only a word is cut that shows the way to it.

    >>> _bare("有关政策见国发〔2019〕5号", whole=False), _bare("和政发〔2021〕3号", whole=True)
    ('国发〔2019〕5号', '和政发〔2021〕3号')
    """
    code = re.match(r"[^〔\[［【（(﹝〖\d]*", number)
    length = code.end() if code else 0
    front = (_IN_BRACKETS if whole else _IN_FRONT).match(number[:length])
    bare = number[front.end() :].strip() if front else number.strip()
    return bare if re.match(rf"{_HAN}", bare) else None


def _names_document(title: str | None) -> bool:
    """Whether a title without a number is a document's.

    >>> [_names_document(t) for t in ("云溪县学校安全条例", "人民日报", "孙子兵法", "劳动合同")]
    [True, False, False, False]
    """
    return bool(
        title
        and (len(title) >= _SHORTEST_TITLE or title.endswith(("法", "法典")))
        and _KIND.search(title)
        and not _NO_TITLE.search(title)
    )


def _of_sentence(sentence: str) -> Iterator[tuple[Link, _Reference]]:
    """The documents that a sentence names, each with what it does with it."""
    masked, places, end = "", [], 0
    for one in _references(sentence):
        masked += sentence[end : one.start]
        places.append((len(masked), one))
        masked += _REFERRED
        end = one.end
    masked += sentence[end:]
    for place, one in places:
        yield _link(masked[max(0, place - _NEAR) : place], masked[place + 1 :][:_NEAR]), one


def _link(before: str, behind: str) -> Link:
    """What a sentence does with a document, by the words around the reference."""
    for link, pattern in _FRONT:
        if pattern.search(before):
            return link
    if _BASE.search(before) and _AS_BASE.match(behind):
        return Link.BASED_ON
    return next((link for link, pattern in _BEHIND if pattern.match(behind)), Link.CITES)


def _of_title(title: str) -> Iterator[tuple[Link, _Reference]]:
    """The documents that a title names: what it issues, forwards, abolishes."""
    quoted = title.translate(str.maketrans("〈〉", "《》"))
    found = list(_references(quoted))
    for one in found:
        verbs = _VERB.findall(quoted[: one.start])
        yield _VERBS[verbs[-1]] if verbs else Link.CITES, one
    match = None if found else _UNQUOTED.search(title)
    if match is None:
        return
    verb = _VERBS[match[0][:2]]
    if verb in (Link.ISSUES, Link.FORWARDS, Link.ENDORSES) or _KIND.search(match["title"]):
        yield verb, _Reference(None, match["title"], *match.span("title"))


def _listed(text: str) -> Link | None:
    """What is done with the documents of the list that `text` heads."""
    repeals, amends = re.search(_REPEAL, text), re.search("修改|修订|修正", text)
    if not _LIST.search(text) or bool(repeals) == bool(amends) or re.search("有效|保留", text):
        return None
    return Link.REPEALS if repeals else Link.AMENDS


def _of_item(text: str) -> Iterator[_Reference]:
    """The documents of a line of a list, where a title may stand without 《》."""
    for one in _references(text):
        front = _ITEM.sub("", text[: one.start], count=1).rstrip(" （(")
        plain = one.title is None and _KIND.search(front) is not None
        yield replace(one, title=front) if plain and "《" not in front else one


def _of_row(cells: Sequence[str]) -> _Reference | None:
    """The document of a table's row: the cell that is a number, and the longest title."""
    number = next((cell for cell in cells if _NUMBER.fullmatch(cell.strip())), None)
    titles = [c.strip("《》 ") for c in cells if c != number and _KIND.search(c.strip("《》 "))]
    title = max(titles, key=len, default=None)
    if number is None and not _names_document(title):
        return None
    return _Reference(number and number.strip(), title, 0, 0)


def _each_once(article: int, found: Iterable[tuple[Link, _Reference, str]]) -> Iterable[Relation]:
    kept: list[Relation] = []
    places: dict[str, int] = {}
    for link, one, words in found:
        keys = one.keys
        place = next((places[key] for key in keys if key in places), None)
        if place is not None and one.number and kept[place].number and keys[0] not in places:
            # Two documents of one title.
            place, keys = None, keys[:1]
        if place is None:
            place = len(kept)
            kept.append(Relation(article, link, one.number, one.title, words.strip()[:_MAX_WORDS]))
        else:
            known = kept[place]
            if _CLOSEST.index(link) < _CLOSEST.index(known.link):
                known = replace(known, link=link, words=words.strip()[:_MAX_WORDS])
            number, title = known.number or one.number, known.title or one.title
            kept[place] = replace(known, number=number, title=title)
        places.update(dict.fromkeys(keys, place))
    return kept
