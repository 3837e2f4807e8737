"""Dated facts: words in a text that can only have been written at a certain time.

The facts are data (`dated_facts.toml`, each with its reason); this module turns them into
patterns and finds them. What a fact says of the text depends on its frame: 庆祝建党100周年
speaks of 2021, 在庆祝建党100周年大会上的讲话 was only not written earlier, 迎接 looks
forward to it, 明年是 and 去年 shift it by a year.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from archive.errors import SourceError
from archive.text.numerals import parse, write

_DATA = Path(__file__).with_name("dated_facts.toml")
_compiled: Callable[[str], re.Pattern[str]] = cache(re.compile)


class Constraint(StrEnum):
    """What a fact says of the text that holds it.

    YEAR: the text speaks of this year; WINDOW: it was at work within these months;
    SINCE: it was not written earlier; AHEAD: it looks forward to the last month.
    """

    YEAR = "year"
    WINDOW = "window"
    SINCE = "since"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A dated fact found in a text.

    `first` and `last` are months counted from year 0 (year * 12 + month - 1), both
    included; of what only bounds from below (SINCE) they are the same. `words` are the text's
    own, at offset `start`. `anniversary`: an anniversary or a good start, which is awaited for a
    year or more, not a meeting.
    """

    constraint: Constraint
    first: int
    last: int
    words: str
    start: int
    anniversary: bool = False

    @property
    def end(self) -> int:
        """The year of its last month."""
        return self.last // 12


@dataclass(frozen=True, slots=True)
class _Rule:
    """One fact: tried, and compiled, only where one of `words` stands in the text."""

    words: tuple[str, ...]
    source: str
    constraint: Constraint
    first: int
    last: int = 0
    # The year before the first: N counts from here (anniversaries and ordinals).
    counted: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """What is sought. Raises re.error where it is no pattern."""
        return _compiled(self.source)


def month(year: int, number: int = 1) -> int:
    """The ordinal of a month.

    >>> month(2021, 7) - month(2020, 12)
    7
    """
    return year * 12 + number - 1


def _parse_month(text: str) -> int:
    year, number = text.split("-")
    return month(int(year), int(number))


def _in_year(words: tuple[str, ...], pattern: str, year: int) -> _Rule:
    return _Rule(words, pattern, Constraint.YEAR, month(year), month(year, 12))


_NUMBER = r"(?P<n>\d{1,3}|[〇零一二三四五六七八九十百]{1,5})"
# Quotes that sites leave between a name and its count.
_QUOTES = r"[”\"’'〞』》〉）)]{0,2}"
_OPEN = r"[“\"‘'〝『《〈（(]{0,2}"


def _anniversary(row: dict[str, Any]) -> Iterator[_Rule]:
    tail = r"(?:周年|华诞|岁生日|岁华诞|诞辰)"
    # 百年 is also the name of a whole century: it counts where something is held for it.
    century = (
        r"(?P<c>一?百年|100年)(?=之际|主题|系列|庆典|华诞|庆祝|纪念|活动|[”\"〞](?:主题|系列|专题))"
    )
    anniversary = r"(?<=庆祝|喜迎|迎接|献礼|纪念)"
    name = rf"(?:{row['pattern']}){_QUOTES}"
    pattern = (
        rf"{name}(?:{_NUMBER}\s*{tail}|{century})|{anniversary}(?:{row['pattern']})(?P<d>一?百年)"
    )
    since = month(row["since"], row["month"])
    yield _Rule(tuple(row["words"]), pattern, Constraint.YEAR, since, counted=True)


def _ordinal(row: dict[str, Any]) -> Iterator[_Rule]:
    pattern = rf"第\s*{_NUMBER}\s*(?:个|届|次|期)?{_OPEN}(?:{row['pattern']})"
    yield _Rule(tuple(row["words"]), pattern, Constraint.YEAR, month(row["since"]), counted=True)


# Which year of its plan a year is called. 承上启下 and 关键 are used of more than one.
_FIRST_YEAR = r"(?:开局|起步|起始|开启|第一|首)(?:之)?年"
# A good start is promised in the plans before the first year and in it; that it was made
# is also said in later years.
_GOOD_START = r"(?:的)?(?:良好|精彩)?(?:开局|开好局)(?!之?年)"
_LAST_YEAR = r"(?:圆满)?(?:收官|收关|最后|决胜|收尾)(?:之)?(?:一)?年"


def _five_year(row: dict[str, Any]) -> Iterator[_Rule]:
    name, first, last = row["name"], row["first"], row["last"]
    # 十五 also stands in 十五五 and 二十五 is no plan.
    lead = rf"(?<![一二三四五六七八九十]){name}(?![五])" if name == "十五" else name
    of = row.get("of", "")
    lead = (
        rf"{_OPEN}{lead}{_QUOTES}{of}(?:规划|计划|发展规划|时期|期间|建设)?(?:实施|执行|发展)?的?"
    )
    for words, year in ((_FIRST_YEAR, first), (_LAST_YEAR, last)):
        yield _in_year((name,), lead + f"(?:{words})", year)
    started = rf"(?:实现|取得|赢得|迎来)了{lead}{_GOOD_START}"
    yield _Rule((name,), started, Constraint.SINCE, month(first))
    promised = rf"(?<!了)(?<!了[“\"〝]){lead}{_GOOD_START}"
    yield _Rule((name,), promised, Constraint.AHEAD, month(first) - 12, month(first, 12))
    # A plan is spoken of while it is drawn up, in the eighteen months before it begins.
    named = rf"[“\"〞]{name}[”\"〞]{of}|{name}(?:{of or '规划|期间|时期'})"
    yield _Rule((name,), named, Constraint.SINCE, month(first) - 18)


def _meeting(name: str, held: int, words: tuple[str, ...], pattern: str) -> Iterator[_Rule]:
    year = held // 12
    meets = rf"(?:{pattern})(?:胜利)?(?:召开|举行)的?(?:之年|一年)"
    yield _in_year(words, meets, year)
    awaits = rf"(?:迎接?|喜迎|迎庆)(?:党的?|中共|中国共产党)?(?:{pattern})"
    yield _Rule(words, awaits, Constraint.AHEAD, held - 18, held)
    # Before it meets, a congress is spoken of all through its year; its spirit only after.
    after = (
        r"(?:[”\"]?(?:精神|报告|以来|闭幕|胜利闭幕|决策|部署|战略|提出|关于|指出|明确|做出|作出))"
    )
    if name.endswith("大"):
        # Its opening was watched everywhere, that day.
        seen = r"(?:收看|收听|观看)"
        watched = (
            rf"{seen}[^。；]{{0,12}}(?:{pattern})|(?:{pattern})[^。；]{{0,24}}{seen}.{{0,4}}开幕"
        )
        yield _in_year(words, watched, year)
        # The year after it is called the first of carrying it out.
        first = rf"(?:{pattern})[”\"]?精神的?(?:开局|起步|第一|首)(?:之)?年"
        yield _in_year(words, first, year + 1)
        yield _Rule(words, pattern + after, Constraint.SINCE, held)
        yield _Rule(words, pattern, Constraint.SINCE, month(year))
    else:
        yield _Rule(words, pattern, Constraint.SINCE, held)


def _congress(row: dict[str, Any]) -> Iterator[_Rule]:
    name = row["name"]
    pattern = rf"(?<![一二三四五六七八九十]){name}(?!报告?代表选举)"
    yield from _meeting(name, _parse_month(row["held"]), (name,), pattern)


def _plenums(row: dict[str, Any]) -> Iterator[_Rule]:
    committee = row["committee"]
    for name, held in row["held"].items():
        # 十九届二中、三中、四中全会: the committee is named once for several plenums, and
        # sites leave stray characters in the word 全会.
        others = r"(?:[一二三四五六七]中(?:全会)?(?:精神)?[、，,和及]+)*?"
        pattern = rf"{committee}{others}{name}.?全会"
        yield from _meeting(name, _parse_month(held), (committee,), pattern)


def _campaign(row: dict[str, Any]) -> Iterator[_Rule]:
    words, pattern = tuple(row["words"]), row["pattern"]
    first, last = _parse_month(row["first"]), _parse_month(row["last"])
    yield _Rule(words, pattern, Constraint.WINDOW, first, last)
    yield _Rule(words, pattern, Constraint.SINCE, _parse_month(row.get("named", row["first"])))


# A session's term and number: 第十四届全国人民代表大会第三次会议, 十四届全国人大三次会议.
_SITTING = r"(?P<n>[一二三四五])"


def _sessions(row: dict[str, Any]) -> Iterator[_Rule]:
    first, last = row["terms"]
    terms = "|".join(f"{write(term)}|{term}" for term in range(first, last + 1))
    term = rf"第?(?<![一二三四五六七八九十\d])(?P<term>{terms})届"
    pattern = rf"{term}(?:{row['pattern']})第?{_SITTING}次(?:全体)?会议"
    since = month(row["since"], row["month"])
    yield _Rule(tuple(row["words"]), pattern, Constraint.SINCE, since, counted=True)


def _since(row: dict[str, Any]) -> Iterator[_Rule]:
    yield _Rule(tuple(row["words"]), row["pattern"], Constraint.SINCE, _parse_month(row["first"]))


def _year_of(row: dict[str, Any]) -> Iterator[_Rule]:
    yield _in_year(tuple(row["words"]), row["pattern"], row["year"])


_MAKERS = {
    "anniversary": _anniversary,
    "ordinal": _ordinal,
    "plan": _five_year,
    "congress": _congress,
    "plenum": _plenums,
    "session": _sessions,
    "campaign": _campaign,
    "since": _since,
    "year_of": _year_of,
}


# The dated facts, by the literal words that call them: each word is sought once.
Facts = tuple[tuple[str, tuple[_Rule, ...]], ...]


@lru_cache(maxsize=8)
def load_facts(extra: Path | None = None) -> Facts:
    """Return our dated facts, with those of the user's file `extra` where one is given.

    Raises SourceError where that file cannot be read or is not of our file's shape.
    """
    by_word: dict[str, list[_Rule]] = {}
    for path in (_DATA,) if extra is None else (_DATA, extra):
        for rule in _read(path, check=path is extra):
            for word in rule.words:
                by_word.setdefault(word, []).append(rule)
    return tuple((word, tuple(rules)) for word, rules in by_word.items())


def _read(path: Path, *, check: bool) -> list[_Rule]:
    """The rules of a file; ours are known to be patterns, a user's are to be checked at once."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = tables.keys() - _MAKERS.keys()
        if unknown:
            raise ValueError(f"no such table: {', '.join(sorted(unknown))}")
        rules = [
            rule for name, rows in tables.items() for row in rows for rule in _MAKERS[name](row)
        ]
        for rule in rules if check else ():
            re.compile(rule.source)
        return rules
    except (OSError, KeyError, TypeError, AttributeError, ValueError, re.error) as error:
        raise SourceError("rules.dated_facts", path=path, error=error) from error


# Frames, read in the words before and after a fact.
_BEFORE = 14
_AFTER = 12
_AHEAD = re.compile(r"(?:迎接?|喜迎|献礼|迎庆|即将|筹备|将迎来|迎来)[^。，；,;]{0,8}$")
_NEXT = re.compile(r"(?:明年|来年|下一年|次年)[^。；;]{0,10}$")
_LAST = re.compile(r"(?:去年|上年|前年|上一年)[^。；;]{0,10}$")
_SPEECH = re.compile(r"^[^。，；,;、]{0,6}(?:大会|讲话|以来|来[，,的]|阅兵)")
# 实现建军一百年奋斗目标 names a goal, not a anniversary.
_GOAL = re.compile(r"^[”\"]?的?(?:奋斗)?目标")
# 到建国100周年时 sets a date far ahead; the anniversaries of other countries are counted from
# other years.
_NOT_OURS = re.compile(
    r"(?:到|至|距离?)[^，。；,;]{0,6}$|(?:朝鲜|越南|老挝|古巴|柬埔寨|蒙古国|俄罗斯|劳动|民主)[^，。；]{0,6}$"
)
# Meetings are awaited to their month, years to their end.
_DECEMBER = 11
# A spring session is called, and its papers drafted, from the December before.
_CALLED = 3
_OWN_START = 2
_KEPT = re.compile(r"(?:巩固|拓展|运用|转化|总结|根据|借鉴)[^。；;]{0,10}$")
_SETTLED = re.compile(r"^[^。，；,;]{0,6}(?:常态化|成果|长效|经验|以来|回头看|中央)")


def find_facts(text: str, facts: Facts | None = None) -> tuple[FoundFact, ...]:
    """Return the dated facts in `text`; `facts` are those to look for (None: our own).

    Where two share words, what speaks of a year or looks ahead silences a bare mention:
    迎接二十大 was written before the congress, not after.

    >>> [(c.constraint.value, c.first // 12, c.words) for c in find_facts("开展庆祝建党99周年活动")]
    [('year', 2020, '建党99周年')]
    >>> [(c.constraint.value, c.first // 12) for c in find_facts("在庆祝建党100周年大会上的讲话")]
    [('since', 2021)]
    """
    found = list(_scan(text, facts or load_facts()))
    framed = [c for c in found if c.constraint in (Constraint.YEAR, Constraint.AHEAD)]
    if not framed:
        return tuple(found)
    taken = {place for c in framed for place in range(c.start, c.start + len(c.words))}
    return tuple(
        c for c in found if c in framed or taken.isdisjoint(range(c.start, c.start + len(c.words)))
    )


def _scan(text: str, facts: Facts) -> Iterator[FoundFact]:
    seen: set[int] = set()
    for word, rules in facts:
        if word not in text:
            continue
        for rule in rules:
            if id(rule) in seen:
                continue
            seen.add(id(rule))
            for found in rule.pattern.finditer(text):
                fact = _found_fact(rule, found, text)
                if fact is not None:
                    yield fact


def _found_fact(rule: _Rule, found: re.Match[str], text: str) -> FoundFact | None:
    """The fact that a match makes in its frame; None where its count makes no sense."""
    words, start = found.group(), found.start()
    first, last = rule.first, rule.last
    event = first
    if rule.counted:
        count = 100 if not found["n"] else parse(found["n"])
        if not count:
            return None
        term = parse(found["term"]) if "term" in found.re.groupindex else 0
        event = first + 12 * (count + 5 * (term or 0))
        year = event // 12
        first, last = month(year), month(year, 12)
    before = text[max(0, start - _BEFORE) : start]
    after = text[found.end() : found.end() + _AFTER]
    if rule.counted and (_GOAL.search(after) or _NOT_OURS.search(before)):
        return None
    if rule.constraint is Constraint.SINCE and rule.counted:
        # What begins with a session's name is its own paper; what names it within is later.
        if start <= _OWN_START:
            return FoundFact(Constraint.YEAR, event, event, words, start)
        return FoundFact(Constraint.SINCE, event - _CALLED, event - _CALLED, words, start)
    if rule.constraint is Constraint.YEAR:
        if rule.counted and _SPEECH.search(after):
            return FoundFact(Constraint.SINCE, event, event, words, start)
        shift = 12 * (bool(_LAST.search(before)) - bool(_NEXT.search(before)))
        if shift:
            return FoundFact(Constraint.YEAR, first + shift, last + shift, words, start)
        if _AHEAD.search(before):
            return FoundFact(Constraint.AHEAD, first - 12, last, words, start, anniversary=True)
    if rule.constraint is Constraint.WINDOW and (_KEPT.search(before) or _SETTLED.search(after)):
        return FoundFact(Constraint.SINCE, first, first, words, start)
    anniversary = rule.constraint is Constraint.AHEAD and last % 12 == _DECEMBER
    return FoundFact(rule.constraint, first, last or first, words, start, anniversary)
