"""`python -m tests.cluster.measure FILE.jsonl.gz`: the figures of docs/scaling.md.

One corpus is indexed twice on this machine, embedded and on three nodes, and asked the same
questions; then the cluster's index is weighed.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from archive.errors import ArchiveError
from archive.home import Home
from archive.library import Archive, open_archive
from archive.query import Query, parse
from indexer.reindex import Options, reindex
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
        addresses = {"embedded": "", "cluster": nodes.address("measured")}
        for name, address in addresses.items():
            (root / name / "corpus").mkdir(parents=True)
            (root / name / "settings.toml").write_text(f"engine = {json.dumps(address)}\n", "utf-8")
            shutil.copy(source, root / name / "corpus")
            started, ours = time.perf_counter(), time.process_time()
            report = reindex(Home.open(root / name), Options())
            wall = time.perf_counter() - started
            stages = {stage: round(seconds, 1) for stage, seconds in report.seconds.items()}
            say(name, f"{report.paragraphs} paragraphs", f"{wall:.0f} s", stages)
            say("  CPU of the writing process", f"{time.process_time() - ours:.0f} s")
        for name in addresses:
            with open_archive(root / name) as archive:
                ask(name, archive)
        weigh(nodes)
    finally:
        nodes.stop()
        shutil.rmtree(root, ignore_errors=True)


def ask(name: str, archive: Archive) -> None:
    """Time each question, the first two answers left out, and a scan of everything."""
    for text in QUESTIONS:
        took = []
        try:
            for _ in range(_TIMES):
                started = time.perf_counter()
                results = archive.search(parse(text))
                took.append((time.perf_counter() - started) * 1000)
        except ArchiveError as error:
            say(name, text, error.english)
            continue
        counts = f"{results.total} ({results.clusters} folded)"
        say(name, text or "(all)", counts, f"{statistics.median(took[2:]):.0f} ms")
    started = time.perf_counter()
    scanned = sum(1 for _ in archive.scan(Query()))
    say(name, "scan", f"{scanned / (time.perf_counter() - started):.0f} paragraphs/s")


def weigh(nodes: cluster.Nodes) -> None:
    """The bytes of a paragraph in one copy of the index, as loaded and merged."""
    for step in ("loaded", "merged"):
        if step == "merged":
            nodes.call("POST", "/measured-*/_forcemerge?max_num_segments=1&flush=true")
        own = nodes.call("GET", "/measured-*/_stats/store,docs")["_all"]["primaries"]
        weight = own["store"]["size_in_bytes"] / own["docs"]["count"]
        say(step, f"{weight:.0f} bytes a paragraph", own["docs"])


def say(*words: object) -> None:
    """Print at once."""
    sys.stdout.write("  ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
