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

from archive.model import NO_RECORD, Dating, Form, YearBasis
from indexer.dating.facts import Facts, load_facts
from indexer.dating.inference import Interval, agree, infer, refutations, uploaded_before
from indexer.dating.reading import Look, Read, Run, Start, find_runs, read, text_look
from indexer.dating.stated import Context, Stated, posted, proof_of, stated_year
from indexer.dating.years import Frame, masked_year
from indexer.page import DraftArticle, DraftParagraph, LabelledPage
from indexer.record import Recorded

# So many characters of a plan's first paragraph are quoted as evidence.
_QUOTED = 30
# A plan for a whole year, and what tells that it or its summary is for a part of one.
_WHOLE_PLAN = re.compile(r"年度?(?:的)?(?:重点|主要)?(?:工作)?(?:计划|思路|打算|安排|要点|设想)")
_PART_OF_YEAR = re.compile(
    r"半年|季度|学期|学年|下一?步|下阶段|下一阶段|今后|截[至止]|\d月|月份|进展|近期"
)
_LEADS = 3
_LEAD = 200
_NOTHING = Recorded(NO_RECORD, ())


def date_articles(
    articles: Sequence[DraftArticle],
    page: LabelledPage,
    recorded: Sequence[Recorded],
    facts: Facts | None = None,
) -> list[tuple[Dating, ...]]:
    """Return the Datings of each of the `articles` of `page`, as `date_article` does.

    `recorded` says what the record of each has. An attachment or forwarded text that neither
    names its period nor has a day of issue or a number of its own is of the year that its notice
    states, with the notice's words as evidence, unless it hides its year or has facts against it.
    Other articles of a page inherit nothing from one another.
    """
    dated: list[tuple[Dating, ...]] = []
    notice: Stated | None = None
    post = posted(page) if len(articles) == 1 else None
    for article, own in zip(articles, recorded, strict=True):
        title = "" if article.attached else page.title
        proof = proof_of(own) or (notice if article.attached else None)
        published = own.record.published or page.record.published
        context = replace(Context.of(article, title, published, proof), post=post)
        found = _date(article, context, title, facts)
        if not article.attached:
            notice = _notice(found)
        dated.append(found)
    return dated


def _notice(datings: Sequence[Dating]) -> Stated | None:
    """The year that a notice states for what it sends, None where it states none or several."""
    one = datings[0] if datings else Dating()
    if one.basis is not YearBasis.STATED or one.year is None or set(datings) != {one}:
        return None
    return Stated(one.year, one.evidence, inferred=True)


def date_article(
    article: DraftArticle,
    *,
    title: str,
    published: str | None,
    recorded: Recorded = _NOTHING,
    facts: Facts | None = None,
) -> tuple[Dating, ...]:
    """Return one Dating for each paragraph of `article`, equal within a run.

    `title` is the page's title, `published` its upload date (ISO 8601) or None, `recorded` what
    the article's record says, `facts` the dated facts to go by (None: our own).

    >>> lines = ["20xx年，我们以庆祝建党99周年为契机，开展活动。"]
    >>> draft = DraftArticle(None, tuple(DraftParagraph(t, Form.BODY) for t in lines))
    >>> [(d.year, d.basis.value, d.evidence) for d in date_article(draft, title="", published=None)]
    [(2020, 'inferred', ('建党99周年',))]
    """
    return _date(article, Context.of(article, title, published, proof_of(recorded)), title, facts)


def _date(
    article: DraftArticle, context: Context, title: str, facts: Facts | None
) -> tuple[Dating, ...]:
    """Date the runs of an article."""
    if not article.paragraphs:
        return ()
    # The title may hold a fact too: it is read as the article's first paragraph.
    known = facts or load_facts()
    reads = read(article.paragraphs, known)
    heads = read((DraftParagraph(article.title or title, Form.ARTICLE_TITLE),), known)
    datings: list[Dating] = []
    base: Dating | None = None
    runs = find_runs(article.paragraphs)
    for run, following in zip_longest(runs, runs[1:]):
        part = reads[run.first : run.end]
        if run.start is not Start.PLAN or base is None:
            dating = base = _date_document(run, part, heads, base, context)
            if following is not None and following.start is Start.PLAN:
                plan = reads[following.first]
                dating = base = _unless_rewritten(base, part, plan, context, article.title or title)
        elif _stands_on(base, context.proof):
            # What was issued as a whole has one year: it asks for a plan, or lays one down.
            dating = base
        else:
            dating = _date_plan(run, part, base, context)
        datings.extend([dating] * len(part))
    return tuple(datings)


def _stands_on(one: Dating, proof: Stated | None) -> bool:
    """Whether a year is that of the day of issue or of the number."""
    return proof is not None and one.evidence[: len(proof.words)] == proof.words


def _unless_rewritten(
    base: Dating, part: Sequence[Read], plan: Read, context: Context, title: str
) -> Dating:
    """The dating of a summary; its year is refuted where the plan behind it bears it too."""
    look = text_look(part) if context.look is Look.UNKNOWN else context.look
    if look is not Look.BACK or _stands_on(base, context.proof):
        return base
    if not _is_rewritten(part, plan, base, title):
        return base
    interval = infer(part, look, context, trusted=False)
    return _refuted(base.year, interval, (*base.evidence[:1], plan.paragraph.text))


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
    dating = _date_run(part, replace(context, titled=None, proof=None))
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
    stated = stated_year(part, context, look)
    if stated is None:
        return _infer_only(part, look, context)
    # What is issued may tell of the year before.
    tells = look if context.names_period(look) else Look.UNKNOWN
    against = refutations(stated.year, part, tells, context)
    if stated.late and not refutations(stated.year + 1, part, tells, context):
        against = ()
    issued = Look.UNKNOWN if stated in (context.proof, context.post) else look
    refuted = bool(against) or uploaded_before(stated.year, issued, context)
    if stated.inferred:
        own = _infer_only(part, look, context)
        if refuted or own.masked or not Interval(own.first, own.last).holds(stated.year):
            return own
        return _inferred(stated.year, stated.words)
    interval = infer(part, look, context, trusted=False)
    if refuted:
        return _refuted(stated.year, interval, (*stated.words, *(against or interval.words)))
    if not interval.holds(stated.year):
        # What it says of another year refutes nothing: it is looked back on, or planned.
        interval = Interval()
    evidence = tuple(dict.fromkeys((*stated.words, *interval.words)))
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
    return _inferred(base.year + 1, (words, *base.evidence), masked=base.masked)


def _inferred(year: int, evidence: tuple[str, ...], *, masked: bool = False) -> Dating:
    return Dating(None, year, YearBasis.INFERRED, year, year, evidence, masked)
