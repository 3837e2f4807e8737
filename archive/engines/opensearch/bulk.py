"""Loading, bounded: a queue that waits, refusals that are repeated, failures that stop it.

What the loader counts as acknowledged is on the primary and every replica in step. Writing
a version twice changes nothing, so whatever has no answer is sent again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from opensearchpy.exceptions import (
    ConnectionError as NotReached,
)
from opensearchpy.exceptions import (
    OpenSearchException,
    SSLError,
    TransportError,
)

from archive.engines.opensearch.client import Cluster
from archive.engines.opensearch.error_mapping import from_exception, is_passing
from archive.errors import ArchiveError, EngineError

# Requests under way together, and as many waiting. Operations and bytes of each: the
# cluster's own advice is five to fifteen megabytes.
WORKERS = 4
MOST_OPERATIONS = 1_000
MOST_BYTES = 8 << 20

# From a refusal to giving up: longer than a node's death takes to be noticed and mended.
WAIT_SECONDS = 180.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0


class Loader:
    """Sends operations in the background. Not for use by several threads."""

    def __init__(self, cluster: Cluster, budget: float = WAIT_SECONDS) -> None:
        self._cluster = cluster
        self._wait = budget
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="xianli-bulk")
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._flying: set[Future[int]] = set()
        # Operations that the cluster has acknowledged; refusals that were repeated.
        self.acknowledged = 0
        self.repeated = 0

    def put(self, operation: bytes) -> None:
        """Take one operation in; wait where too many are under way. Raises ArchiveError."""
        self._waiting.append(operation)
        self._bytes += len(operation)
        if len(self._waiting) >= MOST_OPERATIONS or self._bytes >= MOST_BYTES:
            self._send()

    def drain(self) -> None:
        """Wait until everything taken in is acknowledged. Raises ArchiveError."""
        if self._waiting:
            self._send()
        while self._flying:
            self._land()

    def close(self) -> None:
        """Give up what was not sent, wait for what is under way."""
        self._waiting.clear()
        self._threads.shutdown(cancel_futures=True)

    def _send(self) -> None:
        while len(self._flying) >= 2 * WORKERS:
            self._land()
        self._flying.add(self._threads.submit(self._deliver, tuple(self._waiting)))
        self._waiting.clear()
        self._bytes = 0

    def _land(self) -> None:
        done, self._flying = wait(self._flying, return_when=FIRST_COMPLETED)
        for one in done:
            self.acknowledged += one.result()

    def _deliver(self, operations: Sequence[bytes]) -> int:
        """Send until all are acknowledged; their number. Raises ArchiveError."""
        until = time.monotonic() + self._wait
        pause = _FIRST_PAUSE
        pending = list(operations)
        refused: ArchiveError | None = None
        while True:
            try:
                answer = self._cluster.bulk(pending)
                pending, refused = self._refused(pending, answer)
            except OpenSearchException as error:
                refused = from_exception(error, self._cluster.address)
                if not _passes(error):
                    raise refused from error
            if not pending:
                return len(operations)
            self.repeated += len(pending)
            if time.monotonic() + pause > until:
                raise refused or EngineError("cluster.nothing_acknowledged")
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _refused(
        self, sent: Sequence[bytes], answer: Mapping[str, Any]
    ) -> tuple[list[bytes], ArchiveError | None]:
        """What is to be sent again, and why. Raises ArchiveError over what never will be taken."""
        if not answer["errors"]:
            return [], None
        again: list[bytes] = []
        why: ArchiveError | None = None
        for operation, item in zip(sent, answer["items"], strict=True):
            [said] = item.values()
            error = said.get("error")
            # Removing what is not there is what was wanted.
            if error is None:
                continue
            why = self._cluster.refuse(said["status"], error)
            if not is_passing(said["status"], error):
                raise why
            again.append(operation)
        return again, why


def _passes(error: OpenSearchException) -> bool:
    if isinstance(error, SSLError):
        return False
    # A node that dies takes its connections with it; the next try asks another.
    if isinstance(error, NotReached):
        return True
    return isinstance(error, TransportError) and is_passing(error.status_code, error.info)
