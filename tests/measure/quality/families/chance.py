"""The choices that make a page: the same on every run, and apart for the two halves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.measure.quality.families.texts import HALVES, Half, Text, texts

T = TypeVar("T")

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Draft:
    """A page as its family makes it.

    `optional`: texts that are neither asked for nor wrong, such as a letterhead.
    """

    data: bytes
    suffix: str
    title: str
    paragraphs: list[str]
    optional: tuple[str, ...] = ()


class Chance:
    """The choices of page `number` of a family. Even numbers are seen, odd ones unseen."""

    def __init__(self, family: str, number: int) -> None:
        self._family = family
        self._number = number
        self._random = Random(f"{family} {number}")

    @property
    def half(self) -> Half:
        """The half that the page belongs to."""
        return HALVES[self._number % 2]

    def pick(self, pool: Sequence[T]) -> T:
        """An element of the half's own share of `pool`.

        >>> {Chance("spa", 1).pick("abab") for _ in range(9)}
        {'b'}
        """
        return self._random.choice(self.own(pool))

    def own(self, pool: Sequence[T]) -> Sequence[T]:
        """The half's own share of `pool`: every second element."""
        return pool[HALVES.index(self.half) :: 2]

    def choose(self, options: Sequence[T]) -> T:
        """An element of `options`, whatever the half."""
        return self._random.choice(options)

    def turn(self, options: Sequence[T]) -> T:
        """An element of `options`; the pages of a half take them in turn."""
        return options[self._number // 2 % len(options)]

    def likely(self, share: float = 0.5) -> bool:
        """True in `share` of the cases."""
        return self._random.random() < share

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`."""
        return self._random.randint(low, high)

    def word(self, name: str) -> str:
        """A wording of the list `name`, with its slots filled."""
        return self._filled(self.pick(words(name)))

    def several(self, name: str, count: int) -> list[str]:
        """At most `count` different wordings of the list `name`."""
        own = self.own(words(name))
        return [self._filled(word) for word in self.draw(own, min(count, len(own)))]

    def draw(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different elements of `options`, whatever the half."""
        return self._random.sample(options, count)

    def text(self, kinds: Collection[str] = ()) -> Text:
        """The page's text, of one of `kinds` (none: of any). The pages of a half differ."""
        order = self._order(kinds)
        return order[self._number // 2 % len(order)]

    def sample(self, kinds: Collection[str], count: int) -> list[Text]:
        """`count` different texts of `kinds`."""
        return self.draw(self._order(kinds), count)

    def day(self) -> str:
        """A day of the last years."""
        return f"20{self.between(18, 23)}-{self.between(1, 12):02}-{self.between(1, 28):02}"

    def _order(self, kinds: Collection[str]) -> list[Text]:
        found = [text for text in texts(self.half) if not kinds or text.kind in kinds]
        Random(f"{self._family} {self.half}").shuffle(found)
        return found

    def _filled(self, word: str) -> str:
        def value(match: re.Match[str]) -> str:
            match match[1]:
                case "n":
                    return str(self.between(2, 9999 if self.likely(0.3) else 30))
                case "day":
                    return self.day()
                case "time":
                    return f"{self.between(8, 18):02}:{self.between(0, 59):02}"
            raise KeyError(match[1])

        return _SLOT.sub(value, word)


def words(name: str) -> list[str]:
    """The list `name` of words.toml."""
    return lists()[name]


@cache
def lists() -> dict[str, list[str]]:
    """All lists of words.toml by name."""
    path = Path(__file__).with_name("words.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
