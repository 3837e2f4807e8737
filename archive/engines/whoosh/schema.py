"""The Whoosh schema: what Whoosh's own tools see of the index, and the analyzer they use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer, Token
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema
from whoosh.formats import Frequency

from archive.analysis import tokenize
from archive.fields import FACETS
from archive.text import fold

# Raised whenever an index written before would answer otherwise than one written now.
SCHEMA_VERSION = 6

# What is stored of a paragraph beside the values of its facets.
STORED_NAMES = ("document_id", "ordinal", "text", "title", "article", "heading_path")


class FoldingAnalyzer(Analyzer):  # type: ignore[misc]
    """Our tokens in Whoosh's clothes, so that its query parser asks with the index's words."""

    def __call__(self, value: str, **modes: Any) -> Iterator[Any]:
        """Yield Whoosh's tokens of `value`; offsets are those of the folded text."""
        token = Token(mode=modes.get("mode", ""))
        for found in tokenize(fold(value)):
            token.text = found.text
            token.pos = found.position
            token.startchar = found.start
            token.endchar = found.end
            token.stopped = False
            token.boost = 1.0
            yield token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FoldingAnalyzer)

    def __hash__(self) -> int:
        return hash(FoldingAnalyzer)


def make_schema() -> Schema:
    """The schema of every index: two searchable fields, and the paragraph as it is stored.

    `title` holds the words of the document's title, the article's and the headings above.
    """
    schema = Schema(
        document_id=ID(stored=True),
        ordinal=NUMERIC(stored=True),
        text=TEXT(analyzer=FoldingAnalyzer(), stored=True, phrase=False),
        title=TEXT(analyzer=FoldingAnalyzer(), stored=True, phrase=False),
    )
    for name in ("article", "heading_path", *(field.name for field in FACETS)):
        schema.add(name, STORED())
    for name in ("text", "title"):
        schema[name].format = Frequency()
    return schema
