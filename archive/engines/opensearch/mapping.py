"""A paragraph as the cluster keeps it, and back.

One document for each version of a paragraph, complete in itself: no joins. A version is
`born` with a generation and has `died` with the one that replaced it (absent: it has not),
so a generation is a filter, and readers of the former one go on seeing it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.engines.opensearch.address import Address
from archive.engines.opensearch.client import Dsl
from archive.fields import FIELDS, Field
from archive.fields import digest as table_digest
from archive.model import Form, Membership, Paragraph
from archive.search.ranking import floored
from archive.stored import from_stored, to_stored
from archive.text.fold import fold
from archive.text.tokenize import analyze, analyzer_stamp, words

# Raised whenever an index written before would answer otherwise than one written now.
SCHEMA_VERSION = 3

_INDEX: Dsl = tomllib.loads(Path(__file__).with_name("index.toml").read_text("utf-8"))
# What is longer is told apart by its beginning, and then by its text.
MAX_KEY_LENGTH: int = _INDEX["settings"]["analysis"]["tokenizer"]["given"]["max_token_length"]


def index_stamp() -> str:
    """What an index is made under: another analyzer or table of fields needs another index."""
    return f"{analyzer_stamp()} {SCHEMA_VERSION}.{table_digest()}"


def settings(address: Address) -> Dsl:
    """The settings of a new index.

    Replicas are there from the first paragraph on, so that none that was acknowledged is
    lost with a node in mid-load.
    """
    copies = {"number_of_shards": address.shards, "number_of_replicas": address.replicas}
    return {**_INDEX["settings"], **copies}


def mappings(stamp: str) -> Dsl:
    """The mapping of a new index whose tokens were made under `stamp`."""
    kinds = _INDEX["kinds"]
    properties = {name: kinds[kind] for name, kind in _INDEX["properties"].items()}
    for field in FIELDS:
        if field.ordered:
            properties[field.name] = kinds["day" if field.type == "day" else "number"]
            continue
        contains = field.match == "contains"
        properties[folded_name(field)] = kinds["characters" if contains else "looked_up"]
        if field.role == "facet":
            properties[field.name] = kinds["counted"]
    return {
        "dynamic": "strict",
        "_source": {"includes": _INDEX["kept"]},
        "_meta": {"stamp": stamp, "complete": False},
        "properties": properties,
    }


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a paragraph: when it came and went, and its near-duplicate cluster."""

    paragraph: Paragraph
    born: int
    died: int | None = None
    membership: Membership | None = None
    digest: str = ""

    @property
    def id(self) -> str:
        """The cluster's id of it: writing it again changes nothing."""
        return f"{self.paragraph.paragraph_id}@{self.born}"

    def line(self, index: str) -> bytes:
        """The operation that writes it, with its document, as a bulk takes it."""
        target = {"_index": loading_alias(index), "require_alias": True, "_id": self.id}
        return _lines({"index": target}, self.source())

    def source(self) -> Dsl:
        """The document, what is only looked up included."""
        own = self.paragraph
        folded = fold(own.text)
        tokens = [token[:MAX_KEY_LENGTH] for token in words(folded)]
        titles = (own.title, own.article or "")
        context = {
            t[:MAX_KEY_LENGTH] for text in (*titles, *own.heading_path) for t in analyze(text)
        }
        document: Dsl = {
            "kept": _kept(own),
            "paragraph": own.paragraph_id,
            "document": own.document_id,
            "ordinal": own.ordinal,
            "digest": self.digest,
            "born": self.born,
            "text": folded,
            "tok": " ".join(tokens),
            "words": sorted(set(tokens)),
            "context": " ".join(sorted(context)),
            "length": floored(len(own.text)),
            "not_body": int(own.form is not Form.BODY),
        }
        for field in FIELDS:
            if values := field.values(own):
                document |= _columns(field, values)
        if self.died is not None:
            document["died"] = self.died
        if self.membership is not None:
            document |= {"cluster": self.membership.cluster, "rank": self.membership.rank}
        return document


def read_version(source: Dsl) -> Version:
    """The version that a document's source holds."""
    membership = None
    if "cluster" in source:
        membership = Membership(source["cluster"], source["rank"])
    paragraph = read_paragraph(source)
    return Version(paragraph, source["born"], source.get("died"), membership, source["digest"])


def read_paragraph(source: Dsl) -> Paragraph:
    """The paragraph that a document's source holds."""
    return from_stored(
        Paragraph, source["kept"], document_id=source["document"], ordinal=source["ordinal"]
    )


def folded_name(field: Field) -> str:
    """The property that holds a field's folded values."""
    return f"{field.name}_folded"


def _columns(field: Field, values: tuple[str, ...]) -> Dsl:
    """The properties of a field that has `values`."""
    if field.ordered:
        (value,) = values
        return {field.name: value if field.type == "day" else int(value)}
    if field.match == "contains":
        return {folded_name(field): [field.normalised(value) for value in values]}
    columns: Dsl = {
        folded_name(field): [field.normalised(value)[:MAX_KEY_LENGTH] for value in values]
    }
    if field.role == "facet":
        columns[field.name] = [value[:MAX_KEY_LENGTH] for value in values]
    return columns


def removal(index: str, version_id: str) -> bytes:
    """The operation that removes a document."""
    return _lines({"delete": {"_index": index, "_id": version_id}})


def loading_alias(index: str) -> str:
    """The name by which an index is written to: the cluster makes an index, never an alias.

    By its own name, an index that was removed in mid-load would be made again, with a mapping
    that the cluster guesses.
    """
    return f"{index}.load"


def digest(paragraphs: Sequence[Paragraph]) -> str:
    """A digest of all that is kept of a document."""
    whole = json.dumps([_kept(p) | {"ordinal": p.ordinal} for p in paragraphs], sort_keys=True)
    return hashlib.blake2b(whole.encode(), digest_size=12).hexdigest()


def _kept(paragraph: Paragraph) -> Dsl:
    """Everything of a paragraph that is not as usual; where it stands has fields of its own."""
    return to_stored(paragraph, but=("document_id", "ordinal"))


def _lines(*objects: Dsl) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in objects)
