"""The record of an article as its page shows it: elements, values, and the words they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.fields import FIELDS
from archive.model import CORRECTED, NO_RECORD, Basis, Document, Evidence, Record
from archive.stored import attributes
from web.i18n import Language
from web.presenters.facets import day_label

# The elements that are shown: those that are fields first, which have the labels of these. The
# site is named beside the source, warnings stand above the text.
_FIELDS = tuple(field.name for field in FIELDS if field.record)
_APART = ("site", "warnings")
ELEMENTS = tuple(
    name for name in dict.fromkeys((*_FIELDS, *attributes(NO_RECORD))) if name not in _APART
)


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its values in words, under its `label`.

    `mark` says how far they are the text's own: empty where it states them. `words` are those
    they stand on; `others` are values that the page gives besides, each with its words.
    """

    label: str
    values: tuple[str, ...]
    mark: str = ""
    words: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def elements(document: Document, article: int, t: Language) -> list[Element]:
    """Return the elements that an article (by its place) of a document has."""
    record = document.articles[article].record if article else document.record
    as_read = document.as_read
    told = [
        one
        for one in document.evidence
        # What a reader corrected, and what followed from it, is no other reading.
        if one.article == article
        and not (
            as_read
            and one.value in _values(one.element, as_read.record)
            and one.value not in _values(one.element, record)
        )
    ]
    if not (article or record.expires):
        # That an annex has lapsed is to be seen where the document begins.
        lapsed = (own.record.expires for own in document.articles if _is_past(own.record.expires))
        record = replace(record, expires=next(lapsed, None))
    shown = (_element(name, record, told, t) for name in ELEMENTS)
    return [one for one in shown if one.values or one.others]


def own_records(document: Document, t: Language) -> dict[int, list[Element]]:
    """Return the elements of the articles whose record is not the document's, by first ordinal."""
    first = document.record
    return {
        own.first: found
        for place, own in enumerate(document.articles)
        if place and _differs(own.record, first) and (found := elements(document, place, t))
    }


def _differs(own: Record, first: Record) -> bool:
    """Whether an article is filed otherwise than the first, or has days of its own."""
    filed = ("number", "issuer", "issued")
    own_days = (name for name in ("printed", "effective", "expires") if getattr(own, name))
    return any(getattr(own, name) != getattr(first, name) for name in (*filed, *own_days))


def _is_past(day: str | None) -> bool:
    return day is not None and day < date.today().isoformat()


def _element(name: str, record: Record, told: Sequence[Evidence], t: Language) -> Element:
    values = _values(name, record)
    own = [one for one in told if one.element == name]
    believed = [one for one in own if one.value in values]
    field = f"field.{name}"
    mark = next((_mark(one, t) for one in believed if one.basis is not Basis.STATED), "")
    if name == "expires" and _is_past(record.expires):
        mark = t("record.lapsed")
    return Element(
        t(field if field in t.strings else f"element.{name}"),
        tuple(_label(name, one, t) for one in values),
        mark,
        tuple(dict.fromkeys(one.words for one in believed if one.words != CORRECTED)),
        tuple((_label(name, one.value, t), one.words) for one in own if one.value not in values),
    )


def _values(name: str, record: Record) -> tuple[str, ...]:
    value = getattr(record, name, None)
    return value if isinstance(value, tuple) else (value,) if value else ()


def _mark(told: Evidence, t: Language) -> str:
    """How far a value is the text's own; that of an annex is its notice's."""
    inherited = told.basis is Basis.INFERRED and told.article > 0
    return t("record.inherited" if inherited else f"record.{told.basis.value}")


def _label(name: str, value: str, t: Language) -> str:
    return t.strings.get(f"{name}.{value}") or day_label(value, t)
