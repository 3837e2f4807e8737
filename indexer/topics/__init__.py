"""Topic and part of a paragraph: what field of work it is about, and its place in the text.

A topic is voted by words (`taxonomy.toml`): the paragraph's own count most, then its
innermost heading, the headings above, the titles least. Without a clear winner there is
no topic. The part is told by the headings (`parts.toml`), then by position and wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.model import Form
from indexer.page import DraftArticle
from indexer.topics.kinds import kind
from indexer.topics.parts import parts_of
from indexer.topics.taxonomy import KEY, Taxonomy, load_taxonomy


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
# A paragraph longer than this is asked one vote more for so many characters, up to a limit:
# what a long one names once it is hardly about. By eye on 200 paragraphs of reports.
_SHORT, _LONGER, _MAX_ASKED = 120, 120, 5.0


def topic_of(
    text: str, heading_path: Sequence[str], title: str, taxonomy: Taxonomy | None = None
) -> str | None:
    """Return the topic of one paragraph, or None.

    >>> topic_of("新建公办幼儿园3所，普惠性幼儿园覆盖率达90%。", (), "")
    '学前教育'
    >>> topic_of("现将有关情况汇报如下。", (), "")
    """
    taxonomy = taxonomy or load_taxonomy()
    votes = _votes(taxonomy, heading_path, title, _TITLE)
    around = "\n".join((*heading_path, title))
    return _winner(taxonomy, text, votes, around, taxonomy.foreign(title))


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
    taxonomy: Taxonomy, text: str, given: dict[int, float], around: str, foreign: frozenset[int]
) -> str | None:
    """The topic that wins with the text's own votes added to those `given`.

    `around` are the headings and titles, `foreign` the topics foreign to the title's field.
    """
    votes = dict(given)
    _count(taxonomy, text, _TEXT, votes)
    best, most, second = -1, 0.0, 0.0
    for place, number in votes.items():
        counted = number * _FOREIGN if place in foreign else number
        if counted > most:
            best, most, second = place, counted, most
        elif counted > second:
            second = counted
    enough = min(_ENOUGH + max(0, len(text) - _SHORT) / _LONGER, _MAX_ASKED)
    if most < enough or most < second * _CLEAR:
        return None
    needs = taxonomy.needs(best)
    if needs and not any(word in text or word in around for word in needs):
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
                    # An ignored word's last character may begin a word.
                    at += len(word) - (1 if speaks else 2)
                    break
        at += 1


def tag_article(
    article: DraftArticle, title: str, taxonomy: Taxonomy | None = None
) -> tuple[Tags, ...]:
    """Return the tags of each paragraph of `article` on a page called `title`.

    What is no running text has the article's kind alone.
    """
    taxonomy = taxonomy or load_taxonomy()
    paragraphs = article.paragraphs
    body = [p.text for p in paragraphs if p.form not in (Form.ARTICLE_TITLE, Form.ROW)]
    # What a notice sends is not of the notice's kind.
    sort = kind("" if article.attached else title, article.title, body)
    titles = article.title or title
    weight = _SHARED_TITLE if article.title else _TITLE
    foreign = taxonomy.foreign(titles + title)
    cache: dict[tuple[str, ...], dict[int, float]] = {}
    tags: list[Tags] = []
    parts = parts_of(paragraphs, sort)
    for paragraph, part in zip(paragraphs, parts, strict=True):
        if not paragraph.form.running:
            tags.append(Tags(kind=sort))
            continue
        path = paragraph.heading_path
        own = path[:-1] if paragraph.form is Form.HEADING else path
        if own not in cache:
            cache[own] = _votes(taxonomy, own, titles, weight)
        around = "\n".join((*own, titles, title))
        topic = _winner(taxonomy, paragraph.text, cache[own], around, foreign)
        tags.append(Tags(topic, part, sort))
    return tuple(tags)
