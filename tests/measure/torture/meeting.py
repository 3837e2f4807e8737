"""All that may happen at once for long: a server under readers, dripping connections and uploads,
a `watch` and reindexes beside it. Nothing is lost, and the server holds no more at the end.
"""

from __future__ import annotations

import http.client
import json
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archive.store.home import Home
from archive.store.library import Archive
from tests.measure.torture import homes
from tests.measure.torture.load import TOKEN, WAITING, Load, ask, pages
from tests.measure.torture.server import ROOT, Server, serving
from tests.measure.torture.trial import BrokenError
from web.server.serving import THREADS

_REQUESTS, _REINDEXES, _SOCKETS = 20_000, 200, 1_000
# What memory may grow by, of what it is after a quarter of the requests.
MAX_SHARE = 0.05
# Where little is asked the caches still fill.
_FROM = 10_000
_SECONDS = 120.0
# Connections that are opened again in a second.
_OPENED_AGAIN = 50
# What each thread opens at its first question about the notes.
_OF_THREADS = 2 * THREADS
# Generations of an index that may be open: the one that answers, and what is garbage not yet
# collected; of 200 reindexes a leak would leave more.
_GENERATIONS = 6
# What a writer is told while another writes the archive.
_HELD = "is updating"
_EDGE = "edge"


class _Ever(threading.Thread):
    """Does something over and over until it is told to end; what may not happen is in `wrong`."""

    def __init__(self, act: Callable[[int], None], wrong: list[str]) -> None:
        super().__init__()
        self._act, self._wrong = act, wrong
        self._over = threading.Event()
        self.count = 0

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._act(self.count)
            except Exception as error:
                self._wrong.append(repr(error))
                return
            self.count += 1

    def end(self) -> None:
        self._over.set()
        self.join()


def meet(base: Path, requests: int, reindexes: int, sockets: int) -> Mapping[str, object]:
    """Have all of them meet until so much was asked and indexed. Raises BrokenError."""
    home = base / "home"
    homes.build(home)
    _command(home, "reindex")
    load = Load()
    wanted = pages(home, random.Random(5))
    sent: list[str] = []
    with serving(home, base / "server.log") as server, _watching(home, base / "watch.log"):
        ask(server, wanted, max(32, requests // 4), 8, load)
        files, memory = _settled(server), server.memory()
        with _dripping(server, sockets) as drips:
            beside = (
                _Ever(lambda n: _reindex(home, n), load.wrong),
                _Ever(lambda n: _upload(server, n, sent), load.wrong),
                _Ever(lambda n: _drip(server, drips), load.wrong),
            )
            for one in beside:
                one.start()
            while not load.wrong and (
                load.requests < requests or min(one.count for one in beside[:2]) < reindexes
            ):
                ask(server, wanted, 64, 8, load)
            for one in beside:
                one.end()
        ask(server, wanted, 64, 4, load)
        left, grown = _settled(server, files), server.memory() - memory
        load.wrong += server.faults()
    if load.wrong:
        raise BrokenError(f"{len(load.wrong)} wrong, first: {load.wrong[0]}")
    if left > files + _OF_THREADS:
        raise BrokenError(f"{left} files are open, {files} were")
    if requests >= _FROM and grown > MAX_SHARE * memory:
        raise BrokenError(f"memory grew from {memory >> 20} MB by {grown >> 10} KB")
    _command(home, "reindex")
    _check(home, sent)
    return {
        "requests": load.requests,
        "reindexes": beside[0].count,
        "uploads": len(sent),
        "dripping": sockets,
        "memory MB": f"{memory / (1 << 20):.1f}, grown by {grown / (1 << 20):.1f}",
        "open files": f"{files}, then {left}",
        "p99 ms": round(load.slowest() * 1000),
        "errors": 0,
    }


def part(base: Path, share: float, chance: random.Random) -> Mapping[str, object]:
    """20,000 requests, 200 reindexes and uploads, 1,000 dripping connections; less of each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    try:
        shares = (max(least, int(most * share)) for most, least in _LEAST)
        return meet(base, *shares)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


_LEAST = ((_REQUESTS, 200), (_REINDEXES, 2), (_SOCKETS, 350))


def _command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archive", "--home", str(home), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and _HELD not in done.stderr:
        raise BrokenError(f"{arguments}: {done.stderr.strip()[-500:]}")
    return done


def _reindex(home: Path, number: int) -> None:
    """Change a file and reindex; another that writes the archive just then is told from a fault."""
    changed = home / "corpus" / f"变{number % 3}.txt"
    changed.write_text(f"{homes.NEW}第{number}次。\n", "utf-8")
    while _command(home, "reindex", "--json").returncode:
        time.sleep(0.05)


def _upload(server: Server, number: int, sent: list[str]) -> None:
    """Send a file as a browser does, and wait until it is read."""
    name = f"上传{number}.txt"
    status, page, _ = _asked(server, "GET", "/add")
    token = TOKEN.search(page)
    if status != 200 or not token:
        raise BrokenError(f"/add: {status}")
    fields = (
        f'--{_EDGE}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token[1]}\r\n'
        f'--{_EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/plain\r\n\r\n{homes.NEW}上传第{number}次。\n\r\n--{_EDGE}--\r\n"
    )
    status, page, to = _asked(server, "POST", "/add", fields.encode())
    if status != 303:
        raise BrokenError(f"an upload: {status} {page[-300:]}")
    job = "/api/jobs/" + to.partition("?")[0].rpartition("/")[2]
    deadline = time.monotonic() + _SECONDS
    while not (known := json.loads(_asked(server, "GET", job)[1]))["over"]:
        if time.monotonic() > deadline:
            raise BrokenError(f"{name} is not read: {known}")
        time.sleep(0.05)
    if known["state"] != "done":
        raise BrokenError(f"{name}: {known['said']}")
    sent.append(name)


def _asked(
    server: Server, method: str, address: str, body: bytes | None = None
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAITING)
    headers = {
        "Origin": f"http://127.0.0.1:{server.port}",
        "Content-Type": f"multipart/form-data; boundary={_EDGE}",
    }
    try:
        connection.request(method, address, body, headers if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Location", "")
    finally:
        connection.close()


@contextmanager
def _watching(home: Path, log: Path) -> Iterator[None]:
    """`xianli watch` beside; it must end as it is told to, without a fault."""
    command = [sys.executable, "-m", "archive", "--home", str(home), "watch", "--interval", "0.3"]
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=ROOT)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(_SECONDS)
    if code or "Traceback" in log.read_text("utf-8", "replace"):
        raise BrokenError(f"watch ends with {code}: {log.read_text('utf-8', 'replace')[-500:]}")


@contextmanager
def _dripping(server: Server, count: int) -> Iterator[list[socket.socket]]:
    drips = [_connected(server) for _ in range(count)]
    try:
        yield drips
    finally:
        for one in drips:
            one.close()


def _connected(server: Server) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", server.port), WAITING)
    one.sendall(b"GET /search?q=%E6%95%99 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    one.settimeout(0.01)
    return one


def _drip(server: Server, drips: list[socket.socket]) -> None:
    """A byte on each connection in a second or more; some that were closed are opened again."""
    left = _OPENED_AGAIN
    for at, one in enumerate(drips):
        try:
            one.send(b"x")
        except OSError:
            if left:
                left -= 1
                one.close()
                drips[at] = _connected(server)
    time.sleep(1)


def _settled(server: Server, most: int | None = None) -> int:
    """How many files the server has open, the index apart, when nobody asks any more."""
    deadline = time.monotonic() + _SECONDS
    known = -1
    while time.monotonic() < deadline:
        time.sleep(2)
        opened = server.files()
        index = [path for path in opened if "/generations/" in path]
        now = len(opened) - len(index)
        if now == known and (most is None or now <= most + _OF_THREADS):
            break
        known = now
    generations = {path.partition("/generations/")[2][:6] for path in index}
    if len(generations) > _GENERATIONS:
        raise BrokenError(f"the server has files of the generations {sorted(generations)}")
    return known


def _check(home: Path, sent: list[str]) -> None:
    """Make sure that all that was sent is there, and that index and sources agree."""
    if wrong := homes.wrong(home):
        raise BrokenError("; ".join(wrong))
    with Archive(Home.open(home)) as archive:
        lost = [name for name in sent if not archive.source(name)[1]]
    if lost:
        raise BrokenError(f"lost: {lost}")
