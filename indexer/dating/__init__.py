"""The year of each run of an article: stated, inferred from dated facts, or unknown.

A stated year stands unless dated facts refute it; sites rewrite years for freshness. A
refuted or absent one is replaced by the inferred year only where the facts leave a single
one. The upload date closes intervals and refutes later years; it sets none. Where two
readings are left, there is no year: none rather than a false one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from archive.model import Dating, Form, YearBasis
from indexer.dating.facts import Facts, load_facts
from indexer.dating.inference import Interval, agree, infer, refutations, uploaded_before
from indexer.dating.reading import Look, Read, Run, Start, find_runs, read, text_look
from indexer.dating.stated import Context, stated_year
from indexer.dating.years import Frame, masked_year
from indexer.page import DraftArticle, DraftParagraph

# So many characters of a plan's first paragraph are quoted as evidence.
_QUOTED = 30
# A plan for a whole year, and what tells that it or its summary is for a part of one.
_WHOLE_PLAN = re.compile(r"年度?(?:的)?(?:重点|主要)?(?:工作)?(?:计划|思路|打算|安排|要点|设想)")
_PART_OF_YEAR = re.compile(
    r"半年|季度|学期|学年|下一?步|下阶段|下一阶段|今后|截[至止]|\d月|月份|进展|近期"
)
# What is sent on is another's, and may be of another year.
_SENT_ON = "转发"
_LEADS = 3
_LEAD = 200


def date_articles(
    articles: Sequence[DraftArticle],
    *,
    title: str,
    published: str | None,
    facts: Facts | None = None,
) -> list[tuple[Dating, ...]]:
    """Return the Datings of each of a page's `articles`, as `date_article` does.

    What a notice sends was issued with it: an attachment that neither states its year nor
    hides it, nor has facts against it, is of the year that the notice states, with the
    notice's words as evidence. What is sent on
    (转发) may be older.
    """
    dated = [
        date_article(article, title=title, published=published, facts=facts) for article in articles
    ]
    notice = dated[0][0] if dated and dated[0] else Dating()
    stated = notice.basis is YearBasis.STATED and all(one == notice for one in dated[0])
    if not stated or _SENT_ON in title:
        return dated
    issued = Dating(
        None, notice.year, YearBasis.INFERRED, notice.year, notice.year, notice.evidence
    )
    return [
        (issued,) * len(datings)
        if article.attached and all(_may_be_of(one, issued) for one in datings)
        else datings
        for article, datings in zip(articles, dated, strict=True)
    ]


def _may_be_of(one: Dating, issued: Dating) -> bool:
    """Whether what has no year of its own may be of the year that its notice was issued in."""
    year = issued.year
    if one.basis is not YearBasis.UNKNOWN or one.masked or year is None:
        return False
    return (one.first or year) <= year <= (one.last or year)


def date_article(
    article: DraftArticle, *, title: str, published: str | None, facts: Facts | None = None
) -> tuple[Dating, ...]:
    """Return one Dating for each paragraph of `article`, equal within a run.

    `title` is the page's title, `published` its upload date (ISO 8601) or None, `facts`
    the dated facts to go by (None: our own).

    >>> lines = ["20xx年，我们以庆祝建党99周年为契机，开展活动。"]
    >>> draft = DraftArticle(None, tuple(DraftParagraph(t, Form.BODY) for t in lines))
    >>> [(d.year, d.basis.value, d.evidence) for d in date_article(draft, title="", published=None)]
    [(2020, 'inferred', ('建党99周年',))]
    """
    if not article.paragraphs:
        return ()
    # The title may hold a fact too: it is read as the article's first paragraph.
    known = facts or load_facts()
    reads = read(article.paragraphs, known)
    heads = read((DraftParagraph(article.title or title, Form.ARTICLE_TITLE),), known)
    context = Context.of(article, title, published)
    datings: list[Dating] = []
    base: Dating | None = None
    runs = find_runs(article.paragraphs)
    for run, following in zip_longest(runs, runs[1:]):
        part = reads[run.first : run.end]
        if run.start is Start.PLAN and base is not None:
            dating = _date_plan(run, part, base, context)
        else:
            dating = base = _date_document(run, part, heads, base, context)
            if following is not None and following.start is Start.PLAN:
                plan = reads[following.first]
                look = text_look(part) if context.look is Look.UNKNOWN else context.look
                if look is Look.BACK and _is_rewritten(part, plan, base, article.title or title):
                    words = (*base.evidence[:1], plan.paragraph.text)
                    interval = infer(part, look, context, trusted=False)
                    dating = base = _refuted(base.year, interval, words)
        datings.extend([dating] * len(part))
    return tuple(datings)


def _date_document(
    run: Run, part: Sequence[Read], heads: Sequence[Read], base: Dating | None, context: Context
) -> Dating:
    """Date one of the documents of an article by what is its own.

    The title is the first one's; a later one takes its year only where nothing else tells.
    """
    if run.start is Start.FIRST or base is None:
        return _date_run([*heads, *part], context)
    if run.start is Start.RESTART:
        dating = _date_run(part, context)
        return base if dating.year is None else dating
    dating = _date_run(part, replace(context, titled=None))
    return _date_run(part, context) if dating.year is None and not dating.masked else dating


def _is_rewritten(part: Sequence[Read], plan: Read, base: Dating, title: str) -> bool:
    """Whether a summary and the plan behind it bear the same year: the site rewrote both.

    The plan of a summary is for the year after. What sums up or plans a part of a year may
    well plan the rest of it.
    """
    years = [m.year for m in plan.years if m.frame is Frame.PLAIN]
    if base.basis is not YearBasis.STATED or not plan.paragraph.form.heads:
        return False
    if years != [base.stated] or _WHOLE_PLAN.search(plan.paragraph.text) is None:
        return False
    leads = [title, plan.paragraph.text, *(r.paragraph.text[:_LEAD] for r in part[:_LEADS])]
    headings = [r.paragraph.text for r in part if r.paragraph.form is Form.HEADING]
    return not any(_PART_OF_YEAR.search(text) for text in (*leads, *headings))


def _refuted(stated: int | None, interval: Interval, words: Sequence[str]) -> Dating:
    """A stated year that the text itself refutes, and what its facts leave instead."""
    year = interval.single if interval.single != stated else None
    evidence = tuple(dict.fromkeys(words))
    return Dating(stated, year, YearBasis.CONFLICT, interval.first, interval.last, evidence)


def _date_run(part: Sequence[Read], context: Context) -> Dating:
    """Date a document: what it states, against what its facts allow."""
    look = text_look(part) if context.look is Look.UNKNOWN else context.look
    stated = stated_year(part, context)
    if stated is None:
        return _infer_only(part, look, context)
    against = refutations(stated.year, part, look, context)
    refuted = bool(against) or uploaded_before(stated.year, look, context)
    interval = infer(part, look, context, trusted=False)
    if refuted:
        return _refuted(stated.year, interval, (stated.words, *(against or interval.words)))
    if not interval.holds(stated.year):
        # What it says of another year refutes nothing: it is looked back on, or planned.
        interval = Interval()
    evidence = tuple(dict.fromkeys((stated.words, *interval.words)))
    return Dating(
        stated.year, stated.year, YearBasis.STATED, interval.first, interval.last, evidence
    )


def _infer_only(part: Sequence[Read], look: Look, context: Context) -> Dating:
    """Date a document that states no year, or masks it."""
    masked = context.masked or any(r.masked for r in part)
    interval = infer(part, look, context, trusted=True)
    if interval.single is None and not masked:
        interval = agree(part, interval)
    year = interval.single
    basis = YearBasis.UNKNOWN if year is None else YearBasis.INFERRED
    return Dating(None, year, basis, interval.first, interval.last, interval.words, masked)


def _date_plan(run: Run, part: Sequence[Read], base: Dating, context: Context) -> Dating:
    """Date the plan in a summary's tail by the summary: it is for the year after.

    A plan that prints the summary's own rewritten year is for the year after the true one.
    """
    printed = next((m.year for m in part[0].years if m.frame is Frame.PLAIN), None)
    if printed is not None and base.stated is not None and printed < base.stated:
        return base
    if printed is None and not run.next_year:
        text = part[0].paragraph.text
        whole = _WHOLE_PLAN.search(text) and not _PART_OF_YEAR.search(text)
        if whole and masked_year(text) and base.year is not None:
            # 20xx年工作计划 in a summary is for the year after, in another text for its own.
            return Dating(first=base.year, last=base.year + 1, evidence=base.evidence, masked=True)
        return base
    words = part[0].paragraph.text[:_QUOTED]
    if base.basis is YearBasis.CONFLICT:
        year = None if base.year is None else base.year + 1
        evidence = (words, *base.evidence)
        return Dating(printed, year, YearBasis.CONFLICT, year, year, evidence)
    if printed is not None:
        against = refutations(printed, part, Look.AHEAD, context)
        if against:
            return Dating(printed, None, YearBasis.CONFLICT, evidence=(words, *against))
        return Dating(printed, printed, YearBasis.STATED, evidence=(words,))
    if base.year is None:
        return Dating(evidence=(words,), masked=base.masked)
    year = base.year + 1
    evidence = (words, *base.evidence)
    return Dating(None, year, YearBasis.INFERRED, year, year, evidence, base.masked)
