"""Topic and part of a paragraph: what field of work it is about, and its place in the text.

A topic is voted by words (`taxonomy.toml`): the paragraph's own count most, then its
innermost heading, the headings above, the titles least. Without a clear winner there is
no topic. The part is told by the headings (`parts.toml`), then by position and wording.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from archive.model import Form
from indexer.page import DraftArticle, DraftParagraph
from indexer.topics.kinds import kind
from indexer.topics.taxonomy import KEY, Taxonomy, load_taxonomy

_PARTS = Path(__file__).with_name("parts.toml")


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a paragraph; each None where no rule speaks."""

    topic: str | None = None
    part: str | None = None
    kind: str | None = None


# Votes: what a word counts in the paragraph, in its innermost heading, in the headings
# above, in the titles. A heading says in five words what its paragraphs are about.
_TEXT, _HEADING, _ABOVE = 1.0, 2.0, 1.0
# The title of a single text may give its topic to a paragraph that has none of its own;
# the titles in a compilation are the compiler's, all alike, and may not.
_TITLE, _SHARED_TITLE = 0.8, 0.5
# What a vote for a topic foreign to the title's field counts.
_FOREIGN = 0.6
# A word counts so often in one paragraph: a long one repeats its subject.
_REPEATS = 3
# A topic needs so many votes, and so many times those of the next.
_ENOUGH = 3.0
_CLEAR = 1.15


def topic_of(
    text: str,
    heading_path: Sequence[str],
    title: str,
    taxonomy: Taxonomy | None = None,
) -> str | None:
    """Return the topic of one paragraph, or None.

    >>> topic_of("新建公办幼儿园3所，普惠性幼儿园覆盖率达90%。", (), "")
    '学前教育'
    >>> topic_of("现将有关情况汇报如下。", (), "")
    """
    taxonomy = taxonomy or load_taxonomy()
    votes = _votes(taxonomy, heading_path, title, _TITLE)
    return _winner(taxonomy, text, votes, taxonomy.strangers(title))


def _votes(
    taxonomy: Taxonomy, heading_path: Sequence[str], title: str, weight: float
) -> dict[int, float]:
    """The votes of the headings and the title, without the text."""
    votes: dict[int, float] = {}
    for depth, heading in enumerate(reversed(heading_path)):
        _count(taxonomy, heading, _ABOVE if depth else _HEADING, votes)
    _count(taxonomy, title, weight, votes)
    return votes


def _winner(
    taxonomy: Taxonomy, text: str, given: dict[int, float], strangers: frozenset[int]
) -> str | None:
    """The topic that wins with the text's own votes added to those `given`."""
    votes = dict(given)
    _count(taxonomy, text, _TEXT, votes)
    best, most, second = -1, 0.0, 0.0
    for place, number in votes.items():
        counted = number * _FOREIGN if place in strangers else number
        if counted > most:
            best, most, second = place, counted, most
        elif counted > second:
            second = counted
    if most < _ENOUGH or most < second * _CLEAR:
        return None
    return taxonomy.topics[best].name


def _count(taxonomy: Taxonomy, text: str, factor: float, votes: dict[int, float]) -> None:
    """Add the votes of `text`: the longest word at each place, not overlapping."""
    calls = taxonomy.calls
    times: dict[str, int] = {}
    at, end = 0, len(text) - 1
    while at < end:
        words = calls.get(text[at : at + KEY])
        if words is not None:
            for word, speaks in words:
                if text.startswith(word, at):
                    seen = times.get(word, 0)
                    if seen < _REPEATS:
                        times[word] = seen + 1
                        # The second and third time count less than the first.
                        for place, weight in speaks:
                            votes[place] = votes.get(place, 0.0) + factor * weight / (1 + seen)
                    at += len(word) - 1
                    break
        at += 1


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    heading: re.Pattern[str] | None
    wording: re.Pattern[str] | None


@lru_cache(maxsize=1)
def _parts() -> tuple[_Part, ...]:
    with _PARTS.open("rb") as file:
        rows = tomllib.load(file)["part"]
    return tuple(
        _Part(
            row["name"],
            re.compile(row["heading"]) if "heading" in row else None,
            re.compile(row["wording"]) if "wording" in row else None,
        )
        for row in rows
    )


# Kinds that tell of work done: what stands under their other headings is what was done.
_TELLS = frozenset({"工作总结", "汇报", "报告", "述职报告", "经验材料"})
_OPENING_PART, _WORK, _CLOSING = "导语", "主要做法与成效", "结尾"
# A document's end is its last paragraph, if no numbering makes it one item more.
_NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十\d]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五]是|第[一二三])"
)
# The opening ends with the first heading, or after so many paragraphs without one.
_OPENING_LENGTH = 3
_HEADING_LENGTH = 40


@lru_cache(maxsize=4096)
def _heading_part(heading: str) -> str | None:
    head = heading[:_HEADING_LENGTH]
    return next((p.name for p in _parts() if p.heading and p.heading.search(head)), None)


def part(
    paragraph: DraftParagraph, *, opening: bool, closing: bool, document_kind: str | None
) -> str | None:
    """Return the part that a paragraph plays in its document, or None.

    `opening`: it stands before any heading, near the start; `closing`: it is the last.
    """
    if paragraph.form is Form.ARTICLE_TITLE:
        return None
    by_heading = next(
        (name for h in reversed(paragraph.heading_path) if (name := _heading_part(h))), None
    )
    worded = None
    for rule in _parts():
        if rule.wording and rule.wording.search(paragraph.text[:120]):
            worded = rule.name
            break
    ends = worded == _CLOSING or not (paragraph.heading_path or _NUMBERED.match(paragraph.text))
    if closing and ends:
        return _CLOSING
    if by_heading:
        return by_heading
    if opening:
        return _OPENING_PART
    if worded and worded not in (_OPENING_PART, _CLOSING):
        return worded
    if paragraph.heading_path and document_kind in _TELLS:
        return _WORK
    return worded


def tag_article(
    article: DraftArticle, title: str, taxonomy: Taxonomy | None = None
) -> tuple[Tags, ...]:
    """Return the tags of each paragraph of `article` on a page called `title`."""
    taxonomy = taxonomy or load_taxonomy()
    paragraphs = article.paragraphs
    body = [p.text for p in paragraphs if p.form is not Form.ARTICLE_TITLE]
    sort = kind(title, article.title, body)
    titles = article.title or title
    weight = _SHARED_TITLE if article.title else _TITLE
    strangers = taxonomy.strangers(titles + title)
    cache: dict[tuple[str, ...], dict[int, float]] = {}
    tags: list[Tags] = []
    last = len(paragraphs) - 1
    before_heading, lines = True, 0
    for i, paragraph in enumerate(paragraphs):
        path = paragraph.heading_path
        if paragraph.form is not Form.ARTICLE_TITLE:
            lines += 1
        before_heading = before_heading and not path
        own = path[:-1] if paragraph.form is Form.HEADING else path
        votes = cache.get(own)
        if votes is None:
            votes = cache[own] = _votes(taxonomy, own, titles, weight)
        tags.append(
            Tags(
                _winner(taxonomy, paragraph.text, votes, strangers),
                part(
                    paragraph,
                    opening=before_heading and lines <= _OPENING_LENGTH and i != last,
                    closing=i == last and lines > _OPENING_LENGTH,
                    document_kind=sort,
                ),
                sort,
            )
        )
    return tuple(tags)
