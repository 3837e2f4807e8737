"""The real server in a process of its own, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 120
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, its port on this machine, its log."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def seconds(self) -> float:
        """The processor time that it has used."""
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> int:
        """Its memory in bytes that is not mapped from files."""
        status = dict(line.split(":", 1) for line in self._read("status").splitlines())
        return int(status["RssAnon"].split()[0]) * 1024

    def files(self) -> list[str]:
        """The files and connections that it has open."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        found = []
        for handle in folder.iterdir():
            # One that is closed meanwhile.
            with suppress(OSError):
                found.append(os.readlink(handle))
        return found

    def faults(self) -> list[str]:
        """The lines of its log that begin the trace of a fault."""
        said = self.log.read_text("utf-8", "replace")
        return [line for line in said.splitlines() if line.startswith(("Traceback", "ERROR"))]

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text()


@contextmanager
def serving(home: Path, log: Path, port: int = 0) -> Iterator[Server]:
    """Serve `home` as `xianli serve` does; `log` takes what the server complains of."""
    command = [sys.executable, "-u", "-m", "archive", "--home", str(home)]
    command += ["serve", "--port", str(port)]
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT
        )
    try:
        yield Server(process, _port(process), log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _port(process: subprocess.Popen[str]) -> int:
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    line = process.stdout.readline() if process.stdout else ""
    timer.cancel()
    assert "http://" in line, f"the server did not start: {line.strip()}"
    return int(line.strip().rstrip("/").rpartition(":")[2])
