"""How well precedents are found: drafts for known targets, and lay questions to laws.

Beside the ranker stand two baselines of the same run: BM25 over jieba words and BM25 over
pairs of characters, over the same paragraphs, folded into the same clusters.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from archive import Archive, open_archive
from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.model import Paragraph
from archive.precedents.answer import precedents
from archive.query.query import Query
from archive.search.ranking import K1, B, floored, idf
from archive.store.home import Home
from archive.text.fold import fold
from archive.text.tokenize import words
from indexer.duplicates import ClusterIndex, sign
from indexer.run.reindex import Options, reindex
from tests.fixtures.digests import text_digest

HERE = Path(__file__).parent.parent
DRAFTS = HERE / "data" / "drafts.jsonl"
CORPUS = HERE.parent / "corpus"
GRADES = ("easy", "medium", "hard")

# A hard draft shares less than this of its pairs of characters with its target.
HARD_BELOW = 0.25

Ranker = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Drafted:
    """A draft, how hard it is, and the keys (clusters) of its targets."""

    text: str
    grade: str
    targets: frozenset[str]
    shared: float


def pairs(text: str) -> list[str]:
    """The pairs of neighbouring letters and ideographs of a text."""
    runs = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return [a + b for run in runs for a, b in pairwise(run)]


def _bare(text: str) -> str:
    """A text without punctuation, as the drafts were graded when they were written."""
    return "".join(character for character in fold(text) if character.isalnum())


def build_home(root: Path, real: Sequence[Path]) -> Home:
    """Index our own sample corpus together with the real files in a home at `root`."""
    corpus = root / "corpus"
    corpus.mkdir(parents=True)
    for file in (*CORPUS.iterdir(), *real):
        shutil.copyfile(file, corpus / file.name)
    home = Home.open(root)
    report = reindex(home, Options(jobs=1))
    assert not report.failed
    return home


class Contents:
    """The paragraphs of an archive by id, and the key (cluster) of each."""

    def __init__(self, archive: Archive) -> None:
        self.paragraphs = list(archive.scan(Query()))
        self.keys = _keys(self.paragraphs)
        self.by_digest: dict[str, list[Paragraph]] = defaultdict(list)
        for paragraph in self.paragraphs:
            self.by_digest[text_digest(paragraph.text)].append(paragraph)

    def drafts(self) -> list[Drafted]:
        """The drafts, with the paragraphs that they were written for."""
        found = []
        for line in DRAFTS.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            targets = self._targets(row)
            assert targets, f"the target of a draft is not in the archive: {row}"
            asked = set(pairs(_bare(row["draft"])))
            shared = max(len(asked & set(pairs(_bare(p.text)))) / len(asked) for p in targets)
            keys = frozenset(self.keys[p.paragraph_id] for p in targets)
            found.append(Drafted(row["draft"], row["grade"], keys, shared))
        return found

    def _targets(self, row: dict[str, Any]) -> list[Paragraph]:
        if "digest" in row:
            return self.by_digest[row["digest"]]
        return [
            p
            for p in self.paragraphs
            if p.document_id == row["document"] and row["holds"] in p.text
        ]


def _keys(paragraphs: Sequence[Paragraph]) -> dict[str, str]:
    """The cluster of each paragraph, by id; its own id where it resembles no other."""
    documents: dict[str, list[Paragraph]] = defaultdict(list)
    for paragraph in paragraphs:
        documents[paragraph.document_id].append(paragraph)
    index = ClusterIndex()
    for document_id, members in documents.items():
        index.replace(document_id, sign(members))
    clusters = index.clustering().memberships()
    ids = (paragraph.paragraph_id for paragraph in paragraphs)
    return {own: clusters[own].cluster if own in clusters else own for own in ids}


class Baseline:
    """BM25 over the features of each text, as a ranker of keys."""

    def __init__(
        self, texts: Sequence[str], keys: Sequence[str], features: Callable[[str], list[str]]
    ) -> None:
        self._keys = keys
        self._features = features
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, text in enumerate(texts):
            for feature, times in Counter(features(text)).items():
                postings[feature].append((at, times))
        lengths = np.array([floored(len(text)) for text in texts], np.float64)
        average = float(lengths.mean())
        self._postings: dict[str, tuple[Any, Any]] = {}
        for feature, listed in postings.items():
            places, times = np.array(listed, np.int64).T
            weight = idf(len(texts), len(listed))
            # The same as archive.search.ranking.bm25, for all postings of a feature at once.
            norms = K1 * (1 - B + B * lengths[places] / average)
            self._postings[feature] = places, weight * times * (K1 + 1) / (times + norms)
        self._count = len(texts)

    def __call__(self, text: str) -> list[str]:
        scores = np.zeros(self._count)
        for feature in self._features(text):
            if feature in self._postings:
                places, values = self._postings[feature]
                scores[places] += values
        first = np.argsort(-scores, kind="stable")[:200].tolist()
        return list(dict.fromkeys(self._keys[i] for i in first))


def word_features(text: str) -> list[str]:
    """The jieba words of a text."""
    return words(fold(text))


def ranks(drafts: Sequence[Drafted], ranker: Ranker) -> list[int]:
    """The rank (from 0) of the first target of each draft; 99 where it is not found."""
    return [
        next((at for at, key in enumerate(ranker(d.text)) if key in d.targets), 99) for d in drafts
    ]


def recall(found: Sequence[int], within: int) -> float:
    """The share of targets that stand within so many."""
    return sum(rank < within for rank in found) / len(found) if found else 0.0


def interval(values: Sequence[float], seed: int = 7, rounds: int = 2000) -> tuple[float, float]:
    """The 95 per cent bootstrap interval of a mean."""
    rng = random.Random(seed)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(rounds))
    return means[int(rounds * 0.025)], means[int(rounds * 0.975)]


def halves(drafts: Sequence[Drafted]) -> tuple[list[int], list[int]]:
    """The places of the drafts that weights were tuned on, and of those held out."""
    return list(range(0, len(drafts), 2)), list(range(1, len(drafts), 2))


def our_ranker(archive: Archive, contents: Contents) -> Ranker:
    """The precedents of a whole draft, as keys."""
    return lambda text: [
        contents.keys[p.paragraph.paragraph_id] for p in precedents(archive, text).overall
    ]


class Laws:
    """Law articles and lay questions with the articles that answer them."""

    def __init__(self, folder: Path, index: Path) -> None:
        with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.names = [row["_id"] for row in rows]
        self.texts = [row["text"] for row in rows]
        questions = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        self.questions = [(q["_id"], q["text"]) for q in map(json.loads, questions)]
        self.relevant: dict[str, dict[str, int]] = defaultdict(dict)
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            question, name, grade = line.split("\t")
            self.relevant[question][name] = int(grade)
        self.engine: Engine = open_engine(index)
        with self.engine.writer() as writer:
            for name, row in zip(self.names, rows, strict=True):
                writer.add([Paragraph(name, 0, row["text"], title=row["title"])])

    def ndcg(self, ranker: Ranker, every: int = 1) -> list[float]:
        """The nDCG@10 of every so manieth question."""
        scores = []
        for question, text in self.questions[::every]:
            grades = self.relevant[question]
            got = [grades.get(name, 0) for name in ranker(text)[:10]]
            ideal = sorted(grades.values(), reverse=True)[:10]
            scores.append(_gain(got) / _gain(ideal))
        return scores

    def ours(self, text: str) -> list[str]:
        """The same ranker, on the laws."""
        return [p.paragraph.document_id for p in precedents(Bare(self.engine), text).overall]


class Bare:
    """An engine without an archive around it."""

    def __init__(self, engine: Engine) -> None:
        self.nearest = engine.nearest
        self.lookup = engine.lookup

    def sources(self) -> dict[str, Any]:
        """Every document is a source of its own."""
        return {}


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(at + 2) for at, grade in enumerate(grades))


def open_contents(home: Home) -> tuple[Archive, Contents]:
    """Open the home's archive and list what it holds."""
    archive = open_archive(home.root)
    return archive, Contents(archive)
