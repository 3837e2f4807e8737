"""Site profiles: how a family of sites marks its title, its text, its date, as data.

`profiles.toml` is ours; a user's own file of the same shape adds to it and goes first. A
profile is tried where the page shows its signs; what it finds goes before the general
rules, under the label `site:NAME`. What it does not find is left to them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bs4 import Tag

from archive.errors import SourceError
from indexer.page import Profiled, Share
from indexer.text.spacing import collapse

# To load these takes a tenth of a second, which a run that reads no page of a site spares.
if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from soupsieve import SoupSieve

_OWN = Path(__file__).with_name("profiles.toml")
_SIGNS = ("host", "generator", "meta", "words", "source")
_TARGETS = ("title", "body", "date", "kind", "site", "drop")
# The class and id words that a selector asks for.
_NAME = re.compile(r"[.#]([\w-]+)")
_ID = re.compile(r"#([\w-]+)")
# Class and id words as the source writes them: quicker than asking every element.
_WORDS = re.compile(
    r"""(?:class(?<!\wclass)|id(?<!\wid))\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))"""
)
# A page with more elements of one kind is no page of the family.
_MAX_FOUND = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One family of sites.

    The signs, of which every kind that is named must be there: `host`, one of which ends
    the page's host; `generator`, one of which stands in its meta statement; `meta`, names
    that are all stated; `words`, class or id words that all occur; `source`, one of which
    stands in the page's source. `select` are the selectors by what they find, in the order
    in which they are tried.
    """

    name: str
    signs: Mapping[str, tuple[str, ...]]
    select: Mapping[str, tuple[str, ...]]

    def fits(self, signs: Signs) -> bool:
        """Whether a page with these `signs` is of the family."""
        named = self.signs
        return (
            _any(named, "host", signs.is_under)
            and _any(named, "generator", signs.meta.get("generator", "").lower().__contains__)
            and all(name in signs.meta for name in named.get("meta", ()))
            and _any(named, "source", signs.source.__contains__)
            and ("words" not in named or signs.have(named["words"]))
        )


class Signs:
    """What a page can be recognised by; the costly part is found when first asked for."""

    def __init__(self, source: str, meta: Mapping[str, str], url: str | None) -> None:
        self.source = source
        self.lowered = source.lower()
        self.meta = meta
        self._host = _host(url)

    @cached_property
    def words(self) -> frozenset[str]:
        """All class and id words, lower case."""
        found = (word for match in _WORDS.findall(self.lowered) for word in match)
        return frozenset(word for words in found for word in words.split())

    def have(self, words: Sequence[str]) -> bool:
        """Whether all of `words` are class or id words of the page."""
        # To look for a few words is much quicker than to list all.
        return all(word in self.lowered for word in words) and self.words.issuperset(words)

    def may_match(self, selector: str) -> bool:
        """False where a name that `selector` asks for is nowhere in the page's source."""
        return all(name in self.lowered for name in _names(selector))

    def is_under(self, suffix: str) -> bool:
        """Whether the page's host is `suffix` or below it."""
        return self._host == suffix or self._host.endswith("." + suffix)


def load_profiles(extra: Path | None = None) -> tuple[Profile, ...]:
    """Our profiles, behind those of the user's file `extra` where one is given.

    Raises SourceError where that file cannot be read or is not of this shape.

    >>> [profile.name for profile in load_profiles()][:1]
    ['dedecms']
    """
    own = _own()
    return own if extra is None else _read(extra, check=True) + own


@cache
def _own() -> tuple[Profile, ...]:
    return _read(_OWN, check=False)


def find_marks(
    soup: BeautifulSoup, signs: Signs, profiles: Sequence[Profile]
) -> tuple[Profiled | None, dict[int, Share]]:
    """What the first profile that finds anything says of a page.

    Returns what it found, and the share of elements by their `id()`; None and nothing
    where no profile fits, or none that fits finds anything.
    """
    for profile in profiles:
        if not profile.fits(signs):
            continue
        shares = _shares(soup, profile, signs)
        stated = {
            name: _text(soup, _selectors(profile, name, signs))
            for name in ("title", "date", "kind", "site")
        }
        if shares or any(stated.values()):
            title, published, kind, site = stated.values()
            found = Profiled(profile.name, title, published, kind, site)
            return found, shares
    return None, {}


def _selectors(profile: Profile, target: str, signs: Signs) -> list[str]:
    """The selectors for `target` that may find something: each walks the whole page."""
    return [s for s in profile.select.get(target, ()) if signs.may_match(s)]


def _select(soup: BeautifulSoup, selector: str, limit: int = _MAX_FOUND) -> Sequence[Tag]:
    """The first `limit` elements that `selector` finds; one by its id is found in a tenth."""
    if name := _ID.fullmatch(selector):
        tags = (tag for tag in soup.descendants if isinstance(tag, Tag))
        return list(islice((tag for tag in tags if tag.attrs.get("id") == name[1]), limit))
    return _compiled(selector).select(soup, limit=limit)


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> SoupSieve:
    """A selector ready for use: made when a page may need it, since each takes milliseconds.

    Raises ValueError where it is none.
    """
    import soupsieve

    try:
        return soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=1024)
def _names(pattern: str) -> tuple[str, ...]:
    """The names without which a selector finds nothing; none for a list or a negation."""
    if "," in pattern or ":" in pattern:
        return ()
    return tuple(name.lower() for name in _NAME.findall(pattern))


def _shares(soup: BeautifulSoup, profile: Profile, signs: Signs) -> dict[int, Share]:
    """The elements of the first selector for the text that finds some, and of all to drop."""
    shares: dict[int, Share] = {}
    for selector in _selectors(profile, "body", signs):
        tags = _select(soup, selector)
        shares = {id(tag): Share.BODY for tag in tags if tag.get_text(strip=True)}
        if shares:
            break
    for selector in _selectors(profile, "drop", signs):
        shares.update((id(tag), Share.DROP) for tag in _select(soup, selector))
    return shares


def _text(soup: BeautifulSoup, selectors: Sequence[str]) -> str | None:
    """What the first selector that finds any says: an attribute for data, else the text."""
    for selector in selectors:
        tag = next(iter(_select(soup, selector, 1)), None)
        if tag is None:
            continue
        stated = tag.get("content") if tag.name == "meta" else tag.get("datetime")
        text = collapse(stated if isinstance(stated, str) else tag.get_text(" "))
        if text:
            return text
    return None


def _any(signs: Mapping[str, tuple[str, ...]], kind: str, holds: Callable[[str], bool]) -> bool:
    return kind not in signs or any(holds(sign) for sign in signs[kind])


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _read(path: Path, *, check: bool) -> tuple[Profile, ...]:
    """The profiles of a file; our selectors are known to be sound, a user's are tried at once."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := tables.keys() - {"profile"}:
            raise ValueError(f"no such table: {', '.join(sorted(unknown))}")
        profiles = tuple(_profile(row) for row in tables.get("profile", ()))
        for selector in (s for p in profiles for own in p.select.values() for s in own if check):
            _compiled(selector)
        return profiles
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError("rules.profiles", path=path, reason=reason) from error


def _profile(row: Any) -> Profile:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"]:
        raise ValueError("[[profile]] takes a name")
    name = row["name"]
    if unknown := row.keys() - {"name", *_SIGNS, *_TARGETS}:
        raise ValueError(f"{name}: there is no {', '.join(sorted(unknown))} in a [[profile]]")
    lists = {key: _strings(name, key, value) for key, value in row.items() if key != "name"}
    signs = {
        key: lists[key] if key == "source" else tuple(sign.lower() for sign in lists[key])
        for key in _SIGNS
        if key in lists
    }
    select = {key: lists[key] for key in _TARGETS if key in lists}
    if not signs or not select:
        raise ValueError(f"{name}: a profile takes a sign ({', '.join(_SIGNS)}) and a selector")
    return Profile(name, signs, select)


def _strings(name: str, key: str, value: Any) -> tuple[str, ...]:
    strings = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if not strings or not value:
        raise ValueError(f"{name}: {key} takes a list of strings")
    return tuple(value)
