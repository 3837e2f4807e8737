"""What a page states of its document: title, site, kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from indexer.features import Mark, key_of
from indexer.page import Page
from indexer.record.box import read_box
from indexer.record.head import is_numbered, is_serial
from indexer.record.page_date import STATEMENT
from indexer.text import suffixes
from indexer.text.numbering import leading
from indexer.text.titles import (
    TITLE_LINES,
    closes,
    is_column,
    is_contents,
    is_office,
    is_tab,
    join_lines,
    printed_titles,
    title_beside,
)

_SITE_WORD = re.compile(
    r"网$|网站$|站$|文库|文档|频道|在线$|论坛$|门户|首页|\.(?:com|cn|net|org)|百科$|日报|晚报|新闻|资讯|人民政府$|"
    r"[省市县区州]?(?:教育|财政|统计|民政)?局$|委员会$|教育厅$|豆丁|道客|原创力|新华社|电视台$|之家$|范文|公文"
)
_SEPARATOR = re.compile(
    r"\s*[_|｜]+\s*|\s+[-–—]+\s+|-{2,}|(?<=[\u4e00-\u9fff)）\]】a-z])[-–—](?=[\u4e00-\u9fff])|-(?=[\w.]+\.(?:com|cn|net))"
)
_DECORATION = re.compile(
    r"^\s*(?:【(?:word|pdf|精品)?(?:文档|版|资料)?】|\[(?:word|精品|原创)[^\]]*\]|(?:最新|\(精品\))\s*(?=【))\s*|"
    rf"[_\s-]*第\s*\d+\s*页.*$|{suffixes.DOCUMENT}\b|[(（]共?\s*\d+\s*页[)）]|"
    r"\s*(?:免费下载|在线阅读|下载|文档下载)$|^\s*《(?=[^》]*$)",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"(?:(?<![\u4e00-\u9fff])(?:分类|类别)|体裁(?:分类)?|文种)\s*[:：]\s*([^|｜\s][^|｜]{0,40})"
)
# …总结篇一, …总结简短一, …范文篇1: the title of a compilation without its articles' numbers.
_ARTICLE_NUMBER = re.compile(r"(?:[第（(【]?篇?[一二三四五六七八九十\d]{1,3}篇?[)）】]?[:：]?)$")
_SITE_METAS = ("og:site_name", "sitename", "application-name")
_HEADLINES = frozenset(("h1", "h2", "h3"))
_MAX_TITLE = 80
# Where a page's title is cut short.
_BROKEN_OFF = re.compile(r"\.{3}|…")
# A title of what it is about is one with a comma in it, too.
_ABOUT = re.compile(r"(?!根据|按照|依据|遵照|贯彻|现将|现就|为)[\u4e00-\u9fff、]{0,25}关于")
# A text's own title stands among so many lines.
_OPENING = 10
_MAX_SITE = 8
# The head of a document, with what a site prints above it, has no more lines.
_HEAD_LINES = 60
# 海量文库abc.com, 写作网手机版: the name without the address and the edition.
_SITE_SUFFIX = re.compile(
    r"(?:手机版|触屏版|移动版|首页)$|(?<=[\u4e00-\u9fff])(?:www\.)?[a-z0-9-]+(?:\.[a-z]{2,8})+$"
)
# A compiler introduces himself in his lead-in: 下面是365文档网小编为您分享的…
_LEAD = 600
_EDITOR = re.compile(r"(?:是|由|本文|跟着|和|请看)([\w\u4e00-\u9fff]{2,8}?(?:网|文库|之家))的?小编")
# A line that opens a list, goes on, or is a subtitle is no title.
_NO_TITLE = re.compile("[:：。,;；]$|^——")
_BOUNDARY = ("", *"_-|—–.(")
# A page whose title is its site's name alone: 某某新闻网, 某某日报.
_SITE_ALONE = re.compile(r"^.{2,14}(?:网|网站|电视台|日报|晚报|时报|早报|电子报|门户|首页|官网)$")
# What stands around a headline, not in it: a day, a path, a statement.
_BESIDE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}|\d{1,2}:\d{2}|[>＞»:：|]")
# A part of a page's title that a line repeats is its headline from so many characters on.
_PART, _MAX_PART_LENGTH = 8, 60
_MAX_TAIL = 20


def page_title(page: Page, marks: Sequence[Mark]) -> str:
    """The document's title: the headline that the page's title names, or that title cleaned.

    A plain text has no title of its own: its first short line that is no sentence and is
    repeated below or stands alone at the head counts.
    """
    if page.profile and page.profile.title and (told := clean_title(page.profile.title)):
        return told
    printed = _numbered_title(marks)
    agreed = _agreed_title(page, marks) if printed else None
    if printed and not (agreed and key_of(printed) not in agreed and agreed not in key_of(printed)):
        return printed
    said = [page.title, *(page.meta.get(name) for name in ("articletitle", "og:title"))]
    naming = [title for title in said if title and not _names_no_text(title)]
    whole = next(iter(naming), "") or next(filter(None, said), "")
    key = key_of(whole)
    plain = clean_title(_strip_site(whole)[0])
    parts = {key_of(part) for part in _SEPARATOR.split(whole) if part}
    best = ""
    for mark in marks if key else ():
        if mark.block.hidden or len(mark.text) > _MAX_TITLE or mark.linked:
            continue
        headline = mark.block.tag in _HEADLINES
        is_part = len(mark.key) >= _PART and mark.key in parts
        if not (headline or is_part or all(map(mark.key.__contains__, key[:4]))):
            continue
        candidate = clean_title(mark.text)
        candidate_key = key_of(candidate)
        if len(candidate_key) < 4:
            continue
        named = is_part or _heads(key, candidate_key) or (headline and candidate_key in key)
        named = named or _stands_before_site(whole, candidate)
        if key and named and len(candidate_key) > len(key_of(best)):
            best = candidate
    for run in title_runs(marks, key) if key else ():
        pieces = join_lines([mark.text for mark in run])
        if _heads(key, key_of(pieces)) and len(key_of(pieces)) > len(key_of(best)):
            best = clean_title(pieces)
    broken = _BROKEN_OFF.split(key)
    if (whole and not naming) or (len(broken) > 1 and len(broken[0]) >= _PART):
        above = _headline_above(marks)
        if not naming:
            above = _boxed_title(marks) or above
        if above and (not naming or key_of(above).startswith(broken[0])):
            return above
    if naming and best:
        return best
    if plain:
        return plain
    return _headline(marks) or _boxed_title(marks) or _text_title(marks) or file_name(page)


def _numbered_title(marks: Sequence[Mark]) -> str | None:
    """The title of a document that bears its number, right below it or else right above it."""
    lines: list[str] = []
    number = None
    for mark in marks:
        if mark.block.hidden or mark.linked or mark.rule == "line:page-label" or is_tab(mark.text):
            continue
        if _is_running(mark) or mark.is_article_title or len(lines) > _HEAD_LINES:
            break
        text = mark.text.replace("\t", " ")
        if number is None and (is_numbered(text) or is_serial(text)):
            number = len(lines)
        # A cell is no title.
        lines.append("" if mark.block.row else clean_title(text))
    found = None if number is None else title_beside(lines, number)
    if number is None or not found or (found[0] < number and is_serial(lines[number])):
        return None
    return join_lines(lines[slice(*found)])


def _agreed_title(page: Page, marks: Sequence[Mark]) -> str | None:
    """The key of the headline of the mark-up that the page's title repeats, a document's own."""
    key = key_of(page.title or "")
    heads = (mark for mark in marks if _is_headline(mark) and closes(clean_title(mark.text)))
    return next((head.key for head in heads if _heads(key, head.key)), None)


def _names_no_text(title: str) -> bool:
    """Whether a page's title is the name of its site, office or column, or a bare kind."""
    parts = clean_title(title).split()
    if len(parts) > 1 and all(map(_names_no_text, parts)):
        return True
    plain = clean_title(_strip_site(title)[0])
    return is_column(plain) or is_office(plain) or _SITE_ALONE.search(key_of(plain)) is not None


def title_runs(marks: Sequence[Mark], key: str) -> Iterator[list[Mark]]:
    """Yield the blocks, one or several in a row, whose text is `key` or what it begins with.

    Of the blocks that begin at one place the longest run counts.
    """

    def may_name(mark: Mark) -> bool:
        return mark.kept and not (mark.block.hidden or mark.is_article_title)

    for start, first in enumerate(marks):
        if not (key.startswith(first.key) and may_name(first)):
            continue
        run: list[Mark] = []
        for mark in islice(filter(may_name, islice(marks, start, None)), TITLE_LINES):
            if not key.startswith("".join(part.key for part in (*run, mark))):
                break
            run.append(mark)
        yield run


def file_name(page: Page) -> str:
    return page.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def clean_title(text: str) -> str:
    """`text` without file suffix, page count and the site's decoration.

    >>> clean_title("【Word文档】 20**年区教育局教育工作年度总结")
    '20**年区教育局教育工作年度总结'
    >>> clean_title("2022年教育局年度工作总结范本.doc_第1页")
    '2022年教育局年度工作总结范本'
    """
    previous = None
    while previous != text:
        previous = text
        text = _DECORATION.sub("", text).strip(" -_|　")
    return text


def site_name(page: Page, marks: Sequence[Mark]) -> str | None:
    """The site's name where the page states it, else the host of its address."""
    if page.profile and page.profile.site:
        return page.profile.site
    for name in _SITE_METAS:
        if page.meta.get(name):
            return page.meta[name]
    if page.title and (suffix := _strip_site(page.title)[1]):
        return suffix
    for mark in marks:
        if not mark.kept and (match := _EDITOR.search(mark.block.text[:_LEAD])):
            return match[1]
    return urlsplit(page.url).hostname if page.url else None


def kind(page: Page, marks: Sequence[Mark]) -> str | None:
    """The 文种 where the boilerplate states one: the last step of 分类: 工作公文 > 工作总结."""
    if page.profile and page.profile.kind:
        return _last_step(page.profile.kind)
    dropped = (mark.block.text[:STATEMENT] for mark in marks if not mark.kept)
    steps = (_last_step(match[1]) for text in dropped if (match := _KIND.search(text)))
    return next(filter(None, steps), None)


def _last_step(path: str) -> str | None:
    steps = [step.strip() for step in re.split(r"[>＞»/]", path) if step.strip()]
    return steps[-1].split(" ")[0] if steps else None


def _strip_site(title: str) -> tuple[str, str | None]:
    """A page's title and the site's name at its end."""
    parts = [part for part in _SEPARATOR.split(title) if part and part.strip()]
    if len(parts) < 2:
        return title, None
    site = next((part.strip() for part in reversed(parts) if _SITE_WORD.search(part)), None)
    if site is None and len(parts[-1].strip()) <= _MAX_SITE:
        site = parts[-1].strip()
    first = parts[0].strip()
    if len(first) < 4 or (site == first and len(parts) > 1):
        first = max(parts, key=len).strip()
    if site is None or site == first:
        return first, None
    return first, _SITE_SUFFIX.sub("", site) or site


def _heads(key: str, candidate: str) -> bool:
    """Whether `candidate` is `key` or its part in front of a separator.

    >>> _heads("工作总结_范文网", "工作总结"), _heads("工作总结会", "工作总结")
    (True, False)
    """
    return key.startswith(candidate) and key[len(candidate) :][:1] in _BOUNDARY


def _stands_before_site(title: str, candidate: str) -> bool:
    """Whether only the section's and the site's names follow `candidate`, behind spaces.

    >>> _stands_before_site("全县春耕开始 地方要闻 清溪新闻网", "全县春耕开始")
    True
    >>> _stands_before_site("全县春耕开始 农民忙播种", "全县春耕开始")
    False
    """
    head, tail = title.strip()[: len(candidate)], title.strip()[len(candidate) :]
    if head != candidate or not tail[:1].isspace() or len(tail) > _MAX_TAIL:
        return False
    return _SITE_WORD.search(tail.split()[-1]) is not None


def _boxed_title(marks: Sequence[Mark]) -> str | None:
    """The title that the page's index box states; with its office, as above the text."""
    values, _ = read_box([mark.labelled() for mark in marks], {}, "")
    said = next((str(value.value) for value in values if value.element == "title"), None)
    above = _headline_above(marks) if said else None
    return above if said and above and key_of(above).endswith(key_of(said)) else said


def _headline_above(marks: Sequence[Mark]) -> str | None:
    """The headline of a page whose title does not name its text: it stands above the text."""
    above: list[str] = []
    for mark in marks:
        if mark.kept and _is_running(mark):
            break
        if mark.kept:
            fits = len(mark.key) <= _MAX_PART_LENGTH and not (mark.linked or mark.block.hidden)
            # A row of several cells is no title.
            fits = fits and "\t" not in mark.text
            fits = fits and not (_BESIDE.search(mark.text) or _NO_TITLE.search(mark.key))
            above.append(clean_title(mark.text) if fits else "")
    closed = [title for title, closes in printed_titles(above) if closes]
    long = [line for line in above if len(key_of(line)) >= _PART]
    return next(iter([*closed[-1:], *long[-1:]]), None)


def _is_running(mark: Mark) -> bool:
    """Whether a block is running text and no long title of what it is about."""
    about = len(mark.key) <= _MAX_PART_LENGTH and _ABOUT.match(mark.key) and not mark.is_closed
    return mark.prose > 0 and not about


def _headline(marks: Sequence[Mark]) -> str | None:
    """The first headline of the mark-up, whole where it stands in several blocks."""
    lines: list[str] = []
    for mark in marks:
        if _is_headline(mark) and not is_column(mark.text):
            lines.append(clean_title(mark.text))
        elif lines:
            break
    return next((title for title, closes in printed_titles(lines) if closes), None) or next(
        (line for line in lines if len(key_of(line)) >= 4), None
    )


def _is_headline(mark: Mark) -> bool:
    block = mark.block
    fits = 2 <= len(mark.text) <= _MAX_TITLE and not mark.linked and not block.hidden
    return block.tag == "h1" and fits


def _text_title(marks: Sequence[Mark]) -> str | None:
    labels = ("line:page-label", "line:page-number")
    lines = [mark for mark in marks[:6] if not mark.block.row and mark.rule not in labels]
    # No heading of a part is a title, however often it stands there.
    head = [m for m in lines if 4 <= len(m.text) <= _MAX_TITLE and leading(m.text) is None]
    keys = [key_of(clean_title(mark.text)) for mark in head]
    for mark, key in zip(head, keys, strict=True):
        if keys.count(key) > 1 and not _NO_TITLE.search(key):
            return clean_title(mark.text)
    opening: list[str] = []
    running = False
    for mark in [mark for mark in marks if mark.kept and not mark.linked][:_OPENING]:
        if mark.block.row:
            # No title stands below a table, and its heads are none.
            break
        if mark.is_article_title and not any(opening):
            return clean_title(_ARTICLE_NUMBER.sub("", mark.text)) or None
        if mark.is_article_title or mark.is_heading or is_contents(mark.text):
            break
        if _is_running(mark) or len(mark.text) > _MAX_TITLE:
            # A lead-in may stand above the first article; no title stands below a text.
            running = True
        elif not running:
            opening.append("" if _NO_TITLE.search(mark.key) else clean_title(mark.text))
    closed = next((title for title, closes in printed_titles(opening) if closes), None)
    return closed or next((line for line in opening if len(key_of(line)) >= 4), None)
