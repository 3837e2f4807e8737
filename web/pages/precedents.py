"""Precedents for a draft: paste it, find how it has been put before, copy with the source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote_plus

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import QueryError
from archive.model import Paragraph
from archive.precedents.answer import Precedent, precedents
from archive.precedents.differences import differences
from archive.search.results import Snippet, Spans, snippet
from archive.text.fold import sentences
from web.api import api
from web.auth.csrf import is_own_form, require_json
from web.context import archive, page_links, words
from web.i18n import Language
from web.pages.quote import paragraph_of
from web.presenters.hits import Change, changes
from web.presenters.outline import path_above
from web.presenters.years import YearMark, year_mark
from web.urls.links import Links

pages = Blueprint("precedents", __name__)

# A page of text and more; a longer draft is found precedents for in parts.
MAX_DRAFT_LENGTH = 5_000
# Characters of a percent-encoded draft that go into an address, so that its precedents can
# be kept and passed on: with the rest below the 8,190 bytes that many proxies let through.
MAX_IN_ADDRESS_LENGTH = 7_000
# Passages shown: of the whole draft, of each clause, and of all clauses together: a page has
# a hundred of them, and each passage takes 2 kB.
MAX_OVERALL = 10
MAX_OF_CLAUSE = 3
MAX_OF_CLAUSES = 120
# Copies named under a passage; what they add is mostly where else it stands.
MAX_COPIES = 10
# About four lines: more than a hit shows, for it is to be taken over word by word.
SNIPPET_WIDTH = 200

_PAUSE = re.compile("[，,。；;：:！!？?\r\n]")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A passage that puts a draft, or a clause of it, alike, ready to be shown.

    `similarity` is in percent. `span` is the sentence to be copied (None: all of it);
    `changes` lead from the draft's words to the passage's. `path` are the headings above,
    `copies` some of the passages that differ from it in nothing that counts.
    """

    precedent: Precedent
    snippet: Snippet
    year: YearMark
    path: tuple[str, ...]
    href: str
    life: str
    changes: tuple[Change, ...]
    copies: tuple[tuple[Paragraph, str], ...]
    span: tuple[int, int] | None = None

    @property
    def paragraph(self) -> Paragraph:
        """The passage itself."""
        return self.precedent.paragraph

    @property
    def similarity(self) -> int:
        """How much of the draft stands there, in percent."""
        return round(self.precedent.similarity * 100)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages like a clause, or, where `clause` is None, like the whole draft.

    `href` leads to the precedents of the clause alone.
    """

    clause: str | None
    found: tuple[Likeness, ...]
    href: str


@pages.route("/precedents", methods=["GET", "POST"])
def find() -> str | BaseResponse | tuple[str, int]:
    """The page to paste a draft into, with its precedents.

    A short draft stands in the address; a long one is sent, which changes nothing. With
    `paragraph` the passages like that paragraph of the archive are found.
    """
    if request.method == "POST":
        draft = _plain(request.form.get("draft", ""))
        if not is_own_form():
            return _page(draft, refused=words()("precedents.expired")), 403
        if draft and len(quote_plus(draft)) <= MAX_IN_ADDRESS_LENGTH:
            return redirect(page_links().to("precedents.find", draft=draft), 303)
        return _answer(draft)
    if paragraph_id := request.args.get("paragraph", ""):
        like = paragraph_of(paragraph_id)
        return _answer(like.text[:MAX_DRAFT_LENGTH], like)
    return _answer(_plain(request.args.get("draft", "")))


@api.post("/precedents")
def precedents_as_json() -> Response:
    """The precedents of `{"draft": "…"}`, in the words of the command line."""
    sent = require_json()
    draft = sent.get("draft")
    # A field that is not known may be one that was meant to change the answer.
    if not isinstance(draft, str) or not draft.strip() or len(sent) > 1:
        raise QueryError("precedents.body")
    _check_length(_plain(draft))
    return jsonify(precedents(archive(), _plain(draft)).to_dict())


def _answer(draft: str, like: Paragraph | None = None) -> str | tuple[str, int]:
    """The page with the precedents of a draft; the form alone where it is empty."""
    if not draft:
        return _page(draft)
    try:
        _check_length(draft)
        answer = precedents(archive(), draft)
    except QueryError as error:
        return _page(draft, refused=error.message(words().code)), 400
    # A long draft shows the first of each clause; the others are behind the clause's link.
    # A draft of one clause has one ranking, which is shown at its full length.
    links, alone = page_links(), len(answer.clauses) == 1
    shared = MAX_OF_CLAUSES // max(1, len(answer.clauses))
    most = MAX_OVERALL if alone else max(1, min(MAX_OF_CLAUSE, shared))
    rankings = [Ranking(None, _likenesses(answer.overall, None, links, like)[:MAX_OVERALL], "")]
    for clause in answer.clauses:
        ranked = (answer.overall if alone else clause.precedents)[: most + 1]
        found = _likenesses(ranked, clause.text, links, like)[:most]
        rankings.append(Ranking(clause.text, found, links.to("precedents.find", draft=clause.text)))
    return _page(draft, rankings=rankings, like=like)


def _page(draft: str, **shown: object) -> str:
    return render_template("precedents.html", longest=MAX_DRAFT_LENGTH, draft=draft, **shown)


def _likenesses(
    ranked: Iterable[Precedent], clause: str | None, links: Links, like: Paragraph | None
) -> tuple[Likeness, ...]:
    """A ranking ready to be shown; the paragraph that was asked about is none of it."""
    others = (p for p in ranked if like is None or p.paragraph.order != like.order)
    return tuple(_likeness(precedent, clause, links) for precedent in others)


def _likeness(precedent: Precedent, clause: str | None, links: Links) -> Likeness:
    """A precedent as it is shown; that of a clause by the sentence which is like it."""
    paragraph, spans = precedent.paragraph, precedent.spans
    sentence, compared = None, precedent.differences
    if clause is not None and spans:
        sentence = most_similar(paragraph.text, spans)
        spans = tuple(s for s in spans if s[0] < sentence[1] and s[1] > sentence[0])
        start, end = to_pauses(paragraph.text, (spans[0][0], spans[-1][1]))
        compared = differences(clause, paragraph.text[start:end])
    copies = archive().lookup(precedent.variants[:MAX_COPIES])
    return Likeness(
        precedent=precedent,
        snippet=snippet(paragraph.text, spans, SNIPPET_WIDTH),
        year=year_mark(paragraph.dating, links.language),
        path=path_above(paragraph),
        href=links.paragraph(paragraph),
        life=_life(precedent, links.language),
        changes=tuple(changes(compared)),
        copies=tuple((copy, links.paragraph(copy)) for copy in copies),
        span=sentence,
    )


def most_similar(text: str, spans: Spans) -> tuple[int, int]:
    """Return the span of the sentence of `text` that has most of the marked characters.

    >>> most_similar("推进发展。推进均衡发展。谢谢。", ((0, 2), (5, 11)))
    (5, 12)
    """

    def marked(sentence: tuple[int, int]) -> int:
        start, end = sentence
        return sum(max(0, min(end, b) - max(start, a)) for a, b in spans)

    return max(sentences(text), key=marked, default=(0, len(text)))


def to_pauses(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return `span` widened on both sides to the pauses of the sentence.

    What is shared begins and ends anywhere; a slot at its end (12所, xx所) is not shared.

    >>> to_pauses("推进发展，新建学校12所，投入xx元。", (5, 9))
    (5, 12)
    """
    start = max((pause.end() for pause in _PAUSE.finditer(text, 0, span[0])), default=0)
    pause = _PAUSE.search(text, max(span[1] - 1, span[0]))
    return start, pause.start() if pause else len(text)


def _life(precedent: Precedent, t: Language) -> str:
    """From when until when the wording is known; empty where no year is."""
    first, last = precedent.first_year, precedent.last_year
    if first is None:
        return ""
    if first == last:
        return t("precedents.life_one", first=first)
    return t("precedents.life", first=first, last=last)


def _plain(draft: str) -> str:
    """A draft as it was pasted, with plain line breaks (a form sends them as CR LF)."""
    return draft.replace("\r\n", "\n").strip()


def _check_length(draft: str) -> None:
    if len(draft) > MAX_DRAFT_LENGTH:
        raise QueryError(
            "precedents.draft_too_long", count=len(draft), longest_draft=MAX_DRAFT_LENGTH
        )
