"""The paragraphs that all engines hold: the same ones at every run.

Where real paragraphs are at hand ($XIANLI_TESTDATA), their sentences are shuffled into
paragraphs of about 230 characters, so that one source serves every size and cost can be
compared across sizes; the data set `real` is 100,000 of them as they are. Without them
sentences are made of dictionary words, drawn by their frequency. Kind, year and title
come with the sentences or are drawn; sites are always invented.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from archive.model import Dating, Paragraph, Record, YearBasis
from archive.text.fold import sentences

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "real": 100_000, "1M": 1_000_000}

# A paragraph of a report has some 230 characters on average: sentences are added until
# one is full, and the last one carries it some way beyond.
FULL_AT = 212
PER_DOCUMENT = 20
UNDER_A_HEADING = (1, 6)
SEED = 20_240_601
YEARS = range(2005, 2026)
KINDS = 26
SITES = 40
TOPICS = 24

Document = list[Paragraph]


def real_file(name: str) -> Path | None:
    """A file of real paragraphs; None where there is no test data on this machine.

    Raises FileNotFoundError where there should be.
    """
    folder = os.environ.get("XIANLI_TESTDATA")
    if not folder:
        return None
    path = Path(folder) / "real" / name
    if not path.is_file():
        raise FileNotFoundError(f"XIANLI_TESTDATA is set, but {path} is missing")
    return path


def write_paragraphs(path: Path, size: str | int) -> None:
    """Write the data set called `size` (or so many paragraphs), by document and ordinal."""
    if size == "real":
        documents = _as_they_are(_records(real_file("100k.jsonl.gz")))
    else:
        count = SIZES[size] if isinstance(size, str) else size
        documents = _shuffled(count, _real_sentences() or _made_sentences())
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as lines:
        for document in documents:
            for fields in document:
                lines.write("\t".join(" ".join(field.split("\t")) for field in fields) + "\n")
    draft.replace(path)


def read_documents(path: Path) -> Iterator[Document]:
    """Yield what `write_paragraphs` wrote, document by document."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        split = (line.rstrip("\n").split("\t") for line in lines)
        for _, rows in itertools.groupby(split, key=lambda fields: fields[0]):
            yield [_paragraph(*fields) for fields in rows]


def _paragraph(*fields: str) -> Paragraph:
    document, ordinal, title, heading, kind, site, topic, year, text = fields
    return Paragraph(
        document_id=document,
        ordinal=int(ordinal),
        text=text,
        heading_path=(heading,) if heading else (),
        section=heading or None,
        topics=(topic,) if topic else (),
        title=title,
        record=Record(kind, site),
        dating=_dating(year),
    )


def _dating(year: str) -> Dating:
    if not year:
        return Dating()
    return Dating(stated=int(year), year=int(year), basis=YearBasis.STATED)


def as_jsonl(path: Path, target: Path) -> None:
    """Write the same paragraphs as a source that `xianli import` reads."""
    with gzip.open(target, "wt", encoding="utf-8", compresslevel=1) as lines:
        for document in read_documents(path):
            for p in document:
                record = {
                    "doc_id": p.document_id,
                    "title": p.title,
                    "text": p.text,
                    "year": p.year,
                    "heading": p.section or "",
                    "type": p.kind,
                    "site": p.site,
                    "n": p.ordinal,
                }
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def _records(path: Path | None) -> Iterator[dict[str, str]]:
    if path is None:
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            record["text"] = " ".join(record["text"].split())
            yield record


def _as_they_are(records: Iterable[dict[str, str]]) -> Iterator[Sequence[tuple[str, ...]]]:
    """Real paragraphs under their own titles, kinds, headings and years."""
    by_document: dict[str, list[dict[str, str]]] = defaultdict(list)
    for record in records:
        by_document[record["doc_id"]].append(record)
    draw = random.Random(SEED)
    for number, rows in enumerate(by_document.values()):
        site, topic = _site(draw), _topic(draw)
        rows.sort(key=lambda row: row["n"])
        yield [
            (
                *(f"d{number:07}", str(n), row["title"], row["heading"], row["type"]),
                *(site, topic, str(row["year"] or ""), row["text"]),
            )
            for n, row in enumerate(rows)
        ]


# Sentences, headings and titles, kinds.
Source = tuple[Sequence[str], Sequence[str], Sequence[str]]


def _shuffled(count: int, source: Source) -> Iterator[Sequence[tuple[str, ...]]]:
    """Sentences put together at random; titles and headings are short sentences."""
    pool, headings, kinds = source
    draw = random.Random(SEED + count)
    written = 0
    for number in itertools.count():
        kind = kinds[int(len(kinds) * draw.random() ** 2)]
        site, title = _site(draw), draw.choice(headings)
        year = str(draw.choice(YEARS))
        document = []
        left = 0
        for ordinal in range(min(PER_DOCUMENT, count - written)):
            if not left:
                left = draw.randint(*UNDER_A_HEADING)
                heading = headings[int(len(headings) * draw.random() ** 3)]
                topic = _topic(draw)
            left -= 1
            parts: list[str] = []
            length = 0
            while length < FULL_AT:
                parts.append(draw.choice(pool))
                length += len(parts[-1])
            name = (f"d{number:07}", str(ordinal), title, heading, kind, site)
            document.append((*name, topic, year, "".join(parts)))
        written += len(document)
        if not document:
            return
        yield document


def _real_sentences() -> Source | None:
    path = real_file("381k.jsonl.gz")
    if path is None:
        return None
    pool: list[str] = []
    headings: dict[str, None] = {}
    kinds: dict[str, int] = defaultdict(int)
    for record in _records(path):
        text = record["text"]
        pool.extend(text[a:b] for a, b in sentences(text) if 6 <= b - a <= 200)
        kinds[record["type"]] += 1
        if record["heading"] and len(headings) < 5_000:
            headings[record["heading"]] = None
    common = sorted(kinds, key=lambda kind: (-kinds[kind], kind))[:KINDS]
    return pool, list(headings), common


class _Made(Sequence[str]):
    """Strings of dictionary words, each made when it is first drawn: the same at each place."""

    def __init__(self, count: int, make: Callable[[random.Random], str]) -> None:
        self._made: list[str | None] = [None] * count
        self._make = make

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        made = self._made[at]
        if made is None:
            made = self._made[at] = self._make(random.Random(SEED * len(self) + at))
        return made


def _made_sentences() -> Source:
    """Sentences of dictionary words, drawn by their frequency in jieba's corpus."""
    import jieba

    words, weights = [], []
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, _ = line.split()
            if int(frequency) >= 20:
                words.append(word)
                weights.append(int(frequency))
    totals = list(itertools.accumulate(weights))

    def some(draw: random.Random, least: int, most: int) -> str:
        return "".join(draw.choices(words, cum_weights=totals, k=draw.randint(least, most)))

    pool = _Made(300_000, lambda draw: f"{some(draw, 4, 9)}，{some(draw, 3, 8)}。")
    headings = _Made(5_000, lambda draw: some(draw, 2, 5))
    return pool, headings, _Made(KINDS, lambda draw: some(draw, 2, 2))


def _site(draw: random.Random) -> str:
    return f"站点{int(SITES * draw.random() ** 2):02}"


def _topic(draw: random.Random) -> str:
    return f"专题{int(TOPICS * draw.random() ** 2):02}"
