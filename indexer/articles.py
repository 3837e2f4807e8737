"""Articles: the kept blocks of a page become independent texts, titles and paragraphs.

A compilation numbers its articles in many spellings (…篇一, …范文篇1, 【篇一】, …简短一,
第一篇：…, …工作总结1). A title counts where it is one of a family: the same spelling
with figures that go on from one to the next. What no article begins is one article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.model import Form
from indexer.cutting import cut
from indexer.headings import is_date, structure
from indexer.lines import Line, lines_of, without_counters
from indexer.numbering import han_value
from indexer.page import DraftArticle, DraftParagraph, LabelledPage

# A title line is no longer than this.
TITLE_LIMIT = 45

_FIGURE = r"(?P<figure>[一二三四五六七八九十百]{1,4}|\d{1,3})"
_LINE_TITLES = (
    # 【篇一】, 【第2篇】公司党委总结, 【范文一】…
    ("bracketed", re.compile(rf"[【\[〖]\s?(?:第\s?{_FIGURE}\s?篇|(?:范文|篇|范例|例文|样本){_FIGURE.replace('figure', 'second')})\s?[】\]〗].{{0,40}}")),
    # 第一篇：教育系统工作总结, 篇一：…, 范文一：…, 范文篇1
    ("ordinal", re.compile(rf"第\s?{_FIGURE}\s?篇(?:[:： 　]?.{{0,40}})")),
    ("leading", re.compile(rf"(?:范文|篇|范例|例文|样本){_FIGURE}(?:\s?[:：、 ].{{0,40}})?")),
    # …工作总结篇一, …范文篇1, …总结【篇1】, …(篇一)
    ("trailing", re.compile(rf"(?P<stem>.{{2,40}}?)[(（【\[]?(?:范文)?(?:第{_FIGURE}篇|篇{_FIGURE.replace('figure', 'second')})[)）】\]]?")),
    # …工作总结简短一, …工作总结1, …工作总结(一), …范文一
    ("numbered", re.compile(rf"(?P<stem>.{{3,40}}?[^\d一二三四五六七八九十百年第、.．\-—至月(（])\s?[(（]?{_FIGURE}[)）]?")),
)
_INLINE = re.compile(rf"[【\[〖]\s?(?:第\s?{_FIGURE}\s?篇|(?:范文|篇)(?P<second>[一二三四五六七八九十百]{{1,4}}|\d{{1,3}}))\s?[】\]〗]")
_COMPILATION = re.compile(r"[(（【]?(?:[^(（【]{0,4}?)(?:[一二三四五六七八九十百]{1,4}|\d{1,3})\s?篇(?:[^(（【]{0,4})[)）】]?$|(?:汇编|合集|集锦).{0,6}$")
_TITLE_QUOTED = re.compile("《([^《》]{4,60})》")


@dataclass(frozen=True, slots=True)
class _Title:
    """A line that may be an article's title: its family and its number there."""

    index: int
    family: tuple[str, str]
    value: int


def split(page: LabelledPage) -> tuple[DraftArticle, ...]:
    """Return the articles of `page`, in order; every kept character is in one of them.

    A page that is no compilation gives one article with title None, an empty page none.
    """
    lines = [line for whole in lines_of(page.blocks) for line in _inline_titles(without_counters(whole))]
    starts = _title_indexes(lines, page.title)
    starts |= _attached(lines, page.title)
    articles: list[DraftArticle] = []
    bounds = sorted({0, *starts, len(lines)})
    for start, end in zip(bounds, bounds[1:], strict=False):
        articles.append(_article(lines[start:end], start in starts, page.title))
    return tuple(articles)


def _article(lines: Sequence[Line], titled: bool, page_title: str) -> DraftArticle:
    """One article from its lines; the first is its title where `titled`."""
    head: tuple[DraftParagraph, ...] = ()
    if lines and (titled or _same(lines[0].text, page_title)):
        head = (DraftParagraph(lines[0].text, Form.ARTICLE_TITLE, (), lines[0].cut),)
    body = [piece for line in lines[len(head) :] for piece in cut(line)]
    return DraftArticle(lines[0].text if titled else None, head + structure(body))


def _inline_titles(line: Line) -> Iterator[Line]:
    """Cut a line before and behind each bracketed article title (【篇一】) inside it."""
    matches = list(_INLINE.finditer(line.text))
    if not matches or len(line.text) <= TITLE_LIMIT:
        yield line
        return
    bounds = [0, *(edge for m in matches for edge in m.span()), len(line.text)]
    removed = line.cut
    for start, end in zip(bounds, bounds[1:], strict=False):
        piece = line.text[start:end].strip()
        if piece:
            yield Line(piece, line.tag, removed)
            removed = ()


def _candidates(lines: Sequence[Line]) -> Iterator[_Title]:
    for i, line in enumerate(lines):
        if len(line.text) > TITLE_LIMIT or line.text[-1] in "。，,；;、":
            continue
        for kind, pattern in _LINE_TITLES:
            match = pattern.fullmatch(line.text.rstrip(":： "))
            if match:
                groups = match.groupdict()
                value = han_value(groups.get("figure") or groups.get("second") or "")
                stem = groups.get("stem") or ""
                if value:
                    yield _Title(i, (kind, stem if kind == "numbered" else ""), value)
                break


def _title_indexes(lines: Sequence[Line], page_title: str) -> set[int]:
    """Which lines are titles: members of a family whose figures go on."""
    families: dict[tuple[str, str], list[_Title]] = {}
    for title in _candidates(lines):
        families.setdefault(title.family, []).append(title)
    found: set[int] = set()
    for (kind, stem), titles in families.items():
        run: list[_Title] = []
        for title in titles:
            if not run or title.value > run[-1].value:
                run.append(title)
        sure = kind != "numbered" or (run[0].value == 1 and run[1:] and run[1].value == 2)
        alone = len(run) == 1 and kind == "numbered"
        if sure and not alone:
            found.update(title.index for title in run)
    return found


def _attached(lines: Sequence[Line], page_title: str) -> set[int]:
    """Titles of documents that a notice prints behind its signature and date.

    Such a title has been named in 《》 before, in the page's title or in the notice.
    """
    named = {_bare(t) for t in _TITLE_QUOTED.findall(page_title)}
    found: set[int] = set()
    for i, line in enumerate(lines):
        if i and _bare(line.text) in named and _stands_behind_date(lines, i):
            found.add(i)
        named.update(_bare(t) for t in _TITLE_QUOTED.findall(line.text))
    return found


def _stands_behind_date(lines: Sequence[Line], i: int) -> bool:
    return any(is_date(line.text) or line.text.startswith("附件") for line in lines[max(0, i - 3) : i])


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _same(text: str, title: str) -> bool:
    return bool(title) and _bare(text) == _bare(title)
