"""What a match means, said on one paragraph's text.

The engines find candidates their own way; this file is the meaning they must agree with.
It verifies hits, marks the matched characters, and is all that the memory engine has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from archive.fields import Wanted, named
from archive.model import Paragraph
from archive.query.ast import And, FieldFilter, Node, Not, Or, Phrase, Word, term_texts, walk
from archive.query.patterns import Pattern, find, occurs
from archive.query.query import Query
from archive.text.fold import find_all, fold, fold_with_offsets, merge_spans, original_span
from archive.text.tokenize import Token, analyze, tokenize, words


class Subject:
    """A paragraph made ready to be matched: folded once, tokenized when first needed."""

    def __init__(self, paragraph: Paragraph, folded: str | None = None) -> None:
        """`folded` is the paragraph's folded text, where an engine keeps it."""
        self.paragraph = paragraph
        self.folded = fold(paragraph.text) if folded is None else folded

    def originals(self, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """The same spans of the folded text in the paragraph's own."""
        # Nothing folds to nothing, so equal lengths mean one to one.
        if len(self.folded) == len(self.paragraph.text):
            return spans
        offsets = fold_with_offsets(self.paragraph.text)[1]
        return [original_span(start, end, offsets) for start, end in spans]

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens of the folded text."""
        return list(tokenize(self.folded))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different tokens of the folded text."""
        return frozenset(token.text for token in self.tokens)

    def has_tokens(self, wanted: Sequence[str]) -> bool:
        """Whether every one of `wanted` is a token of the folded text.

        A token stands in the text as it is, so a text that lacks its characters is never cut.
        """
        return all(token in self.folded for token in wanted) and self.vocabulary.issuperset(wanted)

    def holds(self, pattern: Pattern) -> bool:
        """Whether the pattern matches in the text."""
        strings = pattern.required
        return all(any(s in self.folded for s in options) for options in strings) and occurs(
            pattern, self.paragraph.text
        )


def matches(node: Node | None, subject: Subject, *, literally: bool = False) -> bool:
    """Whether the paragraph satisfies the tree; the empty tree is satisfied by all.

    `literally` takes each word by its characters standing together, never by its tokens:
    what matches so is the first tier of relevance.
    """
    match node:
        case None:
            return True
        case Word(text):
            folded = _folded(text)
            if folded in subject.folded:
                return True
            wanted = () if literally else tokens_of(folded)
            # A word of one token has been looked for above.
            return bool(wanted) and wanted != (folded,) and subject.has_tokens(wanted)
        case Phrase(text):
            return _folded(text) in subject.folded
        case Pattern():
            return subject.holds(node)
        case FieldFilter(field, value):
            return has_value(subject.paragraph, field, value)
        case Not(child):
            # What is excluded is characters: a word's scattered tokens exclude nothing.
            return not matches(child, subject, literally=True)
        case And(children):
            return all(matches(child, subject, literally=literally) for child in children)
        case Or(children):
            return any(matches(child, subject, literally=literally) for child in children)


def is_loose(node: Node | None) -> bool:
    """Whether a word of the tree may match by its tokens where it does not as it stands.

    Only then are there two tiers of hits.
    """
    wanted = walk(node, excluded=False)
    texts = (_folded(part.text) for part in wanted if isinstance(part, Word))
    return any(tokens_of(text) not in ((), (text,)) for text in texts)


def has_value(paragraph: Paragraph, field: str, wanted: Wanted) -> bool:
    """Whether a field of the paragraph has what is wanted, after folding."""
    own = named(field)
    return own.holds(own.values(paragraph), wanted)


def passes(query: Query, paragraph: Paragraph, but: str | None = None) -> bool:
    """Whether the paragraph passes a query's filters and exclusions, those of one field aside."""
    return all(
        field == but or any(has_value(paragraph, field, value) for value in selected)
        for field, selected in query.filters.items()
    ) and not any(
        unwanted.field != but and has_value(paragraph, unwanted.field, unwanted.value)
        for unwanted in query.excluded
    )


def loosened(query: Query) -> Query:
    """Return the query for any of the tokens that `query` asks for, under the same filters.

    It finds the passages that share something with a query that nothing matches; a query
    without tokens finds none.

    >>> from archive.query.query import parse
    >>> loosened(parse("“均衡发展” -高中")).node
    Or(children=(Word(text='均衡'), Word(text='发展')))
    """
    tokens = dict.fromkeys(
        token for term in query.terms for text in term_texts(term) for token in analyze(text)
    )
    return replace(query, text="", node=Or(tuple(Word(token) for token in tokens)))


def spans(query: Query, subject: Subject) -> tuple[tuple[int, int], ...]:
    """The matched characters of the original text, as [start, end) in characters.

    A word that stands together is marked as it stands; one that matched by its tokens is
    marked token by token.
    """
    found: list[tuple[int, int]] = []
    patterned: list[tuple[int, int]] = []
    for term in query.terms:
        if isinstance(term, Pattern):
            patterned.extend(find(term, subject.paragraph.text))
            continue
        folded = _folded(term.text)
        length = len(folded)
        literal = [(at, at + length) for at in find_all(folded, subject.folded)]
        if literal or isinstance(term, Phrase):
            found += literal
        elif subject.has_tokens(wanted := tokens_of(folded)):
            found += [(token.start, token.end) for token in subject.tokens if token.text in wanted]
    return merge_spans([*subject.originals(found), *patterned])


# One query asks for the same few words in every paragraph that it looks at.
_folded = lru_cache(maxsize=256)(fold)


@lru_cache(maxsize=256)
def tokens_of(folded: str) -> tuple[str, ...]:
    """The token texts of a folded word, in order."""
    return tuple(words(folded))
