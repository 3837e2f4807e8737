"""The whole archive: import, a cold search, a small change, pages from the real server."""

from __future__ import annotations

import http.client
import json
import queue
import shutil
import subprocess
import sys
import threading
import time
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.measure.bench.paragraphs import as_jsonl
from tests.measure.bench.processes import ROOT, StoppedError, Watch, run

CLIENTS = (1, 4, 16)
# How often a cold search and a small change are tried; the best counts, since what else the
# machine does spoils one.
COLD = 3
CHANGES = 3
START_SECONDS = 60
# What a server that has just started is given before its pages count: it makes itself ready.
READY_SECONDS = 4
# One page a second and client is far below what is hoped for; a longer wait is a fault.
PAGE_SECONDS = 30


def whole_archive(
    folder: Path, paragraphs: Path, questions: Path, seconds: float
) -> dict[str, Any]:
    """Import paragraphs into a home of its own and measure it as its users meet it.

    Raises StoppedError where something fails or the time is up.
    """
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    source = folder / "paragraphs.jsonl.gz"
    as_jsonl(paragraphs, source)
    done = _xianli(home, ["import", "--json", str(source)], seconds)
    report = json.loads(done.said)
    outcome: dict[str, Any] = {
        "paragraphs": report["paragraphs"],
        "import": {"seconds": done.seconds, "stages": report["seconds"], "memory": done.memory},
    }
    lines = json.loads(questions.read_text("utf-8"))
    # By type: whoever has every third of them has as many of each as the others.
    asked = sorted((line for line in lines if not line[1]), key=itemgetter(0))
    addresses = [_address(args) for _, _, args in asked]
    first = [_address(args) for _, warm, args in lines if warm]
    word = next(args[0][1] for type_, _, args in lines if type_ == "common")
    cold = [_xianli(home, ["search", word, "--json"], seconds).seconds for _ in range(COLD)]
    outcome["cold_search"] = min(cold)
    outcome["pages"], outcome["server_memory"] = _serve(home, first, addresses)
    outcome["small_change"] = min(
        (_changed(home, number, seconds) for number in range(CHANGES)), key=itemgetter("seconds")
    )
    return outcome


def _address(args: list[list[str]]) -> str:
    return "/search?" + urlencode([tuple(pair) for pair in args])


def _changed(home: Path, number: int, seconds: float) -> dict[str, Any]:
    """What a reindex takes after one more page came."""
    (home / "corpus" / f"第{number}页.txt").write_text(
        f"关于做好第{number}学年工作的通知\n\n各学校要认真做好准备。\n"
    )
    changed = _xianli(home, ["reindex", "--json"], seconds)
    return {"seconds": changed.seconds, "stages": json.loads(changed.said)["seconds"]}


def _xianli(home: Path, arguments: list[str], seconds: float) -> Any:
    return run([sys.executable, "-m", "archive", "--home", str(home), *arguments], seconds)


def _serve(home: Path, first: list[str], addresses: list[str]) -> tuple[dict[str, Any], int]:
    """Pages a second and times of pages in milliseconds, by number of clients.

    Of the `first` pages nobody counts the time: they are asked for while the server reads its
    index in the background, and until templates and files are open.
    """
    command = [sys.executable, "-u", "-m", "archive", "--home", str(home), "serve", "--port", "0"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    try:
        port = _port(server)
        ready = time.monotonic() + READY_SECONDS
        while time.monotonic() < ready:
            _ask(port, first, max(CLIENTS))
        measured = {}
        with Watch(server.pid) as watch:
            for at, clients in enumerate(CLIENTS):
                # Each number of clients has an equal share of the questions: none comes twice.
                measured[str(clients)] = _ask(port, addresses[at :: len(CLIENTS)], clients)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    return measured, watch.peak


def _port(server: subprocess.Popen[str]) -> int:
    timer = threading.Timer(START_SECONDS, server.kill)
    timer.start()
    line = server.stdout.readline() if server.stdout else ""
    timer.cancel()
    if "http://" not in line:
        raise StoppedError(f"the server did not start: {line.strip()}")
    return int(line.strip().rstrip("/").rpartition(":")[2])


def _ask(port: int, addresses: list[str], clients: int) -> dict[str, Any]:
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for address in addresses:
        waiting.put(address)
    times: list[float] = []
    wrong: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PAGE_SECONDS)
        while True:
            try:
                address = waiting.get_nowait()
            except queue.Empty:
                connection.close()
                return
            before = time.perf_counter()
            try:
                connection.request("GET", address)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{address}: {error!r}")
                connection.close()
                continue
            times.append((time.perf_counter() - before) * 1000)
            if answer.status != 200:
                wrong.append(f"{address}: {answer.status}")

    threads = [threading.Thread(target=client) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    return {"pages": len(times), "per_second": len(times) / spent, "times": times, "wrong": wrong}
