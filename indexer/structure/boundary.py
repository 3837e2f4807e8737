"""Where a heading ends that a site glued to its text without any mark between.

`glued` is for any line and sure of itself: it takes a space, 一是, or a word that headings
end with before the first words of a sentence. `parted` is for lines known to run headings
and text together: it weighs every place and takes the best. Word lists: headings.toml.
"""

from __future__ import annotations

import re

from indexer.structure.wordlists import words

# So far behind its number a heading may reach: the longest of the seeds has 41 characters.
REACH = 48
# Most headings are no longer than this, and have no more clauses than these.
HEADING = 34
_CLAUSES = 2
# A usual title of a part is no longer than this, and goes on behind these.
_SECTION_REACH = 22
_CONJUNCTIONS = "和与及的以更"
_GOES_ON = "和与及、，,的。：:；;（( 之等为是并"
# No heading is shorter than this many characters behind its number.
SHORTEST = 4
# A heading cut off at a space must leave at least this much of text.
TEXT_LEFT = 20

# Weights, chosen on 192 pairs of a heading and its text and 590 paragraphs with run-in
# headings, from reports and summaries of all the families in the test data: most pairs
# found, hardly a run-in heading cut.
_KNOWN_END = 2.0
_SURE_OPENING = 3.0
_MANNER_OPENING = 2.0
_VERB_OPENING = 1.5
_EVEN_CLAUSES = 1.0
_PREDICATE_LENGTHS = (3, 4, 5)
_LONG_CLAUSE = 14
_LONG_CLAUSE_COST = 0.25
_ENOUGH = 3.0

_STOP = re.compile("[。！？!?；;]")
_COMMA = re.compile("[，,]")
# Counts are for reports, not for headings: 托位580个, 增长9.7%.
_FIGURES = re.compile(r"\d(?:[个名人家所万亿元%％次项件起亩台套场期户条篇处]|公里|平方)")
_YEAR = re.compile(r"(?:19|20)[\dxX_*○×]{2}年(?!度)|[xX]{4}年(?!度)")


def glued(text: str, start: int) -> int | None:
    """Return where the text behind a heading without end mark begins, or None.

    `start` is the end of the heading's number.

    >>> text = "(一)加强党的领导一是扎实开展教育。"
    >>> text[:glued(text, 3)]
    '(一)加强党的领导'
    """
    limit = _limit(text, start)
    space = text.find(" ", start + SHORTEST, limit)
    if space > 0 and _is_han(text[space - 1]) and len(text) > space + TEXT_LEFT:
        return space + 1
    enumeration = text.find("一是", start + SHORTEST, limit)
    if enumeration > 0 and text[enumeration - 1] not in "，,、":
        return enumeration
    for at in range(start + SHORTEST, limit):
        # What follows must be a sentence of its own: it has clauses, or is cut off here.
        if _ends(text, at) and _opens_surely(text, at):
            goes_on = _COMMA.search(text, at, limit) or limit == start + REACH
            return at if goes_on else None
    return None


def parted(text: str, start: int) -> int | None:
    """Return the likeliest place where a heading ends and its text begins, or None.

    What could be a heading as a whole is left whole.

    >>> text = "(一)重点项目加快推进完成投资9.7亿元,大桥主塔封顶,改造危桥14座,通车86公里。"
    >>> text[:parted(text, 3)]
    '(一)重点项目加快推进'
    >>> parted("1.推进思想融合。召开全区教育会议,明确目标。", 2) is None
    True
    """
    limit = _limit(text, start)
    if limit == len(text) <= start + HEADING:
        return None
    at = _behind_section(text, start, limit)
    if at is None and _too_much(text, start, limit):
        at = _likeliest(text, start, limit)
    return at


def _behind_section(text: str, start: int, limit: int) -> int | None:
    """Where a usual title of a part ends (存在的问题, 2022年工作计划) and text follows."""
    for at in range(start + SHORTEST, min(limit, start + _SECTION_REACH) - SHORTEST):
        if _COMMA.match(text, at - 1):
            return None
        if text[at - 1] in _CONJUNCTIONS:
            continue
        if text.endswith(words().sections, start, at) and text[at] not in _GOES_ON:
            return at
        if _ends(text, at) and _opens_surely(text, at):
            return at
    return None


def _likeliest(text: str, start: int, limit: int) -> int | None:
    """The place that most speaks for, among the first clauses; the later of equal ones."""
    best: tuple[float, int] | None = None
    clauses = [start]
    for at in range(start + SHORTEST, limit - SHORTEST):
        if _COMMA.match(text, at - 1):
            clauses.append(at)
            if len(clauses) > _CLAUSES:
                break
        weight = _weight(text, at, clauses)
        if weight >= _ENOUGH and (best is None or weight >= best[0]):
            best = weight, at
        if weight >= _SURE_OPENING and _opens_surely(text, at):
            break
    return best[1] if best else None


def _too_much(text: str, start: int, limit: int) -> bool:
    """Whether the first sentence is longer, or reports more, than headings do."""
    if limit - start > HEADING or _FIGURES.search(text, start, limit):
        return True
    return len(_COMMA.findall(text, start, limit)) > _CLAUSES


def _weight(text: str, at: int, clauses: list[int]) -> float:
    """How much speaks for a heading's end at `at`; `clauses` are where its clauses begin."""
    length = at - clauses[-1]
    if length < SHORTEST or (not _is_han(text[at - 1]) and text[at - 1] not in "”）)"):
        return 0.0
    opening = _opening(text, at)
    if not opening or text[at - 1] in _CONJUNCTIONS:
        return 0.0
    weight = opening + (_KNOWN_END if _ends(text, at) else 0.0)
    if len(clauses) > 1 and abs(length - (clauses[-1] - 1 - clauses[-2])) <= 3:
        weight += _EVEN_CLAUSES
    return weight - _LONG_CLAUSE_COST * max(0, length - _LONG_CLAUSE)


def _opening(text: str, at: int) -> float:
    """How surely the words at `at` open a sentence."""
    if _opens_surely(text, at) and not text.endswith(words().verbs, 0, at):
        return _SURE_OPENING
    if text.startswith(words().opens_in_manner, at):
        return 0.0 if _is_predicate(text, at) else _MANNER_OPENING
    return _VERB_OPENING if text.startswith(words().opens_with_verb, at) else 0.0


def _is_predicate(text: str, at: int) -> bool:
    """Whether the adverb at `at` belongs to the heading's last verb: …服务|扎实推进|完成…"""
    ends = (at + length for length in _PREDICATE_LENGTHS)
    return any(text[at:end] in words().predicates and _opening(text, end) for end in ends)


def _opens_surely(text: str, at: int) -> bool:
    return text.startswith(words().opens_surely, at) or _YEAR.match(text, at) is not None


def _ends(text: str, at: int) -> bool:
    """Whether a word that headings end with stands right before `at`."""
    return text.endswith(words().heading_ends, 0, at)


def _limit(text: str, start: int) -> int:
    stop = _STOP.search(text, start, start + REACH)
    return stop.start() if stop else min(len(text), start + REACH)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
