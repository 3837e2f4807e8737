"""What a document states of itself: its number, who issues it, when, and more.

Each article has a record of its own. The text comes before the box and the mark-up of its page;
where they disagree, the evidence has both. What a notice sends has, without a value of its own,
that of the notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from archive.model import Basis, Evidence, Record
from archive.text.fold import fold
from indexer.page import DraftArticle, LabelledPage
from indexer.record.box import read_box
from indexer.record.head import Head
from indexer.record.lines import Line, Value, lines_of
from indexer.record.tail import read_force, read_tail
from indexer.record.words import CODED, is_about, is_official, offices_in
from indexer.text.titles import closes

__all__ = ["Recorded", "read_records"]

# What an annex or a forwarded text takes of its notice where it has none of its own.
_INHERITED = frozenset(("number", "issuer", "issued", "status"))
# What stands in a title behind the office that issues.
_BEHIND_ISSUER = re.compile(
    r"关于|转发|批转|印发|(?:19|20)\d\d|二[〇○]|(?:令|公告|通告)$|"
    r"(?:第.{1,6}次)?(?:常务|党组|党委|办公|专题|全体|局务|主席|主任|[（(]扩大[）)])?会议纪要"
)
# A text that quotes a document, or tells how it looks, has nothing of it.
_QUOTES = re.compile(
    "摘抄|抄录|抄自|摘自|落款(?:是|为|写|的?日期)|(?:文件|文号)的?开头|原文(?:如下|摘录|照录)"
)
_AROUND = 4
_OF_A_YEAR = re.compile("总结|计划|要点|报告|思路|打算")
_PLACES = re.compile("[省市州县区旗镇乡村]")
# 关于…的通知（清教发〔2021〕3号)
_TITLE_NUMBER = re.compile(rf"(?P<title>.+?)(?:\s*[（(]|\s)\s*(?P<number>{CODED.pattern})\s*[）)]?")
# A shorter name in a title says of no place whose office it is.
_SHORTEST_ISSUER = 4


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of one article, and the words on which its elements stand."""

    record: Record
    evidence: tuple[Evidence, ...]


def read_records(labelled: LabelledPage, drafts: Sequence[DraftArticle]) -> tuple[Recorded, ...]:
    """Return the record of each of `drafts`, the articles of `labelled`, in their order."""
    boxed, used = read_box(labelled.blocks, labelled.page.meta, labelled.title)
    found: list[Recorded] = []
    published = next((str(value.value) for value in boxed if value.element == "published"), None)
    known = replace(labelled.record, published=published or labelled.record.published)
    notice: Recorded | None = None
    sent_by = 0
    together = zip(drafts, lines_of(labelled.blocks, drafts, used), strict=True)
    for place, (draft, lines) in enumerate(together):
        sender = notice if draft.attached else None
        title = draft.title or labelled.title
        values = [*_stated(lines, title), *(boxed if place == 0 else ())]
        if not is_about(title):
            days = (str(value.value) for value in values if value.element == "issued")
            values += read_force(lines, next(days, sender.record.issued if sender else None))
        if not sender:
            sent_by = place
        elif late := _printed_behind(values, found[sent_by].record):
            values = [value for value in values if value.element != "printed"]
            found[sent_by] = _with(found[sent_by], sent_by, late)
        # The kind that the page states is the notice's.
        one = _recorded(replace(known, kind=None) if sender else known, place, values, title)
        found.append(_inherited(one, sender, place) if sender else one)
        notice = sender or one
    return tuple(found)


def _printed_behind(values: Sequence[Value], notice: Record) -> Value | None:
    """The day of printing below what `notice` sends: its last page has it, and no annex its own.

    A day before that of the notice is the sent text's.
    """
    days = (value for value in values if value.element == "printed" and not notice.printed)
    return next((day for day in days if str(day.value) >= (notice.issued or "")), None)


def _with(one: Recorded, place: int, value: Value) -> Recorded:
    """`one`, the record of the article `place`, with another value and its evidence."""
    record = replace(one.record, **{value.element: value.value})  # type: ignore[arg-type]
    return Recorded(record, (*one.evidence, *_evidence(place, value)))


def _stated(lines: Sequence[Line], title: str) -> list[Value]:
    """What head and end of a text say, the surest value of each element first."""
    kept = [line.text for line in lines if line.rule is None]
    if is_about(title) or any(map(_QUOTES.search, (*kept[:_AROUND], *kept[-_AROUND:]))):
        return []
    head = Head(lines, title)
    tail = read_tail(lines, head.end)
    signed = next((value for value in tail if value.element == "issuer"), None)
    of_a_year = _OF_A_YEAR.search(title) is not None
    if not (head.is_official or signed or is_official(title) or of_a_year):
        # The day above a speech is its own; a day or number beside other texts is not.
        return [value for value in head.values if value.element == "issued"]
    values = sorted((*tail, *head.values), key=lambda value: value.element != "issuer")
    # The masthead of a joint document names the host first, and all of them.
    if signed and head.masthead and set(signed.value) <= set(head.masthead.value):
        values.insert(0, head.masthead)
    if names := _title_issuer(title):
        values.append(Value("issuer", names, title))
    if (number := _TITLE_NUMBER.fullmatch(title)) and is_official(number["title"]):
        values.append(Value("number", number["number"], title))
    return values


def _title_issuer(title: str) -> tuple[str, ...]:
    """The offices that a title names before it says what it is about."""
    behind = _BEHIND_ISSUER.search(title)
    if not behind or not (closes(title) or _OF_A_YEAR.search(title)):
        return ()
    names = offices_in(title[: behind.start()])
    return names if names == ("国务院",) or all(len(n) >= _SHORTEST_ISSUER for n in names) else ()


def _recorded(known: Record, place: int, values: Sequence[Value], title: str) -> Recorded:
    """The record that `values` make, and their evidence: of each element all that differ."""
    elements: dict[str, Any] = {}
    evidence: list[Evidence] = []
    for element, several in groupby(sorted(values, key=_element), key=_element):
        differing: dict[frozenset[str], Value] = {}
        if element == "title":
            differing[_key(title)] = Value(element, title, title)
        for value in several:
            differing.setdefault(_key(value.value), value)
        if element == "title":
            # The page's own title is no element of the record: it is shown where another differs.
            if len(differing) == 1:
                continue
        else:
            elements[element] = next(iter(differing.values())).value
        if element == "issuer":
            elements[element] = _whole_names(differing.values())
        shown = (one for value in differing.values() for one in _evidence(place, value))
        whole = elements[element] if element == "issuer" else ()
        # The same office by a shorter name is no other value.
        evidence += (o for o in shown if not any(_is_short(o.value, name) for name in whole))
    return Recorded(replace(known, **elements), tuple(evidence))


def _whole_names(values: Iterable[Value]) -> tuple[str, ...]:
    """The offices of the first of `values`, each by the longest name that any of them has.

    >>> short, whole = (Value("issuer", (name,), "") for name in ("县教育局", "清溪县教育局"))
    >>> _whole_names([short, whole])
    ('清溪县教育局',)
    """
    first, *others = (_listed(value.value) for value in values)
    known = [name for names in others for name in names]
    return tuple(max((n, *(k for k in known if _is_short(n, k))), key=len) for n in first)


def _is_short(name: str, whole: str) -> bool:
    """Whether `name` is a shorter form of `whole`: without place, or with words left out.

    >>> [_is_short(n, "清溪县人民政府") for n in ("县政府", "清溪县政府", "清溪县人民政府办公室")]
    [False, True, False]
    >>> _is_short("清溪县人民政府", "清溪县东岭镇人民政府")
    False
    """
    signs = iter(whole)
    places = [len(_PLACES.findall(one)) for one in (name, whole)]
    left_out = name[:2] == whole[:2] and name[-1] == whole[-1] and places[0] == places[1]
    left_out = left_out and all(sign in signs for sign in name)
    return len(name) < len(whole) and (whole.endswith(name) or left_out)


def _element(value: Value) -> str:
    return value.element


def _key(value: str | tuple[str, ...]) -> frozenset[str]:
    """A value as it is compared with others: without blanks, width, brackets and order."""
    folded = ("".join(fold(one).split()) for one in _listed(value))
    return frozenset(one.replace("[", "(").replace("]", ")") for one in folded)


def _evidence(place: int, value: Value) -> Iterator[Evidence]:
    """The evidence of a value, one for each of several."""
    for one in _listed(value.value):
        yield Evidence(place, value.element, one, value.words)


def _inherited(own: Recorded, notice: Recorded, place: int) -> Recorded:
    """The record of what a notice sends, with the values that it takes of the notice's."""
    missing = {
        name: value
        for name in _INHERITED
        if not getattr(own.record, name) and (value := getattr(notice.record, name))
    }
    taken = (
        replace(one, article=place, basis=Basis.INFERRED)
        for one in notice.evidence
        if one.element in missing and one.value in _listed(missing[one.element])
    )
    return Recorded(replace(own.record, **missing), (*own.evidence, *taken))


def _listed(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
