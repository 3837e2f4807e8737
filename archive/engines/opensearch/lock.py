"""One writer at a time for an archive in a cluster, whatever machine it runs on.

A document that only one can create holds the lock; its holder renews it, so that one that
died is told from one that works. What is written under a lock that was lost is never
published.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from typing import Any

from archive.engines.opensearch.client import Cluster, Dsl
from archive.errors import ArchiveError, EngineError, LockedError

LOCKS = "xianli-locks"

# A lock not renewed for so long is that of a process that died.
STALE_SECONDS = 30.0
_RENEW_SECONDS = STALE_SECONDS / 6


class WriteLock:
    """The lock on the archive that a cluster's address names, held from the start."""

    def __init__(self, cluster: Cluster) -> None:
        """Take it. Raises LockedError where another process holds it."""
        self._cluster = cluster
        self._path = f"/{LOCKS}/_doc/{cluster.address.name}"
        self._token = uuid.uuid4().hex
        self._own = threading.Lock()
        self._version = self._take()
        self._released = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True, name="xianli-lock")
        self._renewing.start()

    def check(self) -> None:
        """Raise LockedError where another process has taken the lock meanwhile."""
        with self._own:
            self._write()

    def release(self) -> None:
        """Let the next writer in."""
        self._released.set()
        self._renewing.join()
        with self._own:
            sequence, term = self._version
            self._cluster.attempt(
                "DELETE", f"{self._path}?if_seq_no={sequence}&if_primary_term={term}"
            )

    def _take(self) -> tuple[int, int]:
        status, said = self._create()
        if status == 404:
            self._make_index()
            status, said = self._create()
        if status == 409:
            return self._take_over()
        if status >= 300:
            raise self._cluster.refuse(status, said)
        return _version(said)

    def _create(self) -> tuple[int, Any]:
        # Without op_type=create an index would be made by the cluster's own template.
        path = f"{self._path}?op_type=create&require_alias=false"
        if self._cluster.attempt("HEAD", f"/{LOCKS}")[0] == 404:
            return 404, None
        return self._cluster.attempt("PUT", path, self._content())

    def _make_index(self) -> None:
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        body = {"settings": settings, "mappings": {"enabled": False}}
        status, said = self._cluster.attempt("PUT", f"/{LOCKS}?wait_for_active_shards=1", body)
        # Another writer may have made it a moment ago.
        if status not in (200, 400):
            raise self._cluster.refuse(status, said)

    def _take_over(self) -> tuple[int, int]:
        """Take the lock of a process that died. Raises LockedError where it lives."""
        status, found = self._cluster.attempt("GET", self._path)
        if status == 404:
            return self._take()
        if status != 200:
            raise self._cluster.refuse(status, found)
        holder = found["_source"]
        idle = time.time() - float(holder["renewed"])
        # A request repeated behind our back may have met our own lock.
        if holder["token"] != self._token and abs(idle) < STALE_SECONDS:
            raise _held(holder)
        sequence, term = _version(found)
        path = f"{self._path}?if_seq_no={sequence}&if_primary_term={term}"
        status, said = self._cluster.attempt("PUT", path, self._content())
        if status == 409:
            raise _held(holder)
        if status >= 300:
            raise self._cluster.refuse(status, said)
        return _version(said)

    def _renew(self) -> None:
        while not self._released.wait(_RENEW_SECONDS):
            try:
                with self._own:
                    self._write()
            except LockedError:
                return
            except ArchiveError:
                # The cluster may answer again in time; before publishing it is asked anyway.
                continue

    def _write(self) -> None:
        sequence, term = self._version
        path = f"{self._path}?if_seq_no={sequence}&if_primary_term={term}"
        status, said = self._cluster.attempt("PUT", path, self._content())
        if status == 409:
            status, found = self._cluster.attempt("GET", self._path)
            if status == 200 and found["_source"]["token"] == self._token:
                # Our own renewal, whose answer was lost.
                self._version = _version(found)
                return
            raise LockedError("cluster.lock_lost")
        if status >= 300:
            raise self._cluster.refuse(status, said)
        self._version = _version(said)

    def _content(self) -> Dsl:
        holder = f"{socket.gethostname()}:{os.getpid()}"
        return {"token": self._token, "holder": holder, "renewed": time.time()}


def _held(holder: Dsl) -> LockedError:
    name = holder["holder"]
    return LockedError("cluster.locked", name=name, stale_seconds=STALE_SECONDS)


def _version(said: Dsl) -> tuple[int, int]:
    try:
        return int(said["_seq_no"]), int(said["_primary_term"])
    except (KeyError, TypeError) as error:
        raise EngineError("cluster.unreadable_answer", said=said) from error
