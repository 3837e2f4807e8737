"""A paragraph as the cluster keeps it, and back.

One document for each version of a paragraph, complete in itself: no joins. A version is
`born` with a generation and has `died` with the one that replaced it (absent: it has not),
so a generation is a filter, and readers of the former one go on seeing it.

What is only looked up (folded text, tokens) is left out of the kept source: everything is
made anew from the paragraph whenever a version is written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from archive.analysis import analyze, words
from archive.engines.opensearch.address import Address
from archive.engines.opensearch.client import Dsl
from archive.matching import facet_value
from archive.model import Dating, Form, Membership, Paragraph, YearBasis
from archive.nodes import VALUE_FACETS
from archive.ranking import floored
from archive.text import fold

# Raised whenever an index written before would answer otherwise than one written now.
SCHEMA_VERSION = 1

# Lucene keeps terms of 32,766 bytes at most; so many characters fit in any script. What is
# longer is told apart by its beginning, and then by its text.
LONGEST_KEY = 8_000

# Looked up, never shown.
_DERIVED = (
    *("paragraph", "text", "tok", "words", "around", "titles", "headings", "length", "beside"),
    *VALUE_FACETS,
    *(f"{facet}_folded" for facet in VALUE_FACETS),
    "year",
)


def settings(address: Address) -> Dsl:
    """The settings of a new index: not refreshed until everything is loaded.

    Replicas are there from the first paragraph on, so that none that was acknowledged is
    lost with a node in mid-load.
    """
    return {
        "number_of_shards": address.shards,
        "number_of_replicas": address.replicas,
        "refresh_interval": "-1",
        # A token's frequency as it is: archive.ranking's formula is applied to it.
        "similarity": {"frequency": {"type": "scripted", "script": {"source": "return doc.freq;"}}},
        "analysis": {
            # Every pair of neighbouring characters, punctuation and spaces included: a run of
            # pairs at consecutive places is then exactly a substring.
            "tokenizer": {
                "pairs": {"type": "ngram", "min_gram": 2, "max_gram": 2},
                "singles": {"type": "ngram", "min_gram": 1, "max_gram": 1},
                # Our own tokens, set apart by spaces.
                "given": {"type": "whitespace", "max_token_length": LONGEST_KEY},
            },
            "analyzer": {
                name: {"type": "custom", "tokenizer": name}
                for name in ("pairs", "singles", "given")
            },
        },
    }


def mappings(stamp: str) -> Dsl:
    """The mapping of a new index whose tokens were made under `stamp`."""
    characters = {
        "type": "text",
        "analyzer": "pairs",
        "norms": False,
        "fields": {
            "single": {
                "type": "text",
                "analyzer": "singles",
                "norms": False,
                "index_options": "docs",
            }
        },
    }
    tokens = {"type": "text", "analyzer": "given", "norms": False, "index_options": "docs"}
    counted = {"type": "keyword", "index": False}
    looked_up = {"type": "keyword", "doc_values": False}
    number = {"type": "integer"}
    properties: Dsl = {
        "paragraph": looked_up,
        "document": {"type": "keyword"},
        "digest": counted,
        "text": characters,
        "titles": characters,
        "headings": characters,
        "tok": {**tokens, "index_options": "freqs", "similarity": "frequency"},
        "words": counted,
        "around": tokens,
        **dict.fromkeys(VALUE_FACETS, counted),
        **dict.fromkeys((f"{facet}_folded" for facet in VALUE_FACETS), looked_up),
        "cluster": {"type": "keyword"},
        **dict.fromkeys(("ordinal", "born", "died", "length", "beside", "year", "rank"), number),
        "kept": {"type": "object", "enabled": False},
    }
    return {
        "dynamic": "strict",
        "_source": {"excludes": list(_DERIVED)},
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

    def ended(self, generation: int) -> Version:
        """The version as it is from `generation` on, in which it is no more."""
        return replace(self, died=generation)

    def line(self, index: str) -> bytes:
        """The operation that writes it, with its document, as a bulk takes it."""
        return _lines({"index": _target(index, self.id)}, self.source())

    def source(self) -> Dsl:
        """The document, what is only looked up included."""
        own = self.paragraph
        folded = fold(own.text)
        tokens = [token[:LONGEST_KEY] for token in words(folded)]
        titles = (own.title, own.article or "")
        around = {t[:LONGEST_KEY] for text in (*titles, *own.heading_path) for t in analyze(text)}
        document: Dsl = {
            "kept": _kept(own),
            "paragraph": own.paragraph_id,
            "document": own.document_id,
            "ordinal": own.ordinal,
            "digest": self.digest,
            "born": self.born,
            "text": folded,
            "titles": [fold(title) for title in titles],
            "headings": [fold(heading) for heading in own.heading_path],
            "tok": " ".join(tokens),
            "words": sorted(set(tokens)),
            "around": " ".join(sorted(around)),
            "length": floored(len(own.text)),
            "beside": int(own.form is not Form.BODY),
        }
        for facet in VALUE_FACETS:
            value = facet_value(own, facet)
            if value is not None:
                document[f"{facet}_folded"] = fold(value)[:LONGEST_KEY]
            if value:
                document[facet] = value[:LONGEST_KEY]
        if own.year is not None:
            document["year"] = own.year
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
    died: int | None = source.get("died")
    return Version(paragraph, source["born"], died, membership, source["digest"])


def read_paragraph(source: Dsl) -> Paragraph:
    """The paragraph that a document's source holds."""
    kept = dict(source["kept"])
    dating = kept.pop("dating", None)
    if dating is not None:
        dating["basis"] = YearBasis(dating["basis"])
        dating["evidence"] = tuple(dating["evidence"])
        kept["dating"] = Dating(**dating)
    for name in ("heading_path", "cut"):
        if name in kept:
            kept[name] = tuple(kept[name])
    if "form" in kept:
        kept["form"] = Form(kept["form"])
    return Paragraph(**kept, document_id=source["document"], ordinal=source["ordinal"])


def removal(index: str, version_id: str) -> bytes:
    """The operation that removes a document."""
    return _lines({"delete": {"_index": index, "_id": version_id}})


def loading_alias(index: str) -> str:
    """The name by which an index is written to: the cluster makes an index, never an alias.

    By its own name, an index that was removed in mid-load would be made anew, with a mapping
    that the cluster guesses.
    """
    return f"{index}.load"


def _target(index: str, version_id: str) -> Dsl:
    return {"_index": loading_alias(index), "require_alias": True, "_id": version_id}


def digest(paragraphs: Sequence[Paragraph]) -> str:
    """A digest of all that is kept of a document."""
    whole = json.dumps([_kept(p) | {"ordinal": p.ordinal} for p in paragraphs], sort_keys=True)
    return hashlib.blake2b(whole.encode(), digest_size=12).hexdigest()


_DEFAULTS = asdict(Paragraph("", 0, ""))


def _kept(paragraph: Paragraph) -> Dsl:
    """Everything of a paragraph that is not as usual; where it stands has fields of its own."""
    whole = asdict(paragraph)
    del whole["document_id"], whole["ordinal"]
    return {name: v for name, v in whole.items() if name == "text" or v != _DEFAULTS[name]}


def _lines(*objects: Dsl) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in objects)
