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
        self._unchanged = ""
        self._take()
        self._released = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True, name="xianli-lock")
        self._renewing.start()

    def check(self) -> None:
        """Raise LockedError where another process has taken the lock meanwhile."""
        with self._own:
            if self._put(self._unchanged):
                return
            found = self._read()
            # It may be our own renewal, whose answer was lost.
            if found is None or found["_source"]["token"] != self._token:
                raise LockedError("cluster.lock_lost")
            self._unchanged = _unchanged(found)

    def release(self) -> None:
        """Let the next writer in."""
        self._released.set()
        self._renewing.join()
        self._cluster.attempt("DELETE", f"{self._path}?{self._unchanged}", allowed=409)

    def _take(self) -> None:
        """Create the document, or take over that of a process that died."""
        # Without an index the cluster would make one by its own template.
        if not self._cluster.attempt("HEAD", f"/{LOCKS}", allowed=404):
            settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
            body = {"settings": settings, "mappings": {"enabled": False}}
            path = f"/{LOCKS}?wait_for_active_shards=1"
            # Refused where another writer has made it a moment ago.
            self._cluster.attempt("PUT", path, body, allowed=400)
        while not self._put("op_type=create"):
            found = self._read()
            if found is None:
                continue
            holder = found["_source"]
            idle = abs(time.time() - float(holder["renewed"]))
            # A request that the client has repeated may have met our own lock.
            free = holder["token"] == self._token or idle >= STALE_SECONDS
            if free and self._put(_unchanged(found)):
                return
            raise LockedError("cluster.locked", name=holder["holder"], stale_seconds=STALE_SECONDS)

    def _renew(self) -> None:
        while not self._released.wait(_RENEW_SECONDS):
            try:
                self.check()
            except LockedError:
                return
            except ArchiveError:
                # The cluster may answer again in time; before publishing it is asked anyway.
                continue

    def _read(self) -> Dsl | None:
        """The document with its version; None where there is none."""
        found: Dsl | None = self._cluster.attempt("GET", self._path, allowed=404)
        return found

    def _put(self, condition: str) -> bool:
        """Write the document if `condition` holds; whether it did."""
        holder = f"{socket.gethostname()}:{os.getpid()}"
        body = {"token": self._token, "holder": holder, "renewed": time.time()}
        said = self._cluster.attempt("PUT", f"{self._path}?{condition}", body, allowed=409)
        if said is not None:
            self._unchanged = _unchanged(said)
        return said is not None


def _unchanged(said: Dsl) -> str:
    """The condition that the document still has the version that an answer gives."""
    try:
        return f"if_seq_no={said['_seq_no']}&if_primary_term={said['_primary_term']}"
    except (KeyError, TypeError) as error:
        raise EngineError("cluster.unreadable_answer", said=said) from error
