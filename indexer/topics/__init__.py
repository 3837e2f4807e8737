"""Topic and part of a paragraph: what field of work it is about, and its place in the text.

A topic is voted by words (`words/`): the paragraph's own count most, then its
innermost heading, the headings above, the titles least. Without a clear winner there is
no topic. The part is told by the headings (`parts.toml`), then by position and wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.model import Form
from indexer.page import DraftArticle
from indexer.topics.kinds import canonical, kind
from indexer.topics.parts import parts_of
from indexer.topics.taxonomy import KEY, Taxonomy, load_taxonomy


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a paragraph; none where no rule speaks.

    `topics` are at most two, the surer first; `domains` are the fields of work of these.
    """

    topics: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
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
# A paragraph has at most so many topics; the second has such a share of the first one's votes.
_MAX_TOPICS, _SECOND = 2, 0.7
# A paragraph longer than this is asked one vote more for so many characters, up to a limit:
# what a long one names once it is hardly about. By eye on 200 paragraphs of reports.
_SHORT, _LONGER, _MAX_ASKED = 120, 120, 5.0


def topics_of(
    text: str, heading_path: Sequence[str], title: str, taxonomy: Taxonomy | None = None
) -> tuple[str, ...]:
    """Return the topics of one paragraph, at most two, the surer first.

    >>> topics_of("新建公办幼儿园3所，普惠性幼儿园覆盖率达90%。", (), "")
    ('学前教育',)
    >>> topics_of("现将有关情况汇报如下。", (), "")
    ()
    """
    taxonomy = taxonomy or load_taxonomy()
    votes = _votes(taxonomy, heading_path, title, _TITLE)
    around = "\n".join((*heading_path, title))
    return _winners(taxonomy, text, votes, around, taxonomy.foreign(title))


def _votes(
    taxonomy: Taxonomy, heading_path: Sequence[str], title: str, weight: float
) -> dict[int, float]:
    """The votes of the headings and the title, without the text."""
    votes: dict[int, float] = {}
    for depth, heading in enumerate(reversed(heading_path)):
        _count(taxonomy, heading, _ABOVE if depth else _HEADING, votes)
    _count(taxonomy, title, weight, votes)
    return votes


def _winners(
    taxonomy: Taxonomy, text: str, given: dict[int, float], around: str, foreign: frozenset[int]
) -> tuple[str, ...]:
    """The topics that win with the text's own votes added to those `given`.

    `around` are the headings and titles, `foreign` the topics foreign to the title's field.
    """
    own: dict[int, float] = {}
    _count(taxonomy, text, _TEXT, own)
    votes = {place: given.get(place, 0.0) + number for place, number in own.items()}
    for place, number in given.items():
        votes.setdefault(place, number)
    for place in foreign & votes.keys():
        votes[place] *= _FOREIGN
    enough = min(_ENOUGH + max(0, len(text) - _SHORT) / _LONGER, _MAX_ASKED)
    ordered = sorted(votes, key=lambda place: -votes[place])
    ordered = [place for place in ordered if votes[place] >= enough][: _MAX_TOPICS + 1]
    if not ordered:
        return ()
    most = votes[ordered[0]]
    near = [place for place in ordered if votes[place] * _CLEAR > most]
    if len(near) > _MAX_TOPICS:
        return ()
    # A second topic has words of its own in the text, nearly as many as the first.
    second = [p for p in ordered[1:2] if own.get(p, 0.0) >= max(enough, _SECOND * most)]
    names = [p for p in (ordered[0], *second) if _is_met(taxonomy, p, text, around)]
    return tuple(taxonomy.topics[place].name for place in names)


def _is_met(taxonomy: Taxonomy, place: int, text: str, around: str) -> bool:
    """Whether the text or what stands around it has a word that the topic at `place` needs."""
    needs = taxonomy.needs(place)
    return not needs or any(word in text or word in around for word in needs)


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
    article: DraftArticle,
    title: str,
    taxonomy: Taxonomy | None = None,
    stated: str | None = None,
) -> tuple[Tags, ...]:
    """Return the tags of each paragraph of `article` on a page called `title`.

    `stated` is the kind that the source itself gives, None for none.
    What is no running text has the article's kind alone.
    """
    taxonomy = taxonomy or load_taxonomy()
    paragraphs = article.paragraphs
    body = [p.text for p in paragraphs if p.form not in (Form.ARTICLE_TITLE, Form.ROW)]
    titles = article.title or title
    sort = (
        canonical(stated, titles, taxonomy.kinds)
        if stated
        # What a notice sends is not of the notice's kind.
        else kind("" if article.attached else title, article.title, body, taxonomy.kinds)
    )
    weight = _SHARED_TITLE if article.title else _TITLE
    foreign = taxonomy.foreign(titles + title)
    cache: dict[tuple[str, ...], dict[int, float]] = {}
    tags: list[Tags] = []
    parts = parts_of(paragraphs, sort, taxonomy.parts)
    for paragraph, part in zip(paragraphs, parts, strict=True):
        if not paragraph.form.running:
            tags.append(Tags(kind=sort))
            continue
        path = paragraph.heading_path
        own = path[:-1] if paragraph.form is Form.HEADING else path
        if own not in cache:
            cache[own] = _votes(taxonomy, own, titles, weight)
        around = "\n".join((*own, titles, title))
        found = _winners(taxonomy, paragraph.text, cache[own], around, foreign)
        domains = tuple(dict.fromkeys(map(taxonomy.domain_of, found)))
        tags.append(Tags(found, domains, part, sort))
    return tuple(tags)
