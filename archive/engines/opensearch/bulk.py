"""Loading, bounded: a queue that waits, refusals that are repeated, failures that stop it.

What the loader counts as acknowledged is on the primary and every replica in step. Writing
a version twice changes nothing, so whatever has no answer is sent again.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from opensearchpy import exceptions

from archive.engines.opensearch.client import LOADING_SECONDS, Cluster
from archive.engines.opensearch.error_mapping import from_answer, from_exception, is_passing, passes
from archive.errors import ArchiveError

# Requests under way together, and as many waiting. Operations and bytes of each: the
# cluster's own advice is five to fifteen megabytes.
WORKERS = 4
MAX_OPERATIONS = 1_000
MAX_BYTES = 8 << 20

# From a refusal to giving up: longer than a node's death takes to be noticed and mended.
WAIT_SECONDS = 180.0
_FIRST_PAUSE, _MAX_PAUSE = 0.25, 10.0


class Loader:
    """Sends operations in the background. Not for use by several threads."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="xianli-bulk")
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._under_way: deque[Future[int]] = deque()
        # Operations that the cluster has acknowledged.
        self.acknowledged = 0

    def put(self, operation: bytes) -> None:
        """Take one operation in; wait where too many are under way. Raises ArchiveError."""
        self._waiting.append(operation)
        self._bytes += len(operation)
        if len(self._waiting) >= MAX_OPERATIONS or self._bytes >= MAX_BYTES:
            self._send()

    def drain(self) -> None:
        """Wait until everything taken in is acknowledged. Raises ArchiveError."""
        if self._waiting:
            self._send()
        self._wait_for_all_but(0)

    def close(self) -> None:
        """Give up what was not sent, wait for what is under way."""
        self._waiting.clear()
        self._threads.shutdown(cancel_futures=True)

    def _send(self) -> None:
        self._wait_for_all_but(2 * WORKERS - 1)
        self._under_way.append(self._threads.submit(self._deliver, tuple(self._waiting)))
        self._waiting.clear()
        self._bytes = 0

    def _wait_for_all_but(self, left: int) -> None:
        while len(self._under_way) > left:
            self.acknowledged += self._under_way.popleft().result()

    def _deliver(self, operations: Sequence[bytes]) -> int:
        """Send until all are acknowledged; their number. Raises ArchiveError."""
        until = time.monotonic() + WAIT_SECONDS
        pause = _FIRST_PAUSE
        pending = list(operations)
        while True:
            refusal: ArchiveError | None
            try:
                body = b"".join(pending).decode()
                answer = self._cluster.send("POST", "/_bulk", body, LOADING_SECONDS)
                pending, refusal = self._refused(pending, answer)
            except exceptions.OpenSearchException as error:
                refusal = from_exception(error, self._cluster.address)
                # A node that dies takes its connections with it; the next try asks another.
                unreached = isinstance(error, exceptions.ConnectionError)
                if isinstance(error, exceptions.SSLError) or not (unreached or passes(error)):
                    raise refusal from error
            if refusal is None:
                return len(operations)
            if time.monotonic() + pause > until:
                raise refusal
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, _MAX_PAUSE)

    def _refused(
        self, sent: Sequence[bytes], answer: Mapping[str, Any]
    ) -> tuple[list[bytes], ArchiveError | None]:
        """What is to be sent again, and why. Raises ArchiveError over what never will be taken."""
        again: list[bytes] = []
        why: ArchiveError | None = None
        if not answer["errors"]:
            return again, why
        for operation, item in zip(sent, answer["items"], strict=True):
            [said] = item.values()
            # Removing what is not there is no error: that was wanted.
            if (error := said.get("error")) is not None:
                why = from_answer(said["status"], error, self._cluster.address)
                if not is_passing(said["status"], error):
                    raise why
                again.append(operation)
        return again, why
