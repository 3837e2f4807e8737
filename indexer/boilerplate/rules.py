"""The crust rules as data: read from TOML, compiled once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from archive.errors import SourceError

RULES = Path(__file__).parent.parent / "rules.toml"
Where = Literal["anywhere", "ends"]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One named rule: `find` matches a part, `full` the whole, of at most `max` characters."""

    name: str
    find: re.Pattern[str] | None
    full: re.Pattern[str] | None
    max: int
    where: Where
    needs: tuple[str, ...]

    def matches(self, line: str) -> bool:
        """Whether the rule applies to a folded line."""
        if len(line) > self.max:
            return False
        if self.full is not None and self.full.fullmatch(line):
            return True
        return self.find is not None and self.find.search(line) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """All rules of a file: lines, fragments, tail markers, class words, lead-ins, buttons."""

    lines: tuple[Rule, ...]
    fragments: tuple[Rule, ...]
    tails: tuple[Rule, ...]
    words: tuple[Rule, ...]
    lead_in: Rule
    content: Rule
    summary: Rule
    control: re.Pattern[str]
    trigger: re.Pattern[str]

    def is_control(self, line: str) -> bool:
        """Whether a folded line without spaces is made of buttons and menu words alone."""
        return (
            len(line) <= _MAX_CONTROL
            and self.trigger.search(line) is not None
            and self.control.fullmatch(line) is not None
        )


# A row of buttons; real menus of the measured sets have up to 70 characters.
_MAX_CONTROL = 80
_UNBOUNDED = 1 << 30
_SEPARATORS = r"[\s\d|/·•>:,.()\[\]<«»‹›、\-—_+*【】{}!?。☆★→↓↑◆●■□▲]"


@lru_cache(maxsize=8)
def load_rules(path: Path = RULES) -> Rules:
    """The rules in the TOML file at `path`. Raises SourceError where it cannot be read."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        buttons = data["buttons"]
        words = [*buttons["triggers"], *buttons["fillers"]]
        return Rules(
            lines=_rules(data["line"]),
            fragments=_rules(data["fragment"]),
            tails=_rules(data["tail"]),
            words=_rules(data["words"]),
            lead_in=_rules([data["lead-in"]])[0],
            content=_rules([data["content"]])[0],
            summary=_rules([data["summary"]])[0],
            control=re.compile(f"(?:{_SEPARATORS}|{_choice(words)})++"),
            trigger=re.compile(_choice(buttons["triggers"])),
        )
    except (OSError, ValueError, KeyError, TypeError, re.error) as error:
        raise SourceError(
            f"规则文件无法读取:{path}({error})。请改正后重试",
            f"cannot read the rules in {path}: {error}; mend the file and try again",
        ) from error


def _rules(entries: list[dict[str, Any]]) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            name=entry["name"],
            find=_join(entry.get("find")),
            full=_join(entry.get("full")),
            max=entry.get("max", _UNBOUNDED),
            where=entry.get("where", "anywhere"),
            needs=tuple(entry.get("needs", ())),
        )
        for entry in entries
    )


def _join(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def _choice(words: list[str]) -> str:
    """A pattern for any of `words`, the longest first."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) for word in ordered) + ")"
