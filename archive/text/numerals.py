"""Chinese numerals: their values, and how a number is written in them."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | dict.fromkeys("〇○Ｏ", 0)
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TENS = {"廿": 20, "卅": 30}


def parse(text: str) -> int | None:
    """Return the value of a Chinese or Arabic figure, None where it is neither.

    >>> [parse(t) for t in ("七", "十二", "一百零三", "一千零一十", "廿五", "卅", "二四", "百")]
    [7, 12, 103, 1010, 25, 30, 24, 100]
    >>> [parse(t) for t in ("二〇二一", "二○一九", "三万五千", "一亿二千万", "两", "x", "")]
    [2021, 2019, 35000, 120000000, None, None, None]
    """
    if text.isdecimal():
        return int(text)
    if not text:
        return None
    if all(character in _VALUES for character in text):
        return int("".join(str(_VALUES[character]) for character in text))
    total = below = digit = 0
    for character in text:
        if character in _VALUES:
            digit = _VALUES[character]
            continue
        if character in _UNITS:
            below += (digit or 1) * _UNITS[character]
        elif character in _TENS:
            below += _TENS[character]
        elif character == "万":
            total += (below + digit) * 10**4
            below = 0
        elif character == "亿":
            total = (total + below + digit) * 10**8
            below = 0
        else:
            return None
        digit = 0
    return total + below + digit


def write(value: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """Return a number below 10¹² in Chinese numerals; `digits` and `units` may be others.

    >>> [write(n) for n in (0, 10, 12, 20, 105, 1010, 20210, 100_000_005)]
    ['零', '十', '十二', '二十', '一百零五', '一千零一十', '二万零二百一十', '一亿零五']
    >>> write(1010, "零壹贰叁肆伍陆柒捌玖", "拾佰仟")
    '壹仟零壹拾'
    """
    places = ["", *units]
    figures = str(value)
    text = ""
    for at, figure in enumerate(figures):
        rank = len(figures) - 1 - at
        if figure != "0":
            text += digits[int(figure)] + places[rank % 4]
        elif figures[at:].strip("0") and not text.endswith(digits[0]):
            text += digits[0]
        if rank in (4, 8) and figures[max(0, at - 3) : at + 1].strip("0"):
            text = text.removesuffix(digits[0]) + ("万" if rank == 4 else "亿")
    text = text or digits[0]
    return text.removeprefix("一") if text.startswith("一十") else text


def write_digits(value: int) -> str:
    """Return a number digit by digit, as years are written.

    >>> write_digits(2021)
    '二〇二一'
    """
    return "".join("〇" if figure == "0" else _DIGITS[int(figure)] for figure in str(value))
