"""Automatic numbers as Word prints them: a count in one of its number formats.

The names are those of ST_NumberFormat (ECMA-376 part 1, 17.18.59). Only formats that
Chinese documents use are told apart; any other prints as decimal.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.text.numerals import write, write_digits

_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
# Beyond this a format falls back to decimal, as Word's own do beyond their ranges.
_LARGEST = 9999


def format_number(value: int, name: str) -> str:
    """`value` as the format called `name` prints it.

    >>> [format_number(12, name) for name in ("chineseCounting", "decimal", "lowerLetter")]
    ['十二', '12', 'l']
    >>> format_number(105, "chineseCountingThousand"), format_number(3, "decimalEnclosedCircle")
    ('一百零五', '③')
    """
    if not 0 <= value <= _LARGEST:
        return str(value)
    function = _FORMATS.get(name)
    return function(value) if function else str(value)


def _counting(value: int) -> str:
    return write(value) if value else "〇"


def _formal(value: int) -> str:
    return write(value, _FORMAL_DIGITS, "拾佰仟")


def _letters(value: int) -> str:
    """a … z, aa, bb …: Word repeats the letter."""
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if value else ""


def _roman(value: int) -> str:
    text = ""
    for worth, sign in _ROMAN:
        text += sign * (value // worth)
        value %= worth
    return text


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda value: signs[value - 1] if 0 < value <= len(signs) else str(value)


def _enclosed(first: str, count: int) -> Callable[[int], str]:
    """The run of `count` signs that begins with `first`; plain figures behind its end."""
    return lambda value: chr(ord(first) + value - 1) if 0 < value <= count else str(value)


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "koreanCounting": _counting,
    "chineseLegalSimplified": _formal,
    "ideographLegalTraditional": _formal,
    "ideographDigital": write_digits,
    "japaneseDigitalTenThousand": write_digits,
    "taiwaneseDigital": write_digits,
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "decimalZero": lambda value: f"{value:02d}",
    "decimalFullWidth": lambda value: "".join(chr(ord("０") + int(d)) for d in str(value)),
    "decimalFullWidth2": lambda value: "".join(chr(ord("０") + int(d)) for d in str(value)),
    "decimalEnclosedCircle": _enclosed("①", 20),
    "decimalEnclosedCircleChinese": _enclosed("①", 20),
    "decimalEnclosedParen": _enclosed("⑴", 20),
    "decimalEnclosedFullstop": _enclosed("⒈", 20),
    "ideographEnclosedCircle": _enclosed("㊀", 10),
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "none": lambda value: "",
}
