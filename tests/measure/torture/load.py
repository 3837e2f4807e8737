"""Many readers at once, rude ones among them, while the archive is rebuilt below them."""

from __future__ import annotations

import http.client
import json
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlencode

from archive.fields import named
from archive.query.query import Query
from archive.store.library import open_archive
from tests.fixtures.strategies import FACETS
from tests.measure.torture import homes
from tests.measure.torture.server import ROOT, Server, serving
from tests.measure.torture.trial import BrokenError

CLIENTS = (1, 4, 16, 64)
WAITING = 60
# What may stay in memory of so many answers: caches are full by the warm-up, arenas are not.
MAX_GROWTH = 32 << 20
TOKEN = re.compile(r'name="token" value="([^"]+)"')

Address = str
# Method, address, body, headers.
Asked = tuple[str, Address, str | None, dict[str, str]]


@dataclass
class Load:
    """What was asked and what came of it; `wrong` has the answers that may not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    growth: int = 0
    work: float = 0.0
    reindexed: int = 0
    rude: int = 0

    @property
    def requests(self) -> int:
        """How many were answered."""
        return self.statuses.total()

    def slowest(self, share: float = 0.99) -> float:
        """The seconds within which that share of all answers came."""
        return sorted(self.seconds)[int(len(self.seconds) * share)] if self.seconds else 0.0


def pages(home: Path, chance: random.Random) -> Iterator[Asked]:
    """Yield what readers, programs and crawlers ask for, without end."""
    with open_archive(home) as archive:
        results = archive.search(Query(limit=100))
    ids = sorted({hit.paragraph.document_id for hit in results.hits})
    found = ((name, [b.value for b in results.facet(name).buckets]) for name in FACETS)
    values = {name: listed for name, listed in found if listed}
    passages = [hit.paragraph.paragraph_id for hit in results.hits]
    words = (
        "均衡发展",
        "教育",
        "安全",
        "新建#所",
        "推进…发展",
        "第七条",
        "均衡发站",
        "标题:教育",
        "",
    )

    def crawled() -> list[tuple[str, str]]:
        names = chance.sample(list(values), chance.randint(1, 5))
        pairs = [
            (chance.choice(("", "not_")) + named(n).parameter, chance.choice(values[n]))
            for n in names
        ]
        return [("q", chance.choice(words)), *pairs, ("sort", chance.choice(("relevance", "year")))]

    kinds: tuple[Callable[[], Asked], ...] = (
        lambda: _get("/search", [("q", chance.choice(words))]),
        lambda: _get("/search", crawled()),
        lambda: _get("/search", crawled()),
        lambda: _get(f"/facet/{chance.choice(FACETS)}", crawled()),
        lambda: _get("/wording", [("q", chance.choice(words[:5]))]),
        lambda: _get("/document/" + quote(chance.choice(ids)), [("q", "教育")]),
        lambda: _get("/precedents", [("draft", "推进义务教育均衡发展，新建学校。")]),
        lambda: _get("/precedents", [("paragraph", chance.choice(passages))]),
        lambda: _get("/api/search", crawled()),
        lambda: _get("/api/wording", [("q", "教育")]),
        lambda: _get("/api/complete", [("q", chance.choice(words))]),
        lambda: _get("/api/export", [("format", chance.choice(("csv", "ndjson")))]),
        lambda: _get("/wording.csv", [("q", "教育")]),
        lambda: _get(chance.choice(("/", "/clips", "/history", "/help", "/add", "/api/stats")), []),
        lambda: _get("/static/xianli.css", []),
        lambda: (
            "POST",
            "/api/precedents",
            json.dumps({"draft": "深化教育评价改革"}),
            {"Content-Type": "application/json"},
        ),
    )
    for kind in cycle(kinds):
        yield kind()


def _get(path: str, pairs: list[tuple[str, str]]) -> Asked:
    return "GET", f"{path}?{urlencode(pairs)}", None, {}


def ask(server: Server, wanted: Iterator[Asked], requests: int, clients: int, load: Load) -> None:
    """Have `clients` readers ask `requests` questions together."""
    guard = threading.Lock()
    left = [requests]

    def reader() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAITING)
        while True:
            with guard:
                if left[0] <= 0:
                    break
                left[0] -= 1
                method, address, body, headers = next(wanted)
            began = time.perf_counter()
            try:
                connection.request(method, address, body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                with guard:
                    load.wrong.append(f"{address}: {error!r}")
                continue
            with guard:
                load.statuses[answer.status] += 1
                load.seconds.append(time.perf_counter() - began)
                if answer.status != 200:
                    load.wrong.append(f"{address}: {answer.status}")
        connection.close()

    threads = [threading.Thread(target=reader) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Reindexing(threading.Thread):
    """Changes the corpus and reindexes, over and over, until it is told to end."""

    def __init__(self, home: Path, load: Load) -> None:
        super().__init__()
        self._home, self._load = home, load
        self._over = threading.Event()

    def run(self) -> None:
        command = [sys.executable, "-m", "archive", "--home", str(self._home), "reindex", "--json"]
        while not self._over.is_set():
            changed = self._home / "corpus" / f"变{self._load.reindexed % 3}.txt"
            changed.write_text(f"{homes.NEW}第{self._load.reindexed}次。\n", "utf-8")
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode:
                self._load.wrong.append(f"reindex: {done.stderr.strip()}")
            self._load.reindexed += 1

    def end(self) -> None:
        self._over.set()
        self.join()


def rude(server: Server) -> list[socket.socket]:
    """Begin what rude clients do; gives the connections, which stay open until closed."""
    head = b"GET /search?q=%E6%95%99 HTTP/1.1\r\nHost: localhost\r\n"
    sent = (
        # Byte by byte and never whole; never reading; gone in the middle.
        *([head[:9]] * 8),
        *([b"POST /precedents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nx"] * 8),
        *([(head + b"\r\n") * 50] * 8),
        head + b"X-Long: " + b"x" * 1_000_000,
        b"".join(b"X-%d: y\r\n" % n for n in range(100_000)),
        b"\x00\xff\x16\x03\x01" * 100,
        b"GET " + b"/" * 300_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /add HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    )
    opened = []
    for what in sent:
        one = socket.create_connection(("127.0.0.1", server.port), 10)
        one.settimeout(2)
        try:
            one.sendall(what)
        except OSError:
            one.close()
            continue
        opened.append(one)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port), 10) as gone:
            gone.sendall(head + b"\r\n")
    return opened


def under_load(base: Path, requests: int, chance: random.Random) -> Load:
    """Ask a server of a fresh home, from a cold start with many readers to a flat memory."""
    home = base / "home"
    homes.build(home)
    subprocess.run(
        [sys.executable, "-m", "archive", "--home", str(home), "reindex"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    load = Load()
    wanted = pages(home, chance)
    with serving(home, base / "server.log") as server:
        # Nobody has asked it anything yet: all that is made at first use is made by many.
        ask(server, wanted, min(requests, 128), 16, load)
        warm = max(len(CLIENTS), requests // 4)
        for clients in CLIENTS:
            ask(server, wanted, warm // len(CLIENTS), clients, load)
        before, began = server.memory(), server.seconds()
        connections = rude(server)
        load.rude = len(connections)
        reindexing = Reindexing(home, load)
        reindexing.start()
        for clients in CLIENTS:
            ask(server, wanted, (requests - warm) // len(CLIENTS), clients, load)
        reindexing.end()
        for one in connections:
            one.close()
        ask(server, wanted, 64, 4, load)
        load.growth = server.memory() - before
        load.work = server.seconds() - began
        load.wrong += server.faults()
    return load


def part(base: Path, share: float, chance: random.Random) -> Mapping[str, object]:
    """200,000 requests of all readers, or a share of them."""
    load = under_load(base, max(200, int(200_000 * share)), chance)
    if load.wrong:
        raise BrokenError(f"{len(load.wrong)} answers, first: {load.wrong[0]}")
    if load.growth > MAX_GROWTH:
        raise BrokenError(f"memory grew by {load.growth >> 20} MB")
    return {
        "requests": load.requests,
        "rude clients": load.rude,
        "reindexed": load.reindexed,
        "p99 ms": round(load.slowest() * 1000),
        "processor ms a request": round(load.work * 1000 / load.requests, 1),
        "memory grown KB": load.growth >> 10,
        "errors": 0,
    }
