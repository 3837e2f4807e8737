"""Articles: the kept blocks of a page become independent texts, titles and paragraphs.

A compilation numbers its articles in many spellings (…篇一, …范文篇1, 【篇一】, …简短一,
第一篇：…, …工作总结1). A title counts where it is one of a family: the same spelling
with figures that go on from one to the next. What no article begins is one article.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise, takewhile

from archive.model import Form
from archive.text.numerals import parse, write
from indexer.page import DraftArticle, DraftParagraph, LabelledPage
from indexer.structure.frame import ANNEX_SIGN, frame
from indexer.structure.further import with_further
from indexer.structure.headings import structure
from indexer.structure.heads import with_heads
from indexer.structure.lines import GLUED_LENGTH, Line, cut, lines_of, without_counters
from indexer.text.numbering import leading
from indexer.text.phrases import ends_sentence
from indexer.text.shapes import is_date, is_salutation, is_small

# A title line is no longer than this.
TITLE_LIMIT = 45
# The shortest words before a figure that can be a title inside a line.
SHORTEST_STEM = 4
# Between a notice's date and the title of what it sends stand at most 附件 and a note.
ATTACHMENT_REACH = 3
# A title is printed on no more lines than this.
TITLE_LINES = 3
_HAN_FIGURES = [write(n) for n in range(1, 21)]
_ARABIC_FIGURES = [str(n) for n in range(1, 51)]

_FIGURE = r"(?P<figure>[一二三四五六七八九十百]{1,4}|\d{1,3})"
_NOUN = "(?:范文|篇|范例|例文|样本)"
_OPEN, _CLOSE = r"[【\[〖]", r"[】\]〗]"
# What a bracketed title holds: 【篇一】, 【第2篇】, 【范文一】.
_BRACKETED = rf"{_OPEN}\s?(?:第\s?|{_NOUN}){_FIGURE}\s?篇?\s?{_CLOSE}"
_LINE_TITLES = (
    ("bracketed", re.compile(rf"{_BRACKETED}.{{0,40}}")),
    # 第一篇：教育系统工作总结
    ("ordinal", re.compile(rf"第\s?{_FIGURE}\s?篇(?:[:：、 ].{{0,40}})?")),
    # 篇一：…, 范文一
    ("leading", re.compile(rf"{_NOUN}{_FIGURE}(?:\s?[:：、 ].{{0,40}})?")),
    # …工作总结篇一, …范文篇1, …总结【篇1】, …第一篇, 述职报告篇一：…
    (
        "trailing",
        re.compile(rf".{{2,40}}?[(（【\[]?(?:第|篇){_FIGURE}篇?[)）】\]]?(?:[:： ].{{0,40}})?"),
    ),
    # …工作总结简短一, …工作总结1, …工作总结(一), …范文一
    (
        "numbered",
        re.compile(
            rf"(?P<stem>.{{3,40}}?[^\d一二三四五六七八九十百年第、.．\-—至月(（])\s?[(（]?{_FIGURE}[)）]?"
        ),
    ),
)
_INLINE = re.compile(_BRACKETED)
# The number of articles in a compilation's title: (实用14篇), 5篇, 汇编三篇.
_COUNT = re.compile(
    r"(?:[(（【][^(（【]{0,4})?(?:[一二三四五六七八九十百]{1,4}|\d{1,3})\s?篇[)）】]?$"
)
# The list of annexes below a notice; the second and later stand on lines of their own.
_ANNEX = re.compile(
    r"(?:附件?\s?\d{0,2}\s?[:：]\s?(?:\d{1,2}[.．、])?|\d{1,2}[.．])\s?([^。；;]{4,60})"
)
# An annex that bears its title behind the word: 附件1：…
_TITLED_ANNEX = re.compile(
    r"附件?\s?[\d一二三四五六七八九十]{0,3}\s?[:：\s]\s?(?P<title>[^。；;]{2,45})"
)
# What the title of a text that is sent ends with.
_SENT = re.compile(
    r"(?:办法|细则|规定|方案|意见|要点|计划|规划|制度|章程|标准|指南|规程|规则|条例|目录|清单|名单|名册|表|预案"
    r"|报告|纲要|措施|指标|体系|大纲|说明|须知|样式|样本|合同|协议|书|函|稿|一览|汇总|分工|职责|议程|日程|安排"
    r"|公约|守则|范本|实事|任务|项目)(?:[(（].{1,12}[)）])?$"
)
# The title of an official document, as its kinds are named by the standing rules.
_OFFICIAL = re.compile(
    r".{0,30}关于.{3,}的(?:决[议定]|命?令|公[报告]|通[告知报]|意见|报告|请示|批复|议案|复?函|纪要|答复)"
)
# What a site prints with each reply of its readers, before a count.
_REPLY = re.compile(
    r"(?:回复|点赞|评论|举报|转发|分享|收藏|支持|反对|引用|浏览|阅读|查看|推荐|赞|踩|顶|楼)\s*$"
)
# A notice that forwards a text names it without 《》: 批转市教育局关于发展教育意见的通知.
_SENDS = re.compile(r"(?:转发|批转|印发)([^《》]{4,60}?)的?通知$")
_QUOTED = re.compile("《([^《》]{4,60})》")


def split(page: LabelledPage) -> tuple[DraftArticle, ...]:
    """Return the articles of `page`, in order; every kept character is in one of them.

    A page that is no compilation gives one article with title None, an empty page none.
    """
    whole = map(without_counters, lines_of(page.blocks))
    lines = _with_whole_titles(chain.from_iterable(map(_inline_titles, whole)), page.title)
    lines, further = with_further(lines, page.title)
    lines, headed = with_heads(lines)
    count = len(lines)
    lines, titles = _without_repeated_title(lines, _title_indexes(lines), page.title)
    headed = {i - count + len(lines): at - count + len(lines) for i, at in headed.items()}
    closings = {i for i, form in frame(lines).items() if form is Form.CLOSING}
    opened = {i for i, line in enumerate(lines) if any(line is title for title in further)}
    attached = _attached(lines, page.title, closings, opened) - titles - set(headed.values())
    # Where each article begins, and where its title stands.
    starts = {i: i for i in (*titles, *attached, *opened, *_independent(lines, closings))} | headed
    inside = {i for first, title in headed.items() for i in range(first + 1, title + 1)}
    bounds = sorted({0, *starts.keys() - inside, len(lines)})
    return tuple(
        _article(
            lines[first:end],
            starts[first] - first if first in starts else None,
            page.title,
            first in attached,
        )
        for first, end in pairwise(bounds)
    )


def _without_repeated_title(
    lines: list[Line], titles: set[int], page_title: str
) -> tuple[list[Line], set[int]]:
    """A compilation's own title before its first article goes to that title's fragments."""
    if 1 not in titles or 0 in titles or not _same(lines[0].text, page_title):
        return lines, titles
    first = replace(lines[1], cut=(*lines[0].cut, lines[0].text, *lines[1].cut))
    return [first, *lines[2:]], {i - 1 for i in titles}


def _article(
    lines: Sequence[Line], title: int | None, page_title: str, attached: bool
) -> DraftArticle:
    """One article from its lines; line `title` is its title, what stands above it its head."""
    if title is None and not lines[0].row and _same(lines[0].text, page_title):
        return replace(_article(lines, 0, page_title, attached), title=None)
    head = [DraftParagraph(line.text, Form.OPENING, (), line.cut) for line in lines[: title or 0]]
    if title is not None:
        head.append(DraftParagraph(lines[title].text, Form.ARTICLE_TITLE, (), lines[title].cut))
    body = structure([piece for line in lines[len(head) :] for piece in cut(line)])
    own = None if title is None else lines[title].text
    return DraftArticle(own, (*head, *body), attached)


def _inline_titles(line: Line) -> Iterator[Line]:
    """Cut a line before and behind each article title inside it."""
    spans = [m.span() for m in _INLINE.finditer(line.text)] or _counted_titles(line.text)
    if line.row or not spans or len(line.text) <= TITLE_LIMIT:
        yield line
        return
    is_glued = len(spans) > 1 or len(line.text) >= GLUED_LENGTH
    yield from line.pieces(chain.from_iterable(spans), is_glued=is_glued)


def _counted_titles(text: str) -> list[tuple[int, int]]:
    """Spans of titles without brackets in a line of several articles.

    第一篇：…第二篇：… or …总结篇一…总结篇二…: the figures count from one, and the words
    before 篇一 are the same each time.
    """
    if len(text) < GLUED_LENGTH:
        return []
    for figures in (_HAN_FIGURES, _ARABIC_FIGURES):
        for colon in "：:":
            spans = _counted(text, [f"第{figure}篇{colon}" for figure in figures])
            if len(spans) > 1:
                return spans
        spans = _counted(text, [f"篇{figure}" for figure in figures])
        stem = _common_end([text[max(0, at - TITLE_LIMIT) : at] for at, _ in spans])
        if len(spans) > 1 and len(stem) >= SHORTEST_STEM:
            return [(at - len(stem), end) for at, end in spans]
    return []


def _counted(text: str, signs: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of the `signs` as far as they follow one another in `text`."""
    spans: list[tuple[int, int]] = []
    for sign in signs:
        at = text.find(sign, spans[-1][1] if spans else 0)
        if at < 0:
            break
        spans.append((at, at + len(sign)))
    return spans


def _common_end(texts: Sequence[str]) -> str:
    """The longest end that all of `texts` share."""
    shared = takewhile(
        lambda column: len(set(column)) == 1, zip(*map(reversed, texts), strict=False)
    )
    return "".join(column[0] for column in shared)[::-1]


def _candidate(text: str) -> tuple[tuple[str, str], int] | None:
    """The family and the number of a line that has the shape of an article's title."""
    if len(text) > TITLE_LIMIT or text[-1] in "。，,；;、":
        return None
    for kind, pattern in _LINE_TITLES:
        match = pattern.fullmatch(text.rstrip(":： "))
        value = parse(match["figure"]) if match else None
        if match and value:
            stem = match["stem"] if kind == "numbered" else ""
            return None if _REPLY.search(stem) else ((kind, stem), value)
    return None


def _title_indexes(lines: Sequence[Line]) -> set[int]:
    """Which lines are titles: members of a family whose figures go on.

    A figure alone at a line's end (…总结1) is weak: its family must count from one, under
    the same words, with text between. The other spellings say 篇 and are believed.
    """
    # Of each family the numbers that go on, each with the line where it stands.
    families: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for i, line in enumerate(lines):
        if not line.row and (candidate := _candidate(line.text)):
            family, value = candidate
            if value > max(families[family], default=0):
                families[family][value] = i
    found: set[int] = set()
    for (kind, _), numbers in families.items():
        counts = list(numbers)[:2] == [1, 2]
        apart = all(b - a > 1 for a, b in pairwise(numbers.values()))
        if kind != "numbered" or (counts and apart):
            found.update(numbers.values())
    return found


def _independent(lines: Sequence[Line], closings: set[int]) -> set[int]:
    """Titles of further documents on the page: official titles right behind a signature."""
    return {
        i
        for i, line in enumerate(lines)
        if i - 1 in closings and _is_title(line) and _OFFICIAL.fullmatch(line.text)
    }


def _attached(
    lines: Sequence[Line], page_title: str, closings: set[int], opened: set[int]
) -> set[int]:
    """Titles of documents that a notice prints behind its signature and date, or `opened`.

    Such a title has been named before: in 《》, in the page's title or in the notice, or
    among the annexes below it; or the word 附件 stands above it or before it.
    """
    named = set(_names(page_title))
    found: set[int] = set()
    for i, line in enumerate(lines):
        if i and not line.row:
            titled = _TITLED_ANNEX.fullmatch(line.text)
            named_above = i in opened and _name(line.text) in named
            if (
                named_above
                or _is_sent(lines, i, line.text, named, bool(found))
                or (
                    titled
                    and closings.intersection(range(i))
                    and i + 1 < len(lines)
                    and i + 1 not in closings
                    and _bare(titled["title"]) != _bare(lines[i + 1].text)
                )
            ):
                found.add(i)
            elif ANNEX_SIGN.fullmatch(line.text) and i + 1 < len(lines) and i + 1 not in closings:
                # What is no title, a table or a numbered line, has the word itself for one.
                begins = i + 1 if _is_title(lines[i + 1]) else i
                if any(before.row or ends_sentence(before.text) for before in lines[:i]):
                    found.add(begins)
            named.update(_names(line.text))
    return found


def _is_sent(lines: Sequence[Line], i: int, text: str, named: set[str], others: bool) -> bool:
    """Whether `text`, which begins in line `i`, is the title of a text that was named before.

    It stands behind a date or the word 附件, or behind the last sentence of one of `others`.
    """
    if len(text) > TITLE_LIMIT * TITLE_LINES or lines[i].row or _name(text) not in named:
        return False
    return _stands_behind_date(lines, i) or (others and ends_sentence(lines[i - 1].text))


def _is_title(line: Line) -> bool:
    """Whether the line may be the title, or a part of it, of what is sent."""
    text = line.text
    return not (
        line.row
        or len(text) > TITLE_LIMIT
        or text[-1] in "。；;：:，,、"
        or leading(text)
        or (is_small(text) and len(text) > 2)
        or is_salutation(text)
        or ANNEX_SIGN.fullmatch(text)
    )


def _with_whole_titles(lines: Iterable[Line], page_title: str) -> list[Line]:
    """`lines` with the titles of attachments whole that are printed on several of them."""
    named = set(_names(page_title))
    whole: list[Line] = []
    others = False
    for line in lines:
        whole.append(line)
        for count in range(1, TITLE_LINES + 1):
            parts = whole[-count:]
            start = len(whole) - count
            if start < 1 or len(parts[0].text) > TITLE_LIMIT or len(line.text) > TITLE_LIMIT:
                break
            text = "".join(part.text for part in parts)
            if _is_sent(whole, start, text, named, others) or _is_below_sign(
                whole[start - 1], parts
            ):
                cut = tuple(fragment for part in parts for fragment in part.cut)
                whole[start:] = [replace(parts[0], text=text, cut=cut)]
                others = True
                break
        named.update(() if line.row else _names(line.text))
    return whole


def _is_below_sign(above: Line, parts: Sequence[Line]) -> bool:
    """Whether `parts` are the lines of one title below the word 附件: only the last ends as one."""
    if ANNEX_SIGN.fullmatch(above.text) is None or not all(map(_is_title, parts)):
        return False
    ends = [_SENT.search(part.text) is not None for part in parts]
    return ends == [False] * (len(parts) - 1) + [True]


def _names(text: str) -> Iterator[str]:
    """The titles that a line names: what it quotes or sends, an annex in a list of them."""
    yield from map(_name, _QUOTED.findall(text))
    for found in (_ANNEX.fullmatch(text), _SENDS.search(text)):
        if found:
            yield _name(found[1])


def _name(text: str) -> str:
    """A title as it is named elsewhere: without its office, and 的 in it or not."""
    return re.sub(r"\s|的|^.*?(?=关于)", "", text)


def _stands_behind_date(lines: Sequence[Line], i: int) -> bool:
    """Whether a date or the word 附件 stands in one of the lines right before."""
    before = lines[max(0, i - ATTACHMENT_REACH) : i]
    return any(
        any(map(is_date, line.text.split("\t"))) or line.text.startswith(("附件", "附:", "附："))
        for line in before
    )


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _same(text: str, title: str) -> bool:
    """Whether a line repeats the page's title, whether or not with its count of articles.

    >>> _same("机关工作总结3篇", "机关工作总结"), _same("机关工作计划", "机关工作总结")
    (True, False)
    """
    return bool(title) and _COUNT.sub("", _bare(text)) == _COUNT.sub("", _bare(title))
