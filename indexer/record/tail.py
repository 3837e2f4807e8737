"""What stands below a text: its annexes, who signs it and when, when it was printed.

There, or in its first lines, it says from when and until when it is in force.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence

from archive.model import Form
from archive.text.numerals import parse
from indexer.record.lines import Line, Value
from indexer.record.words import DAY, DAY_LINE, day_in, is_broken_day, is_post, offices_in
from indexer.text import suffixes

# Lines longer than this sign nothing.
_LONGEST = 120
# The last paragraphs of a text say when it comes into force.
_LAST = 14
# A joint document is signed by no more offices.
_SIGNERS = 20

_SIGNED = re.compile(rf"[（(]?(?P<office>.*?)\s*{DAY_LINE}\s*[）)]?(?:\s*[（(][^()（）]*[）)])?")
# 印 alone behind a day tells of a seal.
_PRINTED = re.compile(rf"(?:.*?({DAY})\s*印[制发刷]|.+?({DAY})\s*印).{{0,20}}")
_DAY_AT_END = re.compile(r"[\d日号）)印发刷制份时分午一二三四五六天]$")
_NOTE = re.compile(r"[（(\[【][^()（）]*[）)\]】]|[^\u4e00-\u9fff]*")
_ANNEX = re.compile(r"附\s?件?\s?[:：]\s*")
_LINKED = re.compile(rf"{suffixes.DOCUMENT}\s*$", re.IGNORECASE)
_ITEM = re.compile(r"(?:^|(?<=[\s；;]))\d{1,2}\s?[.．、]\s*(?!\d(?!\d{3}[年—-]))")
_FORCE = re.compile(
    rf"(?:^|[，,。；;、\s])(?P<own>本[\u4e00-\u9fff]{{1,12}}|(?:现予|予以|现)(?:以)?(?:公布|发布|印发)[，,])"
    rf"从?自?(?P<day>{DAY}|(?:印发|发布|公布|下发|颁布|签发|通过)之?日)起(?:正式|开始)?(?:施行|实施|执行|生效|试行)"
)
_FOR = re.compile(
    r"有效期(?:限)?(?:为)?\s?(?P<years>[一二三四五六七八九十两]{1,2}|\d{1,2})\s?年"
    rf"|(?:有效期(?:限)?)?(?:截?至|到)\s?(?P<day>{DAY})\s?(?:止|失效|废止|自动失效)?"
)


def read_tail(lines: Sequence[Line], first: int) -> list[Value]:
    """Return what the lines below the text say, of the lines of an article from `first` on."""
    return [*_signature(lines, first), *_annexes(lines[first:])]


def _signature(lines: Sequence[Line], first: int) -> Iterator[Value]:
    """The day below the text, who signs above or below it; and the day of printing."""
    signed: list[Value] = []
    alone: list[Value] = []
    for i in range(first, len(lines)):
        text = lines[i].text.strip()
        broken = i > first and is_broken_day(lines[i - 1].text, text)
        if broken:
            text = f"{lines[i - 1].text.strip()}{text}"
        if len(text) > _LONGEST or not _DAY_AT_END.search(text):
            continue
        if match := _PRINTED.fullmatch(text):
            if day := day_in(match[1] or match[2]):
                yield Value("printed", day, text)
            continue
        found = None if signed else _SIGNED.fullmatch(text)
        day = day_in(found["day"]) if found else None
        if not found or not day:
            continue
        names, words = _signers(lines, i - broken, found["office"])
        if names and (_below(lines[i]) or _at_end(lines, i)):
            more, said = _signed_below(lines, i + 1)
            names, words = (*names, *more), "\n".join((words, *said))
            signed += [Value("issuer", names, words), Value("issued", day, text)]
        elif not found["office"] and lines[i].form is Form.CLOSING and _at_end(lines, i):
            alone = [Value("issued", day, text)]
    yield from signed or alone or _unsigned(lines, first)


def _below(line: Line) -> bool:
    """Whether a line stands below a text: told so, a table's row, or dropped beside it."""
    return line.form in (Form.CLOSING, Form.ROW) or line.rule is not None


def _at_end(lines: Sequence[Line], i: int) -> bool:
    return all(_below(line) for line in lines[i + 1 :])


def _signers(lines: Sequence[Line], i: int, beside: str) -> tuple[tuple[str, ...], str]:
    """The offices beside, above or else below the day in line `i`, and their words."""
    here = offices_in(beside) if beside.strip() else ()
    if beside.strip() and not here:
        return (), ""
    names: list[tuple[str, ...]] = [here] if here else []
    words = [lines[i].text] if here else []
    for j in range(i - 1, max(-1, i - _SIGNERS), -1):
        found = offices_in(lines[j].text)
        if found:
            names.insert(0, found)
            words.insert(0, lines[j].text)
        elif not (_NOTE.fullmatch(above := lines[j].text.strip()) or is_post(above)):
            break
    for j in range(i + 1, min(len(lines), i + _SIGNERS)) if not names else ():
        found = offices_in(lines[j].text)
        if not found or (j + 1 < len(lines) and _PRINTED.fullmatch(lines[j + 1].text.strip())):
            break
        names.append(found)
        words.append(lines[j].text)
    return tuple(dict.fromkeys(name for found in names for name in found)), "\n".join(words)


def _signed_below(lines: Sequence[Line], i: int) -> tuple[list[str], list[str]]:
    """Further offices that each sign with a day of their own, from line `i` on; their words."""
    names: list[str] = []
    words: list[str] = []
    while i + 1 < len(lines) and (found := offices_in(lines[i].text)):
        dated = _SIGNED.fullmatch(lines[i + 1].text.strip())
        if dated is None or dated["office"]:
            break
        names += found
        words.append(lines[i].text)
        i += 2
    return names, words


def _unsigned(lines: Sequence[Line], first: int) -> Iterator[Value]:
    """The offices that sign below a text without a day."""
    signing = [
        (line.text, names)
        for line in lines[first:]
        if line.form is Form.CLOSING and (names := offices_in(line.text))
    ]
    if signing:
        names = tuple(dict.fromkeys(name for _, found in signing for name in found))
        yield Value("issuer", names, "\n".join(text for text, _ in signing))


def _annexes(lines: Sequence[Line]) -> Iterator[Value]:
    """The list of annexes below the text, 附件：1.…, or the links to their files."""
    listed: list[str] = []
    words: list[str] = []
    for line in lines:
        text = line.text.strip()
        opening = None if words else _ANNEX.match(text)
        linked = line.rule is not None and _LINKED.search(text) is not None
        if opening and (line.form is Form.CLOSING or line.rule is not None):
            listed += _items(text[opening.end() :])
        elif words and (linked or (line.form is Form.CLOSING and _ITEM.match(text))):
            listed += _items(text)
        elif words:
            break
        else:
            continue
        words.append(text)
    if listed:
        yield Value("annexes", tuple(dict.fromkeys(listed)), "\n".join(words))


def _items(text: str) -> list[str]:
    names = (part.strip(" 。；;") for part in _ITEM.split(text))
    return [_LINKED.sub("", name) for name in names if len(name) > 1]


def read_force(lines: Sequence[Line], issued: str | None) -> Iterator[Value]:
    """Yield from when and until when the document, `issued` that day, says to be in force."""
    running = [line.text for line in lines if line.rule is None and line.form is not Form.ROW]
    for text in dict.fromkeys((*running[:4], *running[-_LAST:])):
        if "起" not in text or not (found := _FORCE.search(text)):
            continue
        day = day_in(found["day"]) or issued
        if day:
            yield Value("effective", day, found[0].lstrip("，,。；;、 "))
        if until := _FOR.search(text, found.end(), found.end() + 60):
            end = day_in(until["day"] or "") or _after(day, until["years"])
            if end:
                yield Value("expires", end, until[0])
        return


def _after(day: str | None, years: str | None) -> str | None:
    """The last day of so many years from `day` on."""
    count = parse((years or "").replace("两", "二"))
    if not day or not count:
        return None
    begin = datetime.date.fromisoformat(day)
    leap = begin.month == 2 and begin.day == 29
    end = begin.replace(year=begin.year + count, day=28 if leap else begin.day)
    return (end - datetime.timedelta(days=0 if leap else 1)).isoformat()
