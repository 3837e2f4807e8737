"""A draft made ready: its clauses, and the terms by which passages like it are found.

A term is a pair of neighbouring characters, a character, or a group of words that official
Chinese puts one for the other; and, at a discount, the words and pairs of the official terms
for the draft's everyday words. Figures, years, masks and names of places are slots: they
give no term, so that 新建学校12所 asks for the same as 新建学校xx所.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from archive.search.backend import WeightedTerm
from archive.text.fold import fold
from archive.text.tokenize import words
from archive.wording.slots import cut_at_slots

SYNONYMS = Path(__file__).with_name("synonyms.toml")
GLOSSARY = Path(__file__).with_name("glossary.toml")

# What a term is worth beside a pair of characters. Found on the tuning half of the drafts in
# tests/data/drafts.jsonl; to measure again, run python -m tests.measure.precedents_report.
PAIR = 1.0
CHARACTER = 1.0
SYNONYM = 1.0
# Words choose which passages are compared: what says a rare word over and over is about it.
WORD = 1.0
# What the official terms for the draft's everyday words are worth, tuned on every second
# question to laws: their pairs of characters, and their words where passages are chosen.
TERM_PAIR = 0.5
TERM_WORD = 0.8

# A clause ends at these; a shorter one than this says too little to have a precedent.
_CLAUSE_END = re.compile(r"[，,。；;：:！!？?\r\n]+")
MIN_CLAUSE = 4

# A place as these texts name it: two or three characters and the sort of place, where a
# sentence or clause begins or behind a word that leads up to a name; or, behind a masked
# name, the sort alone.
_SORT = "[省市县区州镇乡村]"
_PLACE = re.compile(
    rf"(?:^|(?<=[\s,，、在由赴。;；:]))[\u4e00-\u9fff]{{2,3}}?{_SORT}|(?<=\w ){_SORT}|^ {_SORT}"
    rf"|(?<=[,，。;；] ){_SORT}"
)
# What looks like a name there but says which ones: 全县, 各乡镇, 我市, 示范区.
_NO_PLACE = re.compile("[全各我本该两每示社地园景城农山乡镇县市区省政党的了和是有把对到从等等]")

# A single numeral is a slot where it counts something.
_COUNT = re.compile("[一二三四五六七八九十两](?=[名人个所次项件处家座户亩起篇套册场支部])")

# Letters, ideographs and figures in a row.
RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A stretch of a draft. `text` as typed; `folded` is folded, its slots blank.

    `terms` are of its own wording; `official` are the official words for its everyday ones, and
    `of_official` the terms made of them; `words` serve to find passages, not to compare them.
    """

    text: str
    folded: str
    terms: tuple[WeightedTerm, ...]
    words: tuple[WeightedTerm, ...]
    official: tuple[str, ...]
    of_official: tuple[WeightedTerm, ...]

    @property
    def compared(self) -> tuple[WeightedTerm, ...]:
        """The terms by which passages are compared with the draft."""
        return (*self.terms, *self.of_official)

    @property
    def sought(self) -> tuple[WeightedTerm, ...]:
        """The terms by which passages are found: first those of `compared`, in their order."""
        return (*self.compared, *self.words)

    @property
    def length(self) -> int:
        """The number of its characters, slots and punctuation left aside."""
        return sum(map(len, RUN.findall(self.folded)))


def read_draft(text: str, *, characters: bool = True) -> Draft:
    """Make a stretch of text ready; `characters`: single ones are terms too.

    >>> draft = read_draft("新建学校12所")
    >>> [term.options for term in draft.terms][:3], draft.length
    ([('新建',), ('建学',), ('学校',)], 5)
    >>> read_draft("老板炒鱿鱼").official
    ('用人单位', '解除劳动合同')
    """
    folded = blank_slots(text)
    official = _official(folded)
    of_text = [word for word in words(folded) if RUN.match(word)]
    of_official = [word for term in official for word in words(term)]
    worth = dict.fromkeys(of_official, TERM_WORD) | dict.fromkeys(of_text, WORD)
    return Draft(
        text,
        folded,
        tuple(dict.fromkeys(_terms(folded, characters=characters))),
        tuple(WeightedTerm((word,), weight, word=True) for word, weight in worth.items()),
        official,
        tuple(dict.fromkeys(_of_official(folded, official))),
    )


def clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a text that are long enough to have a precedent.

    >>> list(clauses("一是抓管理，促进均衡发展；新建学校12所。好。"))
    ['一是抓管理', '促进均衡发展', '新建学校12所']
    """
    for piece in _CLAUSE_END.split(text):
        if len(clause := piece.strip()) >= MIN_CLAUSE:
            yield clause


def blank_slots(text: str) -> str:
    """Return `text` folded, a blank in the place of each slot.

    >>> blank_slots("20xx年，云溪县评出一等奖18人"), blank_slots("青柳区评出一等奖xx人")
    (' 年, 评出一等奖 人', ' 评出一等奖 人')
    """
    folded = fold(" ".join(cut_at_slots(text).pieces))
    named = _PLACE.sub(lambda m: m[0] if _NO_PLACE.search(m[0][:-1]) else " ", folded)
    return _COUNT.sub(" ", named)


def slotted_wording(text: str) -> str:
    """What is left of a text without its slots and punctuation: equal for one wording.

    >>> slotted_wording("投入3.6万元，惠及两个村。") == slotted_wording("投入xx元，惠及12个村")
    True
    """
    return "".join(RUN.findall(blank_slots(text)))


def _terms(folded: str, *, characters: bool) -> Iterator[WeightedTerm]:
    runs = RUN.findall(folded)
    for run in runs:
        for a, b in pairwise(run):
            yield WeightedTerm((a + b,), PAIR)
    if characters:
        for character in "".join(runs):
            yield WeightedTerm((character,), CHARACTER)
    groups, longest = synonyms()
    for stretch in _stretches(folded, longest):
        if options := groups.get(stretch):
            yield WeightedTerm(options, SYNONYM)


def _stretches(folded: str, longest: int) -> Iterator[str]:
    """All that may be a word of a table: 2 to `longest` characters inside a run."""
    for run in RUN.findall(folded):
        for size in range(2, longest + 1):
            for at in range(len(run) - size + 1):
                yield run[at : at + size]


def _official(folded: str) -> tuple[str, ...]:
    """The official terms for the everyday words of a folded text that it does not say itself."""
    terms, longest = glossary()
    said = terms.keys() & set(_stretches(folded, longest))
    found = {term for word in said for term in terms[word]}
    return tuple(sorted(term for term in found if term not in folded))


def _of_official(folded: str, official: Iterable[str]) -> Iterator[WeightedTerm]:
    for word in official:
        for a, b in pairwise(word):
            # A pair that the draft has is looked for already, at its full weight.
            if a + b not in folded:
                yield WeightedTerm((a + b,), TERM_PAIR)


@lru_cache(maxsize=1)
def glossary() -> tuple[dict[str, tuple[str, ...]], int]:
    """The official terms for each everyday word; the length of the longest such word."""
    terms: dict[str, tuple[str, ...]] = {}
    with GLOSSARY.open("rb") as file:
        for section in tomllib.load(file).values():
            terms |= {fold(word): tuple(fold(listed).split()) for word, listed in section.items()}
    return terms, max(map(len, terms))


@lru_cache(maxsize=1)
def synonyms() -> tuple[dict[str, tuple[str, ...]], int]:
    """Of each word those that may stand for it, itself included; the length of the longest."""
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    with SYNONYMS.open("rb") as file:
        for section in tomllib.load(file).values():
            for line in section["groups"]:
                # A single character stands inside too many other words to count as a synonym.
                together = {word for word in fold(line).split() if len(word) > 1}
                for word in together:
                    grouped[word] |= together
    options = {word: tuple(sorted(together)) for word, together in grouped.items()}
    return options, max(map(len, options))
