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
    with files("indexer.text").joinpath("headings.toml").open("rb") as file:
        lists = {name: tuple(found) for name, found in tomllib.load(file).items()}
    adverbs, stative, idioms = (lists.pop(n) for n in ("adverbs", "stative_adverbs", "idioms"))
    predicates = (*(a + verb for a in adverbs for verb in lists["verbs"]), *idioms)
    states = (*(a + verb for a in stative for verb in lists["verbs"]), *idioms)
    phrases = frozenset(w for w in (*lists["heading_ends"], *predicates) if len(w) > 2)
    return Words(
        **lists,
        predicates=frozenset(predicates),
        predicate_ends=predicates,
        phrases=phrases,
        states=states,
    )
