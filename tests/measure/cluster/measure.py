"""`python -m tests.measure.cluster.measure FILE.jsonl.gz`: the figures of docs/scaling.md.

One source is read once and kept twice on this machine, embedded and on three nodes, with its
near-duplicate clusters; both are asked the same questions, their answers are compared, and the
cluster's index is weighed. Ends with 1 where an answer differs.
"""

from __future__ import annotations

import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.errors import ArchiveError
from archive.model import Clusters, Paragraph
from archive.query.query import Query, parse
from archive.search.results import Results
from indexer.duplicates import ClusterIndex, sign
from indexer.pipeline import read_source
from tests.measure.cluster import nodes as cluster

QUESTIONS = (
    *("控辍保学", "发展", "教育 质量", '"高质量发展"', "义务教育均衡发展", "推进…发展"),
    *("年:2019..2021 经济", "安全 -生产", ""),
)
# What is asked twice in a row is answered from caches: the first two answers are left out.
_TIMES = 7
_LEFT_OUT = 2
# Hits whose ids are compared; two engines' scores differ in their last digits.
_FIRST = 20
_LAST_DIGITS = 1e-4


@dataclass(frozen=True)
class Asked:
    """A question's answer, and how long one takes in milliseconds; or why there is none."""

    results: Results | None
    took: float = 0.0
    refused: str = ""


def main(source: Path) -> int:
    """Index, ask, compare, weigh; print. How many questions were answered otherwise."""
    cluster.COMPILER = ()
    cluster.fetch()
    nodes = cluster.Nodes(refusing=False)
    root = Path(tempfile.mkdtemp())
    try:
        nodes.start()
        documents = [r.paragraphs for r in read_source(source, source.name) if r.paragraphs]
        clusters = clustered(documents)
        say(f"{len(clusters)} paragraphs in {len({m.cluster for m in clusters.values()})} clusters")
        embedded = open_engine(root / "index")
        kept = open_engine(root / "noted", engine=nodes.address("measured"))
        load("embedded", embedded, documents, clusters)
        load("cluster", kept, documents, clusters)
        differing = sum(compare(text, embedded, kept) for text in QUESTIONS)
        for name, engine in (("embedded", embedded), ("cluster", kept)):
            export(name, engine)
            engine.close()
        weigh(nodes)
        say(f"{differing} of {len(QUESTIONS)} questions answered otherwise by the cluster")
        return differing
    finally:
        nodes.stop()
        shutil.rmtree(root, ignore_errors=True)


def clustered(documents: list[tuple[Paragraph, ...]]) -> Clusters:
    """The near-duplicate clusters, as a reindex finds them."""
    near = ClusterIndex()
    for paragraphs in documents:
        near.replace(paragraphs[0].document_id, sign(paragraphs))
    return near.clustering().memberships()


def load(
    name: str, engine: Engine, documents: list[tuple[Paragraph, ...]], clusters: Clusters
) -> None:
    """Write all in one batch and say how fast that went."""
    started, ours = time.perf_counter(), time.process_time()
    with engine.writer() as writer:
        for paragraphs in documents:
            writer.add(paragraphs)
        writer.set_clusters(clusters)
    took = time.perf_counter() - started
    speed = f"{engine.size / took:.0f} paragraphs/s"
    own = f"{time.process_time() - ours:.0f} s of our own CPU"
    say(name, engine.size, f"{took:.0f} s", speed, own)


def compare(text: str, embedded: Engine, kept: Engine) -> bool:
    """Ask both, say what they answer and how fast; whether the answers differ."""
    ours, theirs = ask(embedded, text), ask(kept, text)
    said = difference(ours, theirs)
    counts = "refused"
    if theirs.results is not None:
        counts = f"{theirs.results.total} ({theirs.results.clusters} folded)"
    times = f"{ours.took:.0f} ms embedded, {theirs.took:.0f} ms cluster"
    say(text or "(all)", counts, times, said or "the same")
    return bool(said)


def ask(engine: Engine, text: str) -> Asked:
    """Ask several times; the median."""
    took = []
    try:
        for _ in range(_TIMES):
            started = time.perf_counter()
            results = engine.search(parse(text))
            # As a page reads them; one engine counts them only then.
            tuple(results.facets)
            took.append((time.perf_counter() - started) * 1000)
    except ArchiveError as error:
        return Asked(None, refused=error.english)
    return Asked(results, statistics.median(took[_LEFT_OUT:]))


def difference(ours: Asked, theirs: Asked) -> str:
    """How the cluster's answer differs from the embedded engine's; "" where it does not.

    Of hits with one score (its last digits aside) either may come first.
    """
    one, other = ours.results, theirs.results
    if one is None or other is None:
        return " / ".join(filter(None, (ours.refused, theirs.refused)))
    wanted: tuple[tuple[str, Callable[[Results], object]], ...] = (
        ("totals", lambda r: r.total),
        ("folded", lambda r: r.clusters),
        ("facets", lambda r: tuple(r.facets)),
    )
    for what, of in wanted:
        if of(one) != of(other):
            return f"{what}: {of(one)} and {of(other)}"
    for place, (a, b) in enumerate(zip(one.hits[:_FIRST], other.hits[:_FIRST], strict=True)):
        same = a.paragraph.paragraph_id == b.paragraph.paragraph_id and a.variants == b.variants
        if not same and not math.isclose(a.score, b.score, rel_tol=_LAST_DIGITS):
            return f"hit {place}: {a.paragraph.paragraph_id} and {b.paragraph.paragraph_id}"
    return ""


def export(name: str, engine: Engine) -> None:
    """Say how fast everything is read."""
    started = time.perf_counter()
    scanned = sum(1 for _ in engine.scan(Query()))
    say(name, "export", f"{scanned / (time.perf_counter() - started):.0f} paragraphs/s")


def weigh(nodes: cluster.Nodes) -> None:
    """Say the bytes of a paragraph in one copy of the index."""
    own = nodes.call("GET", "/measured-*/_stats/store,docs")["_all"]["primaries"]
    weight = own["store"]["size_in_bytes"] / own["docs"]["count"]
    say("cluster", f"{weight:.0f} bytes a paragraph")


def say(*words: object) -> None:
    """Print at once."""
    sys.stdout.write("  ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]))))
