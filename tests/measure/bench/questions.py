"""The questions that all engines are asked, drawn from the paragraphs themselves."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from archive.model import Paragraph
from archive.query.query import Query, Sort, parse
from archive.text.tokenize import analyze
from tests.measure.bench.paragraphs import SEED, read_documents

# Enough that the 95th percentile of one kind rests on several questions; the 99th rests
# on the slowest one alone.
PER_TYPE = 40
# Asked before the clock runs, as a server's first readers would.
WARM_UP = 12
TYPES = ("common", "rare", "compound", "and", "or", "phrase", "filter", "facets", "sort")

# The share of paragraphs that hold a word, from which on it is common, and between which
# it is rare.
COMMON = 0.02
RARE = (0.0001, 0.001)
SAMPLE = 20_000

_WORD = re.compile(r"[\u4e00-\u9fd5]{2,}")


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the type it stands for; `warm` ones are asked first, untimed."""

    type: str
    query: Query
    warm: bool = False


def draw_questions(path: Path, per_type: int = PER_TYPE) -> list[Question]:
    """Draw the questions for the paragraphs in the file; the same ones at every run."""
    draw = random.Random(SEED)
    paragraphs = [p for document in islice(read_documents(path), SAMPLE // 5) for p in document]
    paragraphs = draw.sample(paragraphs, min(SAMPLE, len(paragraphs)))
    words = _Words(paragraphs, draw)
    kinds = [kind for kind, _ in Counter(p.kind or "" for p in paragraphs).most_common(12)]
    sites = [site for site, _ in Counter(p.site or "" for p in paragraphs).most_common(12)]
    years = sorted({p.year for p in paragraphs if p.year})[-12:]

    def make(type_: str) -> Query:
        if type_ == "rare":
            return parse(draw.choice(words.rare))
        if type_ == "compound":
            return parse(words.characters(4, 8))
        if type_ == "and":
            return parse(" ".join(words.together(draw.randint(2, 3))))
        if type_ == "or":
            one_common = draw.choice(words.common)
            return parse(" OR ".join([one_common, *draw.sample(words.middling, 2)]))
        if type_ == "phrase":
            return parse(f'"{words.characters(4, 12)}"')
        query = parse(draw.choice(words.common))
        first = draw.choice(years[:-4])
        if type_ == "filter":
            query = query.select("kind", (draw.choice(kinds),))
            return query.toggle("year", f"{first}..{first + 4}")
        if type_ == "facets":
            query = query.select("kind", tuple(draw.sample(kinds, min(4, len(kinds)))))
            query = query.select("site", tuple(draw.sample(sites, 6)))
            return query.toggle("year", str(first)).toggle("year", f"{first + 2}..{first + 4}")
        if type_ == "sort":
            return replace(query, sort=draw.choice((Sort.NEWEST, Sort.OLDEST)))
        return query

    found: dict[Query, Question] = {}
    for type_ in TYPES:
        wanted = len(found) + per_type + WARM_UP
        for _ in range(50 * (per_type + WARM_UP)):
            query = make(type_)
            found.setdefault(query, Question(type_, query, wanted - len(found) > per_type))
            if len(found) == wanted:
                break
    listed = list(found.values())
    draw.shuffle(listed)
    return sorted(listed, key=lambda question: not question.warm)


class _Words:
    """Words of a sample by how many paragraphs hold them, and pieces of its text."""

    def __init__(self, paragraphs: Sequence[Paragraph], draw: random.Random) -> None:
        self._paragraphs = paragraphs
        self._draw = draw
        having: Counter[str] = Counter()
        for paragraph in paragraphs:
            having.update({w for w in analyze(paragraph.text) if _WORD.fullmatch(w)})
        ordered = sorted(having, key=lambda word: (-having[word], word))
        count = len(paragraphs)
        shares = {word: having[word] / count for word in ordered}
        self.common = [w for w in ordered if shares[w] >= COMMON] or ordered[:60]
        self.middling = [w for w in ordered if RARE[1] < shares[w] < COMMON] or ordered
        # In a small sample whatever occurs once is rare enough.
        least = max(RARE[0], 1 / count)
        self.rare = [w for w in ordered if least <= shares[w] <= max(RARE[1], 1 / count)]

    def characters(self, least: int, most: int) -> str:
        """Some ideographs that stand together somewhere, cut wherever chance has it."""
        length = self._draw.randint(least, most)
        while True:
            text = self._draw.choice(self._paragraphs).text
            runs = [run for run in _WORD.findall(text) if len(run) >= length]
            if runs:
                run = self._draw.choice(runs)
                at = self._draw.randint(0, len(run) - length)
                return str(run[at : at + length])

    def together(self, count: int) -> list[str]:
        """Words that occur in one paragraph."""
        while True:
            words = self._known(self._draw.choice(self._paragraphs))
            if len(words) >= count:
                return self._draw.sample(words, count)

    def _known(self, paragraph: Paragraph) -> list[str]:
        return list(dict.fromkeys(w for w in analyze(paragraph.text) if _WORD.fullmatch(w)))


def to_lines(questions: Sequence[Question]) -> Iterator[tuple[str, bool, list[tuple[str, str]]]]:
    """The questions as JSON can hold them."""
    return ((q.type, q.warm, q.query.to_args()) for q in questions)
