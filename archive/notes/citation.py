"""A clip with all that is needed to cite it and to check it, in words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from archive.model import CORRECTED, Dating, YearBasis
from archive.notes.anchors import text_hash
from archive.notes.clips import Clip

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Citation:
    """A clip as an export prints it.

    `credit` names title, article, headings, year with basis and evidence, and site; `lines`
    are label and words of what follows below it: address, place, digests, the note.
    """

    passage: str
    credit: str
    lines: tuple[tuple[str, str], ...]
    lost: str | None = None


@cache
def export_words(language: str) -> Words:
    """The words of an export: Chinese for `zh…`, English for any other language."""
    source = resources.files("archive.notes").joinpath("words.toml").read_text("utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(source)
    return tables["zh" if language.startswith("zh") else "en"]


def cite(clip: Clip, words: Words) -> Citation:
    """Return a clip with its full citation."""
    source = clip.source
    title = words["title"].format(title=source.title) if source.title else None
    article = source.article if source.article != source.title else None
    path = " › ".join(source.heading_path)
    parts = (title, article, path, dated(source.dating, words), source.record.site)
    lines = []
    if source.url:
        lines.append((words["address"], source.url))
    place = [
        words["place"].format(n=source.ordinal + 1),
        words["file"].format(path=source.path),
        words["published"].format(day=source.record.published) if source.record.published else "",
    ]
    lines.append((words["where"], words["comma"].join(filter(None, place))))
    hashes = [words["text_hash"].format(hash=text_hash(clip.anchor.folded))]
    if source.digest:
        hashes.append(words["file_digest"].format(digest=source.digest))
    lines.append((words["check"], words["semicolon"].join(hashes)))
    if clip.note:
        lines.append((words["note"], clip.note))
    return Citation(
        passage=clip.anchor.passage,
        credit="——" + words["comma"].join(part for part in parts if part),
        lines=tuple(lines),
        lost=None if clip.attached else words["held" if clip.held else "lost"],
    )


def dated(dating: Dating, words: Words) -> str:
    """The year, on what basis it stands, and the evidence.

    >>> dated(Dating(2020, 2020, YearBasis.STATED, evidence=("2020年",)), export_words("zh"))
    '2020 年（原文写明；依据：2020年）'
    >>> dated(Dating(), export_words("en"))
    'year unknown'
    """
    year = _year(dating, words)
    why = []
    if CORRECTED in dating.evidence:
        why.append(words["corrected"])
    elif dating.basis is YearBasis.CONFLICT:
        known = dating.stated is not None and dating.stated != dating.year
        conflict = words["conflict" if known else "conflict_bare"]
        why.append(conflict.format(stated=dating.stated))
    elif dating.basis is not YearBasis.UNKNOWN:
        why.append(words[dating.basis.value])
    evidence = [words_ for words_ in dating.evidence if words_ != CORRECTED]
    if evidence:
        why.append(words["evidence"].format(words=" · ".join(evidence)))
    return words["dated"].format(year=year, why=words["semicolon"].join(why)) if why else year


def _year(dating: Dating, words: Words) -> str:
    if dating.year is not None:
        return words["year"].format(year=dating.year)
    if dating.first is not None and dating.last is not None:
        return words["span"].format(first=dating.first, last=dating.last)
    if dating.first is not None:
        return words["since"].format(first=dating.first)
    if dating.last is not None:
        return words["until"].format(last=dating.last)
    return words["unknown_year"]
