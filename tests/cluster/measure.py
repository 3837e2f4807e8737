"""`python -m tests.cluster.measure FILE.jsonl.gz`: the figures of docs/scaling.md.

One source is read once and kept twice on this machine, embedded and on three nodes; both are
asked the same questions, and the cluster's index is weighed.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from archive.engines import Engine, open_engine
from archive.errors import ArchiveError
from archive.query import Query, parse
from indexer.build import read_source
from tests.cluster import nodes as cluster

QUESTIONS = (
    *("控辍保学", "发展", "教育 质量", '"高质量发展"', "义务教育均衡发展", "推进…发展"),
    *("年:2019..2021 经济", "安全 -生产", ""),
)
_TIMES = 12


def main(source: Path) -> None:
    """Index, ask, weigh; print."""
    cluster.COMPILER = ()
    cluster.fetch()
    nodes = cluster.Nodes()
    root = Path(tempfile.mkdtemp())
    try:
        nodes.start()
        read = list(read_source(source, source.name))
        engines: dict[str, Engine] = {
            "embedded": open_engine(root / "index"),
            "cluster": open_engine(root / "noted", engine=nodes.address("measured")),
        }
        for name, engine in engines.items():
            started, ours = time.perf_counter(), time.process_time()
            with engine.writer() as writer:
                for reading in read:
                    if reading.paragraphs:
                        writer.add(reading.paragraphs)
            took = time.perf_counter() - started
            speed = f"{engine.count / took:.0f} paragraphs/s"
            own = f"{time.process_time() - ours:.0f} s of our own CPU"
            say(name, engine.count, f"{took:.0f} s", speed, own)
        for name, engine in engines.items():
            ask(name, engine)
            engine.close()
        weigh(nodes)
    finally:
        nodes.stop()
        shutil.rmtree(root, ignore_errors=True)


def ask(name: str, engine: Engine) -> None:
    """Time each question, the first two answers left out, and a scan of everything."""
    for text in QUESTIONS:
        took = []
        try:
            for _ in range(_TIMES):
                started = time.perf_counter()
                results = engine.search(parse(text))
                took.append((time.perf_counter() - started) * 1000)
        except ArchiveError as error:
            say(name, text, error.english)
            continue
        counts = f"{results.total} ({results.clusters} folded)"
        say(name, text or "(all)", counts, f"{statistics.median(took[2:]):.0f} ms")
    started = time.perf_counter()
    scanned = sum(1 for _ in engine.scan(Query()))
    say(name, "scan", f"{scanned / (time.perf_counter() - started):.0f} paragraphs/s")


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
    main(Path(sys.argv[1]))
