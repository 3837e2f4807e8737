"""Kinds (文种): what sort of document a text is, by its title first, then its opening.

The rules and their order are data (`kinds.toml`); a user's own come first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from indexer.text import suffixes

_DATA = Path(__file__).with_name("kinds.toml")

# What a title carries behind its kind: (实用14篇), 篇一, 范文2, （试行）, a year.
_FIGURE = r"[\d一二三四五六七八九十百]+"
_TAIL = re.compile(
    rf"(?:[\s　]|[（(【\[][^（）()【】\[\]]{{0,16}}[）)】\]]|第?{_FIGURE}篇|篇{_FIGURE}"
    r"|范文|模板|汇编|合集|简短|精选|大全|通用|(?<!第)[\d一二三四五六七八九十]{1,3}"
    rf"|[_\-—|].{{0,12}}网.*|{suffixes.DOCUMENT}|》|”|\")+$"
)
_QUOTED = re.compile("《[^《》]*》")
# So many paragraphs make an opening.
_OPENING = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of kinds.toml."""

    name: str
    first: str | None = None
    ends: Sequence[str] = ()
    holds: Sequence[str] = ()
    text: str | None = None
    also: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds in the order in which they are tried."""

    rows: tuple[Kind, ...]


@lru_cache(maxsize=1)
def own_kinds() -> Kinds:
    """The kinds that the archive knows by itself."""
    return Kinds(read_kinds(tomllib.loads(_DATA.read_text("utf-8"))["kind"]))


def read_kinds(rows: Iterable[Any]) -> tuple[Kind, ...]:
    """Return the rows of a file of kinds. Raises ValueError where one has another shape."""
    try:
        kinds = tuple(Kind(**row) for row in rows)
        for one in kinds:
            re.compile("|".join(filter(None, (one.first, one.text))))
    except (TypeError, re.error) as error:
        raise ValueError(f"[[kind]]: {error}") from error
    return kinds


def kind(
    title: str, article_title: str | None, texts: Iterable[str], kinds: Kinds | None = None
) -> str | None:
    """Return the kind of an article: by its own title, its page's title, or its opening.

    `texts` are its paragraphs in order; None where no rule speaks.

    >>> kind("教育工作总结(实用14篇)", "教育工作总结篇一", [])
    '工作总结'
    >>> kind("关于印发《2022年工作要点》的通知", None, [])
    '通知'
    >>> kind("某校", None, ["各位领导：", "现将有关情况汇报如下："])
    '汇报'
    """
    for candidate in (article_title, title):
        found = _by_title(candidate, kinds or own_kinds()) if candidate else None
        if found:
            return found
    opening = list(islice(texts, _OPENING))
    for rule in (kinds or own_kinds()).rows:
        if rule.text and any(re.search(rule.text, text) for text in opening):
            return rule.name
    return None


def canonical(stated: str, title: str, kinds: Kinds | None = None) -> str:
    """Return the kind that a source states under the name that the archive has for it.

    What the archive does not know as a kind is told by the title, if that tells one.

    >>> canonical("年终总结", ""), canonical("讲稿", "在全县大会上的讲话"), canonical("戏曲", "")
    ('工作总结', '讲话', '戏曲')
    """
    kinds = kinds or own_kinds()
    known = {name: r.name for r in kinds.rows for name in (r.name, *r.also)}
    return known.get(stated) or _by_title(title, kinds) or stated


@lru_cache(maxsize=1024)
def _by_title(title: str, kinds: Kinds) -> str | None:
    bare = _TAIL.sub("", title.strip()) or title.strip()
    for rule in kinds.rows:
        if rule.first and re.search(rule.first, bare):
            return rule.name
    endings = [(word, r.name) for r in kinds.rows for word in r.ends if bare.endswith(word)]
    if endings:
        return max(endings, key=lambda ending: len(ending[0]))[1]
    # What a title quotes is another document's name.
    outside = _QUOTED.sub("", title) or bare
    return next((r.name for r in kinds.rows if any(word in outside for word in r.holds)), None)
