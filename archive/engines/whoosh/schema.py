"""The Whoosh schema: what Whoosh's own searcher sees of the index."""

from __future__ import annotations

from whoosh.analysis import IDAnalyzer
from whoosh.fields import ID, NUMERIC, TEXT, Schema

# Raised whenever an index written before would answer otherwise than one written now.
SCHEMA_VERSION = 6

# The field whose terms the arrays hold: the tokens of the folded text.
FIELD = "text"


def make_schema() -> Schema:
    """The schema of every index: one searchable field, and the paragraph's id.

    Whoosh never cuts a text here: a query names a token.
    """
    schema = Schema(
        document_id=ID(stored=True),
        ordinal=NUMERIC(stored=True),
        text=TEXT(analyzer=IDAnalyzer(), stored=True, phrase=False),
    )
    return schema
