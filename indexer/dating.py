"""The year of each run of an article: stated, inferred from dated facts, or unknown.

A stated year stands unless dated facts refute it; sites rewrite years for freshness. A
refuted or absent one is replaced by the inferred year only where the facts leave a single
one. The upload date closes intervals and refutes later years; it sets none. Where two
readings are left, there is no year: none rather than a false one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.model import Dating, Form, YearBasis
from indexer.dating_facts import Facts, load_facts
from indexer.dating_inference import agree, infer, refutations, uploaded_before
from indexer.dating_reading import Look, Read, read, text_look
from indexer.dating_runs import Run, Start, find_runs
from indexer.dating_stated import Context, stated_year
from indexer.dating_years import Frame
from indexer.page import DraftArticle, DraftParagraph

# So many characters of a plan's first paragraph are quoted as evidence.
_QUOTED = 30


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
    for run in find_runs(article.paragraphs):
        part = reads[run.first : run.end]
        if run.start is Start.PLAN and base is not None:
            dating = _date_plan(run, part, base, context)
        else:
            dating = base = _date_document(run, part, heads, base, context)
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
        return Dating(
            stated=stated.year,
            year=interval.single if interval.single != stated.year else None,
            basis=YearBasis.CONFLICT,
            first=interval.first,
            last=interval.last,
            evidence=tuple(dict.fromkeys((stated.words, *(against or interval.words)))),
        )
    if not interval.holds(stated.year):
        # What it says of another year refutes nothing: it is looked back on, or planned.
        return Dating(stated.year, stated.year, YearBasis.STATED, evidence=(stated.words,))
    return Dating(
        stated=stated.year,
        year=stated.year,
        basis=YearBasis.STATED,
        first=interval.first,
        last=interval.last,
        evidence=tuple(dict.fromkeys((stated.words, *interval.words))),
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
