"""The word lists of headings.toml, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Words:
    """The lists as tuples, ready for str.startswith and str.endswith.

    `heading_ends` ends headings, `verbs` only behind an adverb, as in `predicates` (and
    `predicate_ends`, the same as a tuple). `phrases` are both, of three characters or more;
    `states` those of them that say how something is; `acts` open a clause without subject.
    `sections` are the usual titles of a text's parts. `opens_text`, `opens_surely`,
    `opens_in_manner`, `opens_with_verb` open sentences, the surest first. `closes_always` and
    `closes_last` open a closing paragraph, `closes_at_end` ends one. `first_headings` are
    headings without number of a first part, `salutations` open a greeting.
    """

    heading_ends: tuple[str, ...]
    verbs: tuple[str, ...]
    predicates: frozenset[str]
    predicate_ends: tuple[str, ...]
    phrases: frozenset[str]
    states: tuple[str, ...]
    acts: tuple[str, ...]
    sections: tuple[str, ...]
    opens_text: tuple[str, ...]
    opens_surely: tuple[str, ...]
    opens_in_manner: tuple[str, ...]
    opens_with_verb: tuple[str, ...]
    closes_always: tuple[str, ...]
    closes_last: tuple[str, ...]
    closes_at_end: tuple[str, ...]
    first_headings: tuple[str, ...]
    salutations: tuple[str, ...]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the word lists.

    >>> "工作" in words().heading_ends, "不断提高" in words().predicates
    (True, True)
    """
    data = tomllib.loads(
        files("indexer.text").joinpath("headings.toml").read_text(encoding="utf-8")
    )
    end, opening, closing = data["end"], data["opening"], data["closing"]
    predicates = (
        *(adverb + verb for adverb in end["adverbs"] for verb in end["verbs"]),
        *end["idioms"],
    )
    return Words(
        heading_ends=tuple(end["nouns"]),
        predicates=frozenset(predicates),
        predicate_ends=predicates,
        phrases=frozenset(w for w in (*end["nouns"], *predicates) if len(w) > 2),
        states=(
            *(adverb + verb for adverb in end["stative"] for verb in end["verbs"]),
            *end["idioms"],
        ),
        acts=tuple(end["acts"]),
        verbs=tuple(end["verbs"]),
        sections=tuple(end["sections"]),
        opens_text=tuple(opening["text"]),
        opens_surely=tuple(opening["sure"]),
        opens_in_manner=tuple(opening["manner"]),
        opens_with_verb=tuple(opening["verbs"]),
        closes_always=tuple(closing["always"]),
        closes_last=tuple(closing["last"]),
        closes_at_end=tuple(closing["ends"]),
        first_headings=tuple(data["first"]["words"]),
        salutations=tuple(data["salutation"]["words"]),
    )
