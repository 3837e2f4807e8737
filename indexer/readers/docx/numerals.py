"""Automatic numbers as Word prints them: a count in one of its number formats.

The names are those of ST_NumberFormat (ECMA-376 part 1, 17.18.59). Only formats that
Chinese documents use are told apart; any other prints as decimal.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.text.numerals import write, write_digits

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
# Beyond this a format falls back to decimal, as Word's own do beyond their ranges.
_LARGEST = 9999


def format_number(value: int, name: str) -> str:
    """`value` as the format called `name` prints it.

    >>> [format_number(12, name) for name in ("chineseCounting", "decimal", "lowerLetter")]
    ['十二', '12', 'l']
    >>> format_number(105, "chineseCountingThousand"), format_number(3, "decimalEnclosedCircle")
    ('一百零五', '③')
    """
    signs = _SIGNS.get(name, "")
    if 0 < value <= len(signs):
        return signs[value - 1]
    written = _WRITTEN.get(name, str) if 0 <= value <= _LARGEST else str
    return written(value)


def _counting(value: int) -> str:
    return write(value) if value else "〇"


def _formal(value: int) -> str:
    return write(value, "零壹贰叁肆伍陆柒捌玖", "拾佰仟")


def _letters(value: int) -> str:
    """a … z, aa, bb …: Word repeats the letter."""
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if value else ""


def _roman(value: int) -> str:
    text = ""
    for worth, sign in _ROMAN:
        text += sign * (value // worth)
        value %= worth
    return text


def _full_width(value: int) -> str:
    return str(value).translate(_FULL_WIDTH)


# Formats that have one sign for each number; behind the last they print decimal figures.
_SIGNS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
_WRITTEN: dict[str, Callable[[int], str]] = {
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
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "none": lambda value: "",
}
