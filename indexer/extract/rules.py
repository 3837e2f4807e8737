"""The boilerplate rules as data: read from TOML, compiled once."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from archive.errors import SourceError
from indexer.text.pieces import Pieces, needs

RULES = Path(__file__).with_name("rules.toml")
Where = Literal["anywhere", "ends"]
Strength = Literal["strong", "weak"]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One named rule, for lines of at most `max` characters.

    `start` matches from the beginning, `part` anywhere; any line that they match has one of the
    pieces that it `needs` (None: of any pieces). A `strong` rule acts by itself; a weak one
    only where something else speaks for boilerplate.
    """

    name: str
    start: re.Pattern[str] | None
    part: re.Pattern[str] | None
    needs: Pieces | None
    max: int
    where: Where
    strength: Strength
    profile: str | None

    def matches(self, line: str) -> bool:
        """Whether the rule applies to a folded line."""
        if len(line) > self.max:
            return False
        if self.start is not None and self.start.match(line):
            return True
        return self.part is not None and self.part.search(line) is not None


class Choice:
    """Rules in the order in which they are tried, those only that may match a line."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._max = max((rule.max for rule in self.rules), default=0)
        self._always = {n for n, rule in enumerate(self.rules) if rule.needs is None}
        by_piece: dict[str, set[int]] = defaultdict(set)
        for number, rule in enumerate(self.rules):
            for piece in rule.needs or ():
                by_piece[piece].add(number)
        # Of two pieces at one place the longer is found, for both.
        self._by_piece = {
            piece: numbers | by_piece.get(piece[0], set()) for piece, numbers in by_piece.items()
        }
        self._pieces = _any([*self._by_piece])

    def on(self, line: str) -> Iterator[Rule]:
        """Yield the rules that apply to a folded line."""
        if len(line) > self._max:
            return
        numbers = self._always
        piece = self._pieces.search(line)
        while piece:
            numbers = numbers | self._by_piece[piece[0]]
            piece = self._pieces.search(line, piece.start() + 1)
        for number in sorted(numbers):
            if self.rules[number].matches(line):
                yield self.rules[number]


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """What a site sets into sentences: `find` in texts in which `needs` finds one of its words."""

    name: str
    find: re.Pattern[str]
    needs: re.Pattern[str]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """All rules of a file: lines, fragments, tail markers, class words, lead-ins, buttons.

    `lines` act anywhere, `ends` at the ends of a text; the strong ones are tried first. `edges`
    act at those of the text that the site profile of this name found. Labels that are
    `disabled` are never given; `keep` finds lines that no rule drops.
    """

    lines: Choice
    ends: Choice
    edges: Mapping[str, Choice]
    fragments: tuple[Fragment, ...]
    tails: tuple[Rule, ...]
    words: tuple[Rule, ...]
    reply: Rule
    lead_in: Rule
    content: Rule
    control: re.Pattern[str]
    trigger: re.Pattern[str]
    strong: re.Pattern[str]
    keep: Rule
    disabled: frozenset[str]

    def control_strength(self, line: str) -> Strength | None:
        """How sure it is that a folded line without spaces is of buttons and menu words alone."""
        if len(line) > _MAX_CONTROL or not self.control.fullmatch(line):
            return None
        if self.strong.search(line):
            return "strong"
        triggers = len(self.trigger.findall(line))
        return ("strong" if triggers >= _SURE_TRIGGERS else "weak") if triggers else None


# A row of buttons; real menus of the measured sets have up to 70 characters.
_MAX_CONTROL = 80
# So many words of buttons in one line are a row of them.
_SURE_TRIGGERS = 3
_UNBOUNDED = 1 << 30
# What can hold no alternative of a whole pattern: escaped signs, sets, innermost groups.
_ESCAPED = re.compile(r"\\.|\[\^?\]?[^\]]*\]")
_GROUPED = re.compile(r"\([^()]*\)")
# What an entry of a list of rules may hold.
_KEYS = {"name", "find", "full", "max", "where", "strength", "profile", "needs"}
# The labels that the rules of a table give, and those that have no entry in one.
_LABELS = (("line", "line"), ("line", "fragment"), ("tail", "tail"), ("dom", "words"))
_BUILT_IN = frozenset(
    (
        "dom:hidden",
        "dom:outside",
        "dom:reply",
        "density:links",
        "head:lead-in",
        "line:button",
        "neighbour:short",
        "page:listing",
        "template:learned",
        "title:repeated",
    )
)
_SEPARATORS = r"[\s\d|/·•>:,.()\[\]<«»‹›、\-—_+*【】{}!?。☆★→↓↑◆●■□▲]"


@lru_cache(maxsize=1)
def _own() -> tuple[dict[str, Any], Rules]:
    data = _parse(RULES)
    return data, _compile(data)


def load_rules(extra: Path | None = None) -> Rules:
    """Our boilerplate rules, with those of the user's file `extra` added where one is given.

    Raises SourceError where that file cannot be read or is not of our file's shape.
    """
    own, rules = _own()
    if extra is None:
        return rules
    try:
        return _compile(_merge(own, _parse(extra)))
    except (OSError, ValueError, re.error) as error:
        raise SourceError("rules.boilerplate", extra=extra, error=error) from error


def _parse(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _merge(own: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Our tables with the user's: lists of rules grow, single rules get further patterns."""
    merged = dict(own)
    for name, value in extra.items():
        known = own.get(name)
        if isinstance(known, list) and isinstance(value, list):
            for entry in value:
                _check(f"[[{name}]]", entry)
            merged[name] = [*known, *value]
        elif isinstance(known, dict) and isinstance(value, dict):
            lists = {key for key in known if isinstance(known[key], list)}
            if unknown := value.keys() - lists:
                raise ValueError(f"[{name}] takes {', '.join(sorted(lists))}, not {min(unknown)}")
            for key in value:
                _check_strings(f"[{name}]", key, value[key])
            merged[name] = {**known, **{key: [*known[key], *value[key]] for key in value}}
        else:
            raise ValueError(f"there is no table {name}")
    return merged


def _check(table: str, entry: Any) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise ValueError(f"{table} takes a name")
    named = f"{table} {entry['name']}"
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"{named}: there is no {', '.join(sorted(unknown))}")
    for key, values in (("where", get_args(Where)), ("strength", get_args(Strength))):
        if entry.get(key, values[0]) not in values:
            raise ValueError(f"{named}: {key} is one of {', '.join(values)}")
    for key in ("find", "full", "needs"):
        _check_strings(named, key, entry.get(key, []))
    if not isinstance(entry.get("profile", ""), str):
        raise ValueError(f"{named}: profile is the name of a site profile")
    if type(entry.get("max", 0)) is not int:
        raise ValueError(f"{named}: max is a number of characters")
    if not (entry.get("find") or entry.get("full")):
        raise ValueError(f"{named} takes find or full")
    if table == "[[fragment]]" and not (entry.get("find") and entry.get("needs")):
        raise ValueError(f"{named} takes find and needs")


def _check_strings(table: str, key: str, value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"{table}: {key} takes a list of strings")


def _compile(data: dict[str, Any]) -> Rules:
    buttons = data["buttons"]
    words = [*buttons["strong"], *buttons["triggers"], *buttons["fillers"]]
    disabled = frozenset(data["disable"]["rules"])
    known = {f"{label}:{e['name']}" for label, table in _LABELS for e in data[table]} | _BUILT_IN
    if unknown := disabled - known:
        raise ValueError(f"[disable] rules: there is no rule {min(unknown)}")

    def enabled(label: str, table: str) -> list[dict[str, Any]]:
        return [entry for entry in data[table] if f"{label}:{entry['name']}" not in disabled]

    # Strong rules first: a line is dropped by the surest of those that apply.
    lines = sorted(map(_rule, enabled("line", "line")), key=lambda rule: rule.strength == "weak")
    return Rules(
        lines=Choice(rule for rule in lines if not rule.profile and rule.where == "anywhere"),
        ends=Choice(rule for rule in lines if not rule.profile and rule.where == "ends"),
        edges={
            name: Choice(rule for rule in lines if rule.profile == name)
            for name in {rule.profile for rule in lines if rule.profile}
        },
        fragments=tuple(
            Fragment(entry["name"], re.compile("|".join(entry["find"])), _any(entry["needs"]))
            for entry in enabled("line", "fragment")
        ),
        tails=tuple(map(_rule, enabled("tail", "tail"))),
        words=tuple(map(_rule, enabled("dom", "words"))),
        reply=_rule(data["reply"]),
        lead_in=_rule(data["lead-in"]),
        content=_rule(data["content"]),
        # The lookahead takes all it can and gives nothing back; the possessive sign for that
        # is broken in Python before 3.11.5.
        control=re.compile(rf"(?=((?:{_SEPARATORS}|{_choice(words)})+))\1"),
        trigger=_any(buttons["triggers"]),
        strong=_any(buttons["strong"]),
        keep=_rule(data["keep"]),
        disabled=disabled,
    )


def _rule(entry: dict[str, Any]) -> Rule:
    find, full = entry.get("find", []), entry.get("full", [])
    # What begins with ^ is tried once, not at each character of the line.
    opening = [pattern for pattern in find if _is_opening(pattern)]
    needed = [needs(pattern) for pattern in (*find, *full)]
    known = [pieces for pieces in needed if pieces]
    return Rule(
        name=entry["name"],
        start=_join([*opening, *(rf"(?:{pattern})\Z" for pattern in full)]),
        part=_join([pattern for pattern in find if pattern not in opening]),
        needs=frozenset().union(*known) if len(known) == len(needed) else None,
        max=entry.get("max", _UNBOUNDED),
        where=entry.get("where", "anywhere"),
        strength=entry.get("strength", "strong"),
        profile=entry.get("profile"),
    )


def _is_opening(pattern: str) -> bool:
    r"""Whether all that a pattern matches stands at the beginning.

    >>> [_is_opening(p) for p in ("^阅读(?:本|此)", "^阅读|下载", r"^[|(]\|", "阅读")]
    [True, False, True, False]
    """
    bare = _GROUPED.sub("", _ESCAPED.sub("", pattern))
    while bare != (inner := _GROUPED.sub("", bare)):
        bare = inner
    return pattern.startswith("^") and "|" not in bare and "(" not in bare


def _join(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile(_choice(words))


def _choice(words: list[str]) -> str:
    """A pattern for any of `words`, the longest first; of no words it matches nothing."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "(?:" + ("|".join(map(re.escape, ordered)) or "(?!)") + ")"
