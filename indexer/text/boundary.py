"""Where a heading ends that a site glued to its text without any mark between.

`glued` is for any line and sure of itself: it takes a space, 一是, or a word that headings
end with before the first words of a sentence. `parted` is for lines known to run headings
and text together: it weighs every place and takes the best. Word lists: headings.toml.
"""

from __future__ import annotations

import re

from indexer.text.wordlists import words

# So far behind its number a heading may reach: the longest of the seeds has 41 characters.
REACH = 48
# Most headings are no longer than this, and have no more clauses than these.
HEADING = 34
_CLAUSES = 2
# A usual title of a part is no longer than this, and goes on behind these.
_SECTION_REACH = 22
_CONJUNCTIONS = "和与及的以更要应须将能会"
_OBJECT = "的了到至为后并而和与及"
_GOES_ON = "和与及要、，,的。：:；;（( 之等为是并"
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
_LIKE_CLAUSES = 1.0
_EVEN_CLAUSES = 1.5
_QUOTED_END = 1.5
_STATED = 1.0
_PREDICATE_LENGTHS = (3, 4, 5)
_PHRASE_LENGTHS = (3, 4, 5)
_LONG_CLAUSE = 14
_LONG_CLAUSE_COST = 0.25
_ENOUGH = 3.0
# The first words of a text often take up the heading's: …校园安全管理|校园安全责任重大.
_ECHO_LENGTH = 4
_ECHO_OPENS, _ECHO = 1.5, 1.0
_HAN_ONLY = re.compile("[\u4e00-\u9fff]{4}")
# What a first sentence asks that could be a heading with its own full stop.
_MORE_THAN_ENOUGH = 4.0
# A predicate ends a heading that has a subject of so many characters; behind longer words
# its adverb opens a sentence.
_SUBJECT = 2
_MAX_SUBJECT_LENGTH = 6
# So near behind one end of a heading there is no other.
_WORD = 2
# A name in quotation marks that belongs to a heading is no longer than this.
_QUOTED = 8

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
    if not (space > 0 and _is_han(text[space - 1]) and len(text) > space + TEXT_LEFT):
        space = 0
    enumeration = text.find("一是", start + SHORTEST, limit)
    if space or enumeration < 0 or text[enumeration - 1] in "，,、":
        enumeration = 0
    for at in range(start + SHORTEST, space or enumeration or limit):
        if _opens_text(text, at):
            return at
        # What follows must be a sentence of its own: it has clauses, or is cut off here.
        if not _opens_surely(text, at):
            continue
        clause = max(start, *(text.rfind(comma, start, at) + 1 for comma in ",，"))
        if _ends(text, at, clause) and not _is_predicate(text, at, clause):
            if _COMMA.search(text, at, limit) or limit == start + REACH:
                return at
            break
    return space + 1 if space else enumeration or None


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
    alone = limit == len(text) <= start + HEADING
    at = _behind_section(text, start, limit)
    if at is not None:
        return None if alone and not _opens_surely(text, at) else at
    if alone:
        return None
    return _likeliest(text, start, limit, short=not _too_much(text, start, limit))


def _behind_section(text: str, start: int, limit: int) -> int | None:
    """Where a usual title of a part ends (存在的问题, 2022年工作计划) and text follows."""
    for at in range(start + SHORTEST, min(limit, start + _SECTION_REACH) - SHORTEST):
        if _COMMA.match(text, at - 1):
            return None
        if text.endswith(words().sections, start, at) and text[at] not in _GOES_ON:
            return at
        if text[at - 1] in _CONJUNCTIONS:
            continue
        if _ends(text, at, start) and _opens_surely(text, at):
            return at
    return None


def _likeliest(text: str, start: int, limit: int, *, short: bool) -> int | None:
    """The place that most speaks for, among the first clauses; the later of equal ones.

    A first sentence that is `short` could be a heading with its own full stop: it asks for
    more, and for one clause of text that begins with a verb.
    A word that ends headings and opens sentences (组织, 宣传) ends none behind another end.
    """
    best: tuple[float, int] | None = None
    enough = _MORE_THAN_ENOUGH if short else _ENOUGH
    clauses = [start]
    for at in range(start + SHORTEST, limit - SHORTEST):
        if _COMMA.match(text, at - 1):
            clauses.append(at)
            if len(clauses) > _CLAUSES:
                break
        weight = _weight(text, at, clauses)
        if short and weight and not (_acts(text, at) and not _COMMA.search(text, at, limit)):
            continue
        if best is not None and (at - best[1] <= _WORD or weight < best[0]):
            continue
        if weight >= enough:
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
    echoes = _echoes(text, at, clauses[0])
    opening = _opening(text, at, clauses[-1]) or _STATED * _is_stated(text, at, clauses)
    opening = opening or _ECHO_OPENS * echoes
    if not opening or text[at - 1] in _CONJUNCTIONS or _inside_phrase(text, at, clauses[-1]):
        return 0.0
    weight = opening
    if echoes:
        weight += _ECHO
    if _ends(text, at, clauses[-1]):
        weight += _KNOWN_END
    elif text[at - 1] == "”":
        weight += _QUOTED_END
    uneven = abs(length - (clauses[-1] - 1 - clauses[-2])) if len(clauses) > 1 else length
    if uneven <= 3:
        weight += _LIKE_CLAUSES if uneven else _EVEN_CLAUSES
    return weight - _LONG_CLAUSE_COST * max(0, length - _LONG_CLAUSE)


def _opening(text: str, at: int, clause: int) -> float:
    """How surely the words at `at` open a sentence; the clause before begins at `clause`."""
    manner = text.startswith(words().opens_in_manner, at)
    if manner and _is_predicate(text, at, clause):
        return 0.0
    if _opens_surely(text, at) and not text.endswith(words().verbs, 0, at):
        return _SURE_OPENING
    if manner:
        return _MANNER_OPENING
    if text[at] == "“" and _is_quoted_end(text, at):
        return 0.0
    return _VERB_OPENING if text.startswith(words().opens_with_verb, at) else 0.0


def _is_stated(text: str, at: int, clauses: list[int]) -> bool:
    """Whether a second clause has said how something is (…,获得感|显著提高): it is finished,
    so that what follows begins anew, whatever word it begins with."""
    if len(clauses) < 2 or not text.endswith(words().states, clauses[-1] + _SUBJECT, at):
        return False
    return _is_han(text[at]) and text[at] not in _OBJECT


def _is_predicate(text: str, at: int, clause: int) -> bool:
    """Whether the adverb at `at` belongs to the heading's last verb: …服务|扎实推进|完成…"""
    ends = [at + n for n in _PREDICATE_LENGTHS if text[at : at + n] in words().predicates]
    subject = _SUBJECT <= at - clause <= _MAX_SUBJECT_LENGTH
    if ends and subject and not text.startswith(words().acts, clause):
        return True
    return any(_opening(text, end, clause) for end in ends)


def _is_quoted_end(text: str, at: int) -> bool:
    """Whether the name in quotation marks at `at` ends a heading: 做好服务|“加法”|开设…"""
    end = text.find("”", at, at + _QUOTED) + 1
    return 0 < end < len(text) and text[end] not in "的等"


def _inside_phrase(text: str, at: int, clause: int) -> bool:
    """Whether `at` stands in the middle of what belongs together.

    A phrase that headings end with (工作|落实, 明显|提高), a verb and its object
    (切实增强|全面…责任感), the circumstances of a sentence (在…基础上|深入…).
    """
    for length in _PHRASE_LENGTHS:
        for begin in range(max(clause, at - length + 1), at):
            if text[begin : begin + length] in words().phrases:
                return True
    if text.endswith(words().predicate_ends, clause, at) and not _ends(text, at, clause):
        return True
    return text[clause] in "在从" and text[at - 1] in "上中下时里"


def _echoes(text: str, at: int, start: int) -> bool:
    """Whether the words at `at` repeat some of the heading's, which begins at `start`."""
    echo = text[at : at + _ECHO_LENGTH]
    return text.find(echo, start, at) >= 0 and _HAN_ONLY.fullmatch(echo) is not None


def _acts(text: str, at: int) -> bool:
    """Whether a verb stands at `at`, or behind the adverb there."""
    for adverb in words().opens_in_manner:
        if text.startswith(adverb, at):
            return text.startswith(words().acts, at + len(adverb))
    return text.startswith(words().acts, at)


def _opens_text(text: str, at: int) -> bool:
    """Whether words stand at `at`, behind no comma, that no heading has inside it."""
    before = text[at - 1]
    return text.startswith(words().opens_text, at) and _is_han(before) and before not in _OBJECT


def _opens_surely(text: str, at: int) -> bool:
    return text.startswith(words().opens_surely, at) or _YEAR.match(text, at) is not None


def _ends(text: str, at: int, clause: int) -> bool:
    """Whether words that headings end with stand right before `at`.

    A verb with its adverb is an end behind what it says it of (办学条件|显著改善); at the
    beginning of its clause it has an object (显著改善|办学条件).
    """
    return text.endswith(words().heading_ends, 0, at) or (
        text.endswith(words().predicate_ends, clause + _SUBJECT, at)
        and not (
            text.startswith(words().acts, clause) and not text.endswith(words().states, clause, at)
        )
    )


def _limit(text: str, start: int) -> int:
    stop = _STOP.search(text, start, start + REACH)
    return stop.start() if stop else min(len(text), start + REACH)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
