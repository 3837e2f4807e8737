"""Ranges of numbers and of days, as a filter asks for them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

# Days are the numbers YYYYMMDD. An end that names a month or a year only has 00 (where a
# range begins) or 99 (where it ends) in place of what it leaves out.
_FIRST_DAY = 10_000_000
_OPEN_BEGIN, _OPEN_END = 0, 99

_NUMBER = re.compile(r"[0-9]{4}")
_DAY = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?|[./年]([0-9]{1,2})(?:[./月]([0-9]{1,2})日?|月)?|年)?"
)


@dataclass(frozen=True, slots=True)
class Range:
    """An inclusive range, either end open; or, `unknown`, what has no value.

    >>> 2020 in Range(2019), None in Range(), str(Range(20210300, 20210699))
    (True, False, '2021-03..2021-06')
    """

    first: int | None = None
    last: int | None = None
    unknown: bool = False

    def __contains__(self, number: int | None) -> bool:
        if number is None:
            return self.unknown
        return (
            not self.unknown
            and (self.first is None or number >= self.first)
            and (self.last is None or number <= self.last)
        )

    def __str__(self) -> str:
        if self.unknown:
            return "unknown"
        first, last = _written(self.first), _written(self.last)
        return first if first and first == last else f"{first}..{last}"

    @property
    def ends(self) -> tuple[int | str | None, int | str | None]:
        """Both ends as numbers, days as the first and the last day of the range."""
        return _whole_day(self.first, end=False), _whole_day(self.last, end=True)


def read_range(text: str, *, days: bool) -> Range | None:
    """Read `2021`, `2019..2021`, `..2021` or `2019..`, of days also `2021-03..2021-06-15`.

    A day may be written 2021年3月5日, 2021.3.5 or 2021/3/5 too, and so may a month.

    None where the text is no range. The ends of the range returned may run backwards.

    >>> str(read_range("2021-03..", days=True)), read_range("2021-13", days=True)
    ('2021-03..', None)
    >>> str(read_range("2021年3月..2021.6.15", days=True)), str(read_range("2021/3/5", days=True))
    ('2021-03..2021-06-15', '2021-03-05')
    """
    first, dots, last = text.partition("..")
    both = (first, last if dots else first)
    read = [(_read_day if days else _read_number)(end, at) for at, end in enumerate(both) if end]
    if not read or None in read:
        return None
    ends = iter(read)
    low, high = (next(ends) if end else None for end in both)
    return Range(low, high)


def number_of(value: str, *, days: bool) -> int | None:
    """The number by which a value is compared; None for a day that there is not.

    >>> number_of("2021-03-05T10:00", days=True), number_of("2021-02-30", days=True)
    (20210305, None)
    """
    if not days:
        return int(value)
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return day.year * 10_000 + day.month * 100 + day.day


def written_day(day: str, form: str) -> str:
    """A day, or the day of a time, in a form of words; what is no day, as it is.

    >>> written_day("2019-01-30T08:00", "{year}年{month}月{day}日"), written_day("2019", "{year}")
    ('2019年1月30日', '2019')
    """
    number = number_of(day, days=True)
    if number is None:
        return day
    year, month, ordinal = number // 10_000, number // 100 % 100, number % 100
    return form.format(year=year, month=month, day=ordinal, iso=day[:10])


def _read_number(text: str, at: int) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _read_day(text: str, at: int) -> int | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    parts = (found[1], found[2] or found[4], found[3] or found[5])
    year, month, day = (int(part) if part else None for part in parts)
    if year is None or not (month is None or 1 <= month <= 12):
        return None
    if month and day is not None and number_of(f"{year:04}-{month:02}-{day:02}", days=True) is None:
        return None
    left_out = _OPEN_END if at else _OPEN_BEGIN
    return (
        year * 10_000
        + (left_out if month is None else month) * 100
        + (left_out if day is None else day)
    )


def _written(number: int | None) -> str:
    if number is None:
        return ""
    digits = f"{number:04}"
    parts = (digits[:4], digits[4:6], digits[6:])
    return "-".join(part for part in parts if part not in ("", "00", "99"))


def _whole_day(number: int | None, *, end: bool) -> int | str | None:
    if number is None or number < _FIRST_DAY:
        return number
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if month in (_OPEN_BEGIN, _OPEN_END):
        month = 12 if end else 1
    if day in (_OPEN_BEGIN, _OPEN_END):
        day = monthrange(year, month)[1] if end else 1
    return f"{year:04}-{month:02}-{day:02}"
