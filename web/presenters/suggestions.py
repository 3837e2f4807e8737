"""Help with typing: how a query goes on, and what may have been meant where nothing is found."""

from __future__ import annotations

from dataclasses import dataclass

from flask import json

from archive.fields import FACETS
from archive.query.query import Query, from_args
from archive.search.results import Results
from archive.suggest import Correction, did_you_mean
from web.context import archive
from web.i18n import Language
from web.urls.links import Links


@dataclass(frozen=True, slots=True)
class Meant:
    """A correction and the results that it leads to."""

    correction: Correction
    href: str


def meant(results: Results, links: Links) -> list[Meant]:
    """What may have been meant by a query that finds next to nothing."""
    return [
        Meant(correction, links.search(_corrected(results.query, correction)))
        for correction in did_you_mean(archive(), results)
    ]


def kinds(language: Language) -> str:
    """What each kind of completion is called, as JSON for the page's script."""
    names = {"wording": language("complete.wording"), "title": language("complete.title")}
    return json.dumps(names | {f.name: language(f"field.{f.name}") for f in FACETS})


def _corrected(query: Query, correction: Correction) -> Query:
    kept = [pair for pair in query.to_args() if pair[0] not in ("q", "offset")]
    return from_args([("q", correction.query), *kept])
