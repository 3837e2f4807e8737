"""Hypothesis strategies: random small archives, and random queries over them.

The texts are drawn from a small alphabet, so that words meet, repeat and overlap, and the
alphabet holds what is hard: words inside words, Traditional and full-width forms, figures,
brackets in every shape, characters that fold to several, characters beyond the BMP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from archive import fields
from archive.filters import Filters
from archive.model import Clusters, Dating, Form, Membership, Paragraph, Record, YearBasis
from archive.nodes import And, FieldFilter, Node, Not, Or, Phrase, Word
from archive.patterns import ONE, Choice, Element, Figures, Gap, Literal, Pattern, any_order
from archive.query import Query, Sort
from archive.ranges import Range
from archive.text import fold

PIECES = (
    *("均衡", "发展", "均衡发展", "义务教育", "教育", "学前教育", "学校", "安全", "推进", "的"),
    *("發展", "義務", "學校", "乾", "干", "後", "后", "臺"),
    *("2021", "12", "１２", "2", "abc", "ABC", "ａｂｃ", "a", "xx", "x"),
    *("〔", "〕", "【", "】", "(", ")", "（", "）", "《", "》", "“", "”", '"'),
    *("。", "，", ",", "、", "；", "！", " ", "  ", "　", "\n", "-", "*", "^v^", "_", "%"),
    *("…", "㈠", "①", "％", "½", "ﬁ", "İ", "ß", "㍿", "𠀀", "㐀", "é", "é", "😀", "٣"),
)

TOPICS = ("校园安全", "校園安全", "均衡 发展", "abc", "ABC")
PARTS = ("导语", "主要做法", "=")
KINDS = ("总结", "要点", "讲话")
SITES = ("a.cn", "B.cn", "b.cn")
SECTIONS = ("安全", "校园安全", "=安全", "主要工作", "ＡＢ", "ab")
HEADINGS = ("一、安全", "(一)校园安全", "二、主要工作", "1.推进", "ＡＢ")
TITLES = ("某校工作总结", "均衡发展要点(2021)", "ABC〔2021〕1号", "")
DOCUMENT_IDS = ("a", "a.html", "a-b", "A", "b", "总结~二", "总结", "𠀀", "z_1")
YEARS = (1998, 2019, 2020, 2021)

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map("".join)
# Long enough to rise above the length floor of the ranking.
long_texts = st.lists(st.sampled_from(PIECES), min_size=30, max_size=40).map("".join)

datings = st.builds(
    Dating,
    stated=st.none() | st.sampled_from(YEARS),
    year=st.none() | st.sampled_from(YEARS),
    basis=st.sampled_from(YearBasis),
    first=st.none() | st.sampled_from(YEARS),
    last=st.none() | st.sampled_from(YEARS),
    evidence=st.lists(st.sampled_from(("建党99周年", "2021年")), max_size=2).map(tuple),
    masked=st.booleans(),
)


profiles = st.fixed_dictionaries(
    {
        "form": st.sampled_from((Form.BODY, *Form)),
        "article": st.none() | st.sampled_from(TITLES),
        "heading_path": st.lists(st.sampled_from(HEADINGS), max_size=2).map(tuple),
        "section": st.none() | st.sampled_from(SECTIONS),
        "part": st.none() | st.sampled_from(PARTS),
        "topic": st.none() | st.sampled_from(TOPICS),
        "dating": datings,
        "cut": st.sampled_from(((), ("点击下载",))),
    }
)


@st.composite
def documents(draw: st.DrawFn, document_id: str, longest: int = 5) -> tuple[Paragraph, ...]:
    """The paragraphs of one document; sometimes so many that ids have two figures."""
    of_document: dict[str, Any] = {
        "title": draw(st.sampled_from(TITLES)),
        "record": Record(
            site=draw(st.none() | st.sampled_from(SITES)),
            kind=draw(st.none() | st.sampled_from(KINDS)),
            published=draw(st.none() | st.just("2023-11-12")),
        ),
    }
    # A few profiles that the paragraphs share: drawing one for each takes most of the time.
    chosen = draw(st.lists(profiles, min_size=1, max_size=3))
    many = draw(st.integers(1, longest)) + (10 if draw(st.integers(0, 9)) == 9 else 0)
    return tuple(
        Paragraph(
            document_id=document_id,
            ordinal=ordinal,
            text=draw(texts if draw(st.integers(0, 9)) else long_texts),
            **draw(st.sampled_from(chosen)),
            **of_document,
        )
        for ordinal in range(many)
    )


@st.composite
def clusters(draw: st.DrawFn, paragraphs: Sequence[Paragraph]) -> Clusters:
    """Near-duplicate clusters of some of `paragraphs`, ranked in any order."""
    found: dict[str, Membership] = {}
    mixed = draw(st.permutations(paragraphs))
    while len(mixed) > 1 and draw(st.booleans()):
        size = draw(st.integers(2, min(4, len(mixed))))
        members, mixed = mixed[:size], mixed[size:]
        first = min(members, key=lambda paragraph: paragraph.order).paragraph_id
        found |= {p.paragraph_id: Membership(first, rank) for rank, p in enumerate(members)}
    return found


@dataclass(frozen=True)
class Archive:
    """What a test archive holds."""

    documents: tuple[tuple[Paragraph, ...], ...]
    clusters: Clusters

    @property
    def paragraphs(self) -> list[Paragraph]:
        """All paragraphs, in id order."""
        return sorted((p for d in self.documents for p in d), key=lambda p: p.order)


@st.composite
def archives(draw: st.DrawFn) -> Archive:
    """A small archive, not often an empty one."""
    ids = draw(st.lists(st.sampled_from(DOCUMENT_IDS), max_size=6, unique=True))
    held = tuple(draw(documents(document_id)) for document_id in ids)
    return Archive(held, draw(clusters([p for d in held for p in d])))


def substrings(paragraphs: Sequence[Paragraph]) -> st.SearchStrategy[str]:
    """Pieces cut anywhere out of the texts, or out of the alphabet where there are none."""
    if not paragraphs:
        return st.sampled_from(PIECES)

    @st.composite
    def cut(draw: st.DrawFn) -> str:
        text = draw(st.sampled_from([p.text for p in paragraphs]))
        start = draw(st.integers(0, len(text) - 1))
        return text[start : start + draw(st.integers(1, 8))]

    return cut()


years = st.one_of(
    st.just(Range(unknown=True)),
    st.sampled_from(YEARS).map(lambda year: Range(year, year)),
    st.sampled_from(YEARS).map(lambda year: Range(first=year)),
    st.sampled_from(YEARS).map(lambda year: Range(last=year)),
    st.tuples(st.sampled_from(YEARS), st.sampled_from(YEARS)).map(lambda y: Range(min(y), max(y))),
)

FACETS = tuple(field.name for field in fields.FACETS)

# What is asked of each field, beside the years.
FACET_VALUES: dict[str, tuple[str, ...]] = {
    "section": (*SECTIONS, "没有"),
    "heading": (*SECTIONS, "(一", "没有"),
    "topic": (*TOPICS, "没有"),
    "part": (*PARTS, "没有"),
    "kind": (*KINDS, "没有"),
    "form": tuple(form.value for form in Form),
    "site": (*SITES, "A.CN", "没有"),
    "basis": tuple(basis.value for basis in YearBasis),
    "title": (*filter(None, TITLES), "均衡", "没有"),
}
VALUE_FIELDS = tuple(FACET_VALUES)

value_filters = st.sampled_from(VALUE_FIELDS).flatmap(
    lambda name: st.sampled_from(FACET_VALUES[name]).map(lambda value: FieldFilter(name, value))
)
year_filters = years.map(lambda chosen: FieldFilter("year", chosen))


def patterns(strings: st.SearchStrategy[str]) -> st.SearchStrategy[Pattern]:
    """Any pattern that the grammar can give, its strings (folded) mostly in the texts."""
    short = strings.map(lambda string: string[:3]).filter(bool)
    gaps = st.sampled_from((Gap(), Gap(), ONE, Gap(0, 3), Gap(2, 5), Gap(1, None)))
    element: st.SearchStrategy[Element] = st.one_of(
        short.map(Literal),
        st.lists(short, min_size=1, max_size=3, unique=True).map(lambda s: Choice(tuple(s))),
        st.lists(short, min_size=2, max_size=3).map(lambda s: any_order(tuple(s))),
        st.just(Figures()),
        gaps,
        gaps,
    )
    sequences = st.lists(element, min_size=2, max_size=5).map(tuple)
    return st.builds(Pattern, st.just("pattern"), sequences, st.booleans()).filter(
        lambda pattern: bool(pattern.required)
    )


def nodes(paragraphs: Sequence[Paragraph]) -> st.SearchStrategy[Node]:
    """Any tree of a query; its words mostly occur in `paragraphs`."""
    pieces = st.sampled_from(PIECES)
    # Two pieces in the other order: all tokens may occur where the characters do not.
    words = pieces | substrings(paragraphs) | st.tuples(pieces, pieces).map("".join)
    leaves: st.SearchStrategy[Node] = st.one_of(
        patterns(words.map(fold)),
        words.map(Word),
        words.map(Word),
        words.map(Phrase),
        pieces.map(lambda text: FieldFilter("title", text)),
        value_filters,
        year_filters,
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=1, max_size=3).map(lambda c: And(tuple(c))),
            st.lists(inner, min_size=1, max_size=3).map(lambda c: Or(tuple(c))),
        ),
        max_leaves=6,
    )


def _selection(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    # Most facets are left alone, or nothing would ever be found.
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)
    return st.integers(0, 6).flatmap(lambda n: chosen if n == 6 else st.just(()))


_exclusions = st.integers(0, 3).flatmap(
    lambda n: (
        st.lists(value_filters | year_filters, max_size=2, unique=True) if n == 3 else st.just([])
    )
)


@st.composite
def queries(draw: st.DrawFn, paragraphs: Sequence[Paragraph]) -> Query:
    """Any query an engine can be asked: tree, selections, exclusions, order, page."""
    chosen: dict[str, Sequence[str | Range]] = {
        name: draw(_selection(FACET_VALUES[name])) for name in VALUE_FIELDS
    }
    if draw(st.booleans()):
        chosen["year"] = draw(st.lists(years, max_size=2, unique=True))
    page = draw(st.sampled_from(((20, 0), (100, 0), (3, 0), (2, 1), (5, 5), (0, 0), (20, 100))))
    return Query(
        node=draw(st.none() | nodes(paragraphs)),
        filters=Filters(chosen),
        sort=draw(st.sampled_from(Sort)),
        limit=page[0],
        offset=page[1],
        fold=draw(st.booleans()),
        excluded=tuple(draw(_exclusions)),
    )
