"""A clip with all that is needed to cite it and to check it, in words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from archive.model import CORRECTED, Dating, Record, YearBasis
from archive.notes.anchors import text_hash
from archive.notes.clips import Clip
from archive.ranges import written_day

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Citation:
    """A clip as an export prints it.

    `credit` names title, number, issuer, day, headings, year with basis and evidence, and site;
    `lines` are label and words of what follows below it: the reference after GB/T 7714, address,
    place, digests, the note.
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
    path = " › ".join(source.heading_path)
    names = named(source.title, source.article, source.record, words)
    parts = (*names, path, dated(source.dating, words), source.record.site)
    lines = []
    if told := reference(clip):
        lines.append((words["reference"], told))
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
        passage=under_heads(clip.anchor.passage, source.heads, clip.anchor.start is None),
        credit="——" + words["comma"].join(part for part in parts if part),
        lines=tuple(lines),
        lost=None if clip.attached else words["held" if clip.held else "lost"],
    )


def under_heads(passage: str, heads: Sequence[str], whole: bool) -> str:
    """A table's row below the heads of its columns; any other passage, or a part, as it is.

    >>> under_heads("清溪小学\\t1,450", ("学校", "金额"), True)
    '学校\\t金额\\n清溪小学\\t1,450'
    """
    return "\n".join(("\t".join(heads), passage)) if heads and whole else passage


def named(title: str, article: str | None, record: Record, words: Words) -> list[str]:
    """The names of a text, the document's first; number, issuer, day and secrecy behind the last.

    >>> record = Record(number="云政办发〔2019〕6号", issuer=("甲局", "乙局"), issued="2019-01-30")
    >>> named("关于维修的通知", None, record, export_words("zh"))
    ['《关于维修的通知》（云政办发〔2019〕6号）（甲局、乙局，2019年1月30日）']
    """
    names = [words["title"].format(title=title)] if title else []
    if article and article != title:
        names.append(words["title"].format(title=article) if record.number else article)
    day = written_day(record.issued, words["day"]) if record.issued else None
    told = words["comma"].join(filter(None, (words["list"].join(record.issuer), day)))
    marks = (record.number, told, record.secrecy)
    behind = "".join(words["behind"].format(told=own) for own in marks if own)
    return [*names[:-1], "".join(names[-1:]) + behind] if names or behind else []


def reference(clip: Clip) -> str:
    """The reference to an official document after GB/T 7714-2015; empty for other texts.

    The standard has no type for official documents. Among its types A (档案), the papers of
    offices, comes nearest: EB is an announcement on a network, Z is what no other type fits.
    The number is the other title information (其他题名信息); the day in round brackets is that
    of issue, else of publishing, the one in square brackets that on which the passage was
    clipped. Of more than three offices the first three are named (8.1.2).
    """
    source, record = clip.source, clip.source.record
    if not (record.number or record.issuer):
        return ""
    offices = ", ".join((*record.issuer[:3], *(["等"] if len(record.issuer) > 3 else [])))
    title = ": ".join(filter(None, (source.article or source.title, record.number)))
    day = (record.issued or record.published or "")[:10]
    behind = [f"{title}[A]", day]
    if source.url:
        when = f"({day})" if day else ""
        behind = [f"{title}[A/OL]", f"{when}[{clip.added[:10]}]", source.url]
    return ". ".join(filter(None, [offices, *behind])) + "."


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
