"""Queries that open the sentences behind a number, written in our grammar.

What they find contains what was counted; a wording with slots also finds those passages
whose slots hold what this archive did not show.
"""

from __future__ import annotations

from archive.errors import QueryError
from archive.query.ast import Or, Term
from archive.query.patterns import Pattern
from archive.query.query import Query, parse
from archive.text.fold import END_SIGNS

# These end a quotation of the grammar. A straight one can be written in full width, which
# folds to it; a curly one can only be left open: any one character.
_CURLY = "“”"
_FULL_WIDTH_QUOTE = "\uff02"

# With more terms than this a query of all their neighbourhoods would be too long to read.
_MAX_TERMS = 8


def crosses(text: str) -> bool:
    """Whether a match with these characters may run across the end of a sentence."""
    return not END_SIGNS.isdisjoint(text)


def quoted(text: str) -> str:
    """Return the query that finds exactly these characters.

    >>> print(quoted("均衡发展"), quoted("“三会一课”制度"))
    "均衡发展" 段内:?"三会一课"?"制度"
    """
    pattern = pieces(text)
    return f"段内:{pattern}" if any(quote in text for quote in _CURLY) else pattern


def pieces(text: str) -> str:
    """Return the characters as part of a pattern.

    >>> print(pieces('读"书'), pieces("“书”"))
    "读＂书" ?"书"?
    """
    parts: list[str] = []
    run = ""
    for character in text:
        if character in _CURLY:
            parts.extend([f'"{run}"', "?"] if run else ["?"])
            run = ""
        else:
            run += _FULL_WIDTH_QUOTE if character == '"' else character
    if run:
        parts.append(f'"{run}"')
    return "".join(parts)


def narrowed(query: Query, clause: str) -> str:
    """Return the query's text with one more clause.

    >>> narrowed(parse("安全 | 稳定"), "年:2021")
    '(安全 | 稳定) 年:2021'
    """
    text = f"({query.text})" if isinstance(query.node, Or) else query.text
    return f"{text} {clause}" if text else clause


def beside(query: Query, word: str, reach: int, *, left: bool) -> str | None:
    """Return the query for `word` within `reach` characters to one side of a match.

    None where our grammar cannot express it.

    >>> beside(parse("均衡发展"), "推进", 4, left=True)
    '"推进"…{0,4}"均衡发展"'
    """
    terms = list(dict.fromkeys(query.terms))
    if len(terms) > _MAX_TERMS:
        return _readable(narrowed(query, f'"{word}"'))
    clauses = [_beside(term, word, reach, left=left) for term in terms]
    if is_one_term(query):
        return _readable(clauses[0])
    joined = clauses[0] if len(clauses) == 1 else f"({' | '.join(clauses)})"
    return _readable(narrowed(query, joined))


def is_one_term(query: Query) -> bool:
    """Whether the query is a single word, phrase or pattern and nothing else."""
    return isinstance(query.node, Term)


def _beside(term: Term, word: str, reach: int, *, left: bool) -> str:
    if isinstance(term, Pattern):
        core, whole = term.text, term.whole
    else:
        core, whole = pieces(term.text), crosses(term.text)
    # A gap that ends the pattern already leads to the word; signs in a row are one gap.
    gap = "" if not left and core.endswith(("…", "*")) else f"…{{0,{reach}}}"
    clause = f'"{word}"{gap}{core}' if left else f'{core}{gap}"{word}"'
    return f"段内:{clause}" if whole else clause


def _readable(text: str) -> str | None:
    try:
        parse(text)
    except QueryError:
        return None
    return text
