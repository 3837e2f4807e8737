"""Did you mean: for a word that occurs nowhere, the words within one edit that do occur.

Candidates are not guessed but found: one character of the word is replaced, left out,
added, or swapped with the next, and the archive says what stands there. Words of the same
sound come first, for Chinese is typed by sound; then the more frequent ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from archive.errors import QueryError
from archive.model import Paragraph
from archive.query.ast import Phrase, Term, Word
from archive.query.patterns import ONE, Choice, Pattern
from archive.query.query import Query, parse
from archive.search.ranking import Tier
from archive.search.results import Results
from archive.search.time_budget import TimeBudget
from archive.serializers import Printed
from archive.suggest.sounds import alike, sounding_like
from archive.text.fold import fold

# With any character replaced a word of two characters says nothing of its own any more: it
# is corrected by sound alone.
_SHORTEST_OPEN = 3
# What is longer is a sentence; for it the nearest passages are the better help.
MAX_WORD_LENGTH = 12
MAX_CORRECTIONS = 3
# With so few results, none of which holds the words as they stand, an error is likely too.
FEW_RESULTS = 20
# The search for candidates ends after this long: a suggestion is not worth a longer wait.
SECONDS = 0.5
# Paragraphs looked at for what stands in the place of a character.
_SAMPLE = 40


class Searchable(Protocol):
    """What suggestions ask: an open Archive."""

    def search(self, query: Query) -> Results:
        """Answer `query`."""

    def count(self, query: Query) -> int:
        """Return how many paragraphs match."""

    def first_of_documents(self, query: Query, limit: int) -> Sequence[Paragraph]:
        """Return the first paragraph found of each of the first `limit` documents."""


@dataclass(frozen=True, slots=True)
class Correction(Printed):
    """A word that occurs nowhere and one that does.

    `query` is the text of the whole query with the word replaced, `count` the number of
    paragraphs that hold the new word under the query's filters.
    """

    word: str
    replacement: str
    query: str
    count: int


def corrections(archive: Searchable, query: Query) -> tuple[Correction, ...]:
    """Return what may have been meant by the words of `query` that occur nowhere.

    Each correction, put in the place of its word, is counted under the query's filters;
    where all words occur there are none.
    """
    with TimeBudget.limited(SECONDS) as budget:
        return tuple(islice(_corrections(archive, query, budget), MAX_CORRECTIONS))


def _corrections(archive: Searchable, query: Query, budget: TimeBudget) -> Iterator[Correction]:
    words = [term.text for term in query.terms if isinstance(term, Word | Phrase)]
    for word in dict.fromkeys(words):
        if budget.is_over:
            return
        if len(word) > MAX_WORD_LENGTH or _count(archive, query, word):
            continue
        for replacement, count in _replacements(archive, query, word, budget):
            text = query.text.replace(word, replacement, 1)
            if text != query.text and _is_readable(text):
                yield Correction(word, replacement, text, count)


def _is_readable(text: str) -> bool:
    """Whether a query with a word replaced still reads: the word may stand in a field too."""
    with suppress(QueryError):
        parse(text)
        return True
    return False


def did_you_mean(archive: Searchable, results: Results) -> tuple[Correction, ...]:
    """Return the corrections for results that are empty, or few and without the words as typed.

    None where something was found that a reader may well have meant, nor on a page without
    hits of a query that has some.
    """
    if not results.query.limit or (results.total and not results.hits):
        return ()
    literal = any(hit.tier is Tier.LITERAL for hit in results.hits)
    if results.total > FEW_RESULTS or literal:
        return ()
    return corrections(archive, replace(results.query, offset=0))


def _replacements(
    archive: Searchable, query: Query, word: str, budget: TimeBudget
) -> list[tuple[str, int]]:
    """The words within one edit that occur, with their counts: best first."""
    folded = fold(word)
    sampled: Counter[str] = Counter()
    for term in _edits(folded):
        # What sounds alike, which is looked for first, is shown alone.
        if budget.is_over or any(alike(one, folded) for one in sampled):
            break
        try:
            results = archive.search(_counting(query, term, _SAMPLE))
        except QueryError:
            # Too broad to be looked through in time: the reader asked for something else, and
            # must not be refused for the sake of a suggestion.
            break
        for hit in results.hits:
            text = hit.paragraph.text
            sampled.update(fold(text[start:end]) for start, end in hit.spans)
    # Spans that touch are shown as one: what is too long is no single match.
    likely = [
        candidate
        for candidate in sampled
        if abs(len(candidate) - len(folded)) <= 1 and candidate.isalnum() and candidate != folded
    ]
    likely = [candidate for candidate in likely if alike(candidate, folded)] or likely
    likely.sort(key=lambda candidate: -sampled[candidate])
    counted = [(one, _count(archive, query, one)) for one in likely[: 2 * MAX_CORRECTIONS]]
    # Of two that are as frequent the longer is the whole, the shorter its beginning.
    counted.sort(key=lambda item: (-item[1], -len(item[0]), item[0]))
    return [item for item in counted if item[1]][:MAX_CORRECTIONS]


def _edits(word: str) -> Iterator[Term]:
    """Queries for all that is one edit away from `word`."""
    by_sound = [
        word[:at] + other + word[at + 1 :]
        for at, character in enumerate(word)
        for other in sounding_like(character)
    ]
    if by_sound and len(word) > 1:
        yield Pattern(word, (Choice(tuple(by_sound)),))
    if len(word) < _SHORTEST_OPEN:
        return
    replaced = [(at, at + 1) for at in range(len(word))]
    added = [(at, at) for at in range(1, len(word))]
    for start, end in replaced + added:
        elements = (Choice((word[:start],)), ONE, Choice((word[end:],)))
        yield Pattern(word, tuple(part for part in elements if part != Choice(("",))))
    # Without its first or last character a word is a part of itself, not an error.
    shorter = [word[:at] + word[at + 1 :] for at in range(1, len(word) - 1)]
    swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    others = dict.fromkeys(other for other in (*shorter, *swapped) if other != word)
    yield Pattern(word, (Choice(tuple(others)),))


def _count(archive: Searchable, query: Query, word: str) -> int:
    return archive.count(_counting(query, Phrase(word), 0))


def _counting(query: Query, term: Term, limit: int) -> Query:
    """The query's filters with another term."""
    return replace(query, text=term.text, node=term, limit=limit, offset=0)
