"""Three OpenSearch nodes on the loopback, as three processes, so that one can be killed.

Fetched with Maven, started with Java 17 or later. `python -m tests.measure.cluster` starts them and
waits; the tests start their own.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
POM = Path(__file__).with_name("pom.xml")
LIB = ROOT / "build" / "cluster" / "lib"

COUNT = 3
HEAP = "512m"
# The quick compiler alone: nodes of a test do not live long enough for the other to pay.
# Nor for their classes to be verified: they are Maven's, as their publishers made them.
COMPILER = (
    *("-XX:TieredStopAtLevel=1", "-XX:+UnlockDiagnosticVMOptions"),
    "-XX:-BytecodeVerificationRemote",
)
# A cold start took half a minute on two cores, and three where ten others wanted them.
START_SECONDS = 300.0
# Launches beyond the first, of all nodes: one that never starts does not start later either.
_MAX_AGAIN = 6
# The runner takes none above 9299, and the next one where its own is taken.
_HTTP_PORTS = range(9211, 9299, 10)
_MAIN = "org.codelibs.opensearch.runner.OpenSearchRunner"
# Linux: the signal that a process gets when the one that started it dies.
_PR_SET_PDEATHSIG = 1

WANTED = "XIANLI_CLUSTER"


class Nodes:
    """The nodes; numbers count from 0."""

    def __init__(self, *, refusing: bool = True) -> None:
        """Take ports and a folder. `refusing`: one node's queue for writing is full at once."""
        self._refusing = refusing
        # Memory where the system has a folder of it: every change of the cluster's state is
        # brought to three disks.
        memory = Path("/dev/shm")
        self._folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
        self._claims: list[IO[bytes]] = []
        self.http = [port for port in _HTTP_PORTS if self._claim(port)]
        self._transport = _free_ports(COUNT)
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * COUNT

    def start(self) -> None:
        """Start all and wait until they have found one another."""
        for number in range(COUNT):
            self._launch(number)
        self.wait(COUNT)

    def restart(self, number: int) -> None:
        """Start a node that was killed, with its data, and wait for it."""
        self._launch(number)
        self.wait(COUNT)

    def kill(self, number: int) -> None:
        """Kill a node as a power cut would."""
        process = self._processes[number]
        assert process is not None
        process.kill()
        process.wait()
        self._processes[number] = None

    def stop(self) -> None:
        """Stop all and remove what they wrote."""
        for process in self._processes:
            if process is not None:
                process.kill()
                process.wait()
        for claim in self._claims:
            claim.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def is_alive(self, number: int) -> bool:
        """Whether a node was not killed."""
        return self._processes[number] is not None

    def any_alive(self) -> int:
        """The number of a node that runs."""
        return next(n for n in range(COUNT) if self.is_alive(n))

    def address(self, name: str, options: str = "") -> str:
        """The address of an archive in this cluster."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.http)
        return f"opensearch+http://{hosts}/{name}?{options}"

    def call(self, method: str, path: str, body: object = None, number: int = 0) -> Any:
        """Ask one node, past our own client."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http[number]}{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def wait(self, nodes: int) -> None:
        """Wait until so many nodes are one cluster and every shard has its copies."""
        until = time.monotonic() + START_SECONDS
        path = f"/_cluster/health?wait_for_nodes={nodes}&wait_for_status=green&timeout=10s"
        alive = self.any_alive()
        again = 0
        while True:
            for number, process in enumerate(self._processes):
                # The runner ends a node that met an election half-way.
                if process is not None and process.poll() is not None:
                    again += 1
                    if again > _MAX_AGAIN:
                        raise AssertionError(f"a node ends at once: {self._log(number)}")
                    self._launch(number)
            try:
                if not self.call("GET", path, number=alive)["timed_out"]:
                    return
            except (OSError, urllib.error.HTTPError, ValueError) as error:
                if time.monotonic() > until:
                    raise AssertionError(self._log(alive)) from error
            if time.monotonic() > until:
                raise AssertionError(f"no cluster of {nodes}: {self._log(alive)}")
            time.sleep(0.5)

    def _claim(self, port: int) -> bool:
        """Take a port for as long as we run, also while the node that has it is dead."""
        if len(self._claims) == COUNT:
            return False
        claim = (Path(tempfile.gettempdir()) / f"xianli-node-{port}.lock").open("wb")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            claim.close()
            return False
        if not _is_free(port):
            claim.close()
            return False
        self._claims.append(claim)
        return True

    def _launch(self, number: int) -> None:
        own = self._folder / str(number)
        (own / "config").mkdir(parents=True, exist_ok=True)
        seeds = [f"127.0.0.1:{port}" for port in self._transport]
        settings = {
            "force.node.name": f"n{number}",
            "transport.port": self._transport[number],
            "network.host": "127.0.0.1",
            "discovery.seed_hosts": seeds,
            # One alone holds the first election, the others join it: three electors that start
            # together on a busy machine unseat one another for minutes.
            "cluster.initial_cluster_manager_nodes": ["n0"],
            # A disk that is nearly full for other reasons must not decide our tests.
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        if self._refusing and number == COUNT - 1:
            # So that loading meets refusals.
            settings |= {"thread_pool.write.size": 1, "thread_pool.write.queue_size": 1}
        lines = (f"{key}: {json.dumps(value)}\n" for key, value in settings.items())
        (own / "config" / "opensearch.yml").write_text("".join(lines), "utf-8")
        command = [
            *("java", f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-Xshare:auto"),
            *(*COMPILER, "-cp", f"{LIB}/*", _MAIN),
            *("-basePath", str(own / "base"), "-confPath", str(own / "config")),
            *("-numOfNode", "1", "-clusterName", "xianli-tests"),
            *("-baseHttpPort", str(self.http[number] - 1)),
        ]
        with (own / "log").open("ab") as log:
            self._processes[number] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def _log(self, number: int) -> str:
        return (self._folder / str(number) / "log").read_text("utf-8", "replace")[-3000:]


@dataclass
class _Shared:
    """The nodes that all tests of this run share, or why there are none."""

    nodes: Nodes | None = None
    failure: str = ""


_shared = _Shared()


def running() -> Nodes:
    """The nodes of this run, started at the first call.

    Skips the test where the cluster was not asked for; fails where it cannot be had.
    """
    if not os.environ.get(WANTED):
        pytest.skip("the cluster's tests did not run: `make test-cluster` runs them")
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        pytest.fail(
            f"the cluster's tests need {' and '.join(missing)}: "
            "apt-get install openjdk-17-jre-headless maven"
        )
    if _shared.failure:
        pytest.fail(_shared.failure)
    if _shared.nodes is None:
        fetch()
        nodes = Nodes()
        atexit.register(nodes.stop)
        try:
            nodes.start()
        except AssertionError as error:
            # Said once for all tests: each would wait as long again.
            _shared.failure = str(error)
            raise
        _shared.nodes = nodes
    return _shared.nodes


def fetch() -> None:
    """Bring the nodes' program here, with Maven; once."""
    stamp = LIB / "fetched.xml"
    if stamp.exists() and stamp.read_bytes() == POM.read_bytes():
        return
    shutil.rmtree(LIB, ignore_errors=True)
    subprocess.run(
        [
            *("mvn", "--quiet", "--batch-mode", "--file", str(POM)),
            *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={LIB}"),
        ],
        check=True,
    )
    shutil.copyfile(POM, stamp)


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
