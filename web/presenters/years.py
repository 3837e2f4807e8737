"""The year of a paragraph in words: what is known, on what basis, by what evidence."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model import CORRECTED, Dating, YearBasis
from web.i18n import Language

# Evidence is quoted to be recognised, not read through.
MAX_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class YearMark:
    """What is shown for a dating: the year or its interval, a tag or none, and the reasons."""

    label: str
    basis: YearBasis
    tag: str | None
    reasons: tuple[str, ...]


def year_mark(dating: Dating, words: Language) -> YearMark:
    """Return the words for a dating; a year that the text states needs no tag."""
    tag = None
    evidence = tuple(quoted for quoted in dating.evidence if quoted != CORRECTED)
    if CORRECTED in dating.evidence:
        tag = words("year.corrected")
    elif dating.basis is YearBasis.INFERRED:
        tag = words("year.inferred")
    elif dating.basis is YearBasis.CONFLICT:
        # The site's year is named beside ours, so that nobody takes it for a slip of ours.
        known = dating.stated is not None and dating.stated != dating.year
        tag = words("year.stated_as", year=dating.stated) if known else words("basis.conflict")
    reasons = []
    if dating.masked:
        reasons.append(words("year.masked"))
    if evidence:
        quoted = " · ".join(evidence[:MAX_EVIDENCE])
        reasons.append(words("year.evidence", words=quoted))
    return YearMark(_label(dating, words), dating.basis, tag, tuple(reasons))


def _label(dating: Dating, words: Language) -> str:
    if dating.year is not None:
        return words("year.one", year=dating.year)
    if dating.first is not None and dating.last is not None:
        return words("year.span", first=dating.first, last=dating.last)
    if dating.first is not None:
        return words("year.since", first=dating.first)
    if dating.last is not None:
        return words("year.until", last=dating.last)
    return words("facet.unknown_year")
