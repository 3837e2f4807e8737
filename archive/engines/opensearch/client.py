"""Calls to a cluster that answer wholly or raise one of our errors."""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    ConnectionError as NotReached,
)
from opensearchpy.exceptions import (
    ConnectionTimeout,
    OpenSearchException,
    SSLError,
    TransportError,
)

from archive.engines.opensearch.address import Address
from archive.engines.opensearch.error_mapping import (
    from_answer,
    from_exception,
    is_passing,
    partial,
)
from archive.errors import EngineError, QueryError

PASSWORD = "XIANLI_OPENSEARCH_PASSWORD"

Dsl = dict[str, Any]
# A found document: its _id, _source, sort values.
Row = Mapping[str, Any]
T = TypeVar("T")
U = TypeVar("U")

# No reader waits longer for one answer; a cluster in need of more is in need of nodes.
ANSWER_SECONDS = 30.0
# Loading waits through a node's death: the others notice it, elect, and promote replicas.
LOADING_SECONDS = 120.0

# While a node's death is noticed, its shards refuse; within so many seconds others take over,
# on machines that are busy too.
_WAIT_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
# Rows fetched together: under two megabytes of paragraphs of ordinary length.
ROWS = 1_000
_POOL = 16
# Requests of ours under way together, beside those of the readers' own threads.
_TOGETHER = 8


class Cluster:
    """A cluster, ready to be asked; safe to share between threads."""

    def __init__(self, address: Address) -> None:
        """Take note of where it is; nothing is sent. Raises EngineError over a missing ca file."""
        self.address = address
        # The client reports every refusal as a warning of its own; we say it once, ourselves.
        logging.getLogger("opensearch").setLevel(logging.CRITICAL)
        secure = address.hosts[0].startswith("https")
        if address.ca and not Path(address.ca).is_file():
            raise EngineError("address.no_certificate", ca=address.ca)
        self._client = OpenSearch(
            list(address.hosts),
            headers=_authorization(address.user) if address.user else None,
            verify_certs=secure,
            ca_certs=(address.ca or None) if secure else None,
            timeout=ANSWER_SECONDS,
            pool_maxsize=_POOL,
            # Once for every host and once more: repeating is ours to decide.
            max_retries=len(address.hosts),
            retry_on_status=(),
        )
        self._threads = ThreadPoolExecutor(_TOGETHER, thread_name_prefix="xianli-asking")

    def close(self) -> None:
        """Close the connections."""
        self._threads.shutdown()
        self._client.close()

    def both(self, one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
        """Ask two things that want nothing of each other, at the same time.

        What is asked must not itself ask for two things: the threads are bounded.
        """
        beside = self._threads.submit(one)
        try:
            here = other()
        finally:
            wait([beside])
        return beside.result(), here

    def together(self, calls: Iterable[Callable[[], T]]) -> list[T]:
        """Ask any number of such things, a few at a time; the answers in their order."""
        asked = [self._threads.submit(call) for call in calls]
        wait(asked)
        return [one.result() for one in asked]

    def call(
        self, method: str, path: str, body: object = None, seconds: float | None = None
    ) -> Any:
        """Send one request; what passes by itself is waited for. Raises EngineError.

        `path` holds the parameters too: the client would take some of them for its own.
        """
        until = time.monotonic() + _WAIT_SECONDS
        pause = _FIRST_PAUSE
        while True:
            try:
                return self._client.transport.perform_request(
                    method, path, params=_waiting(seconds), body=body
                )
            except OpenSearchException as error:
                left = until - time.monotonic()
                if not _passes(error) or left <= 0:
                    raise from_exception(error, self.address) from error
            time.sleep(min(pause * random.uniform(0.5, 1), left))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def attempt(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Send one request whose refusal is an answer: the status and what is said."""
        try:
            said = self._client.transport.perform_request(
                method, path, params=_waiting(None), body=body
            )
            return 200, said
        except (NotReached, SSLError) as error:
            raise from_exception(error, self.address) from error
        except TransportError as error:
            if not isinstance(error.status_code, int) or error.status_code in (401, 403):
                raise from_exception(error, self.address) from error
            return error.status_code, error.info
        except OpenSearchException as error:
            raise from_exception(error, self.address) from error

    def bulk(self, lines: Sequence[bytes]) -> Any:
        """Send operations. Raises the client's own errors: the loader repeats by them."""
        return self._client.transport.perform_request(
            "POST",
            "/_bulk",
            params=_waiting(LOADING_SECONDS),
            body=b"".join(lines).decode(),
        )

    def search(self, index: str, body: Dsl, less: str = "") -> Any:
        """Answer a search wholly. `less` names what the answer may leave out.

        Raises EngineError where a shard failed, time ran out or the total is not exact.
        """
        path = f"/{index}/_search?allow_partial_search_results=false"
        answer = self.call("POST", path + (f"&filter_path=-{less}" if less else ""), body)
        self.check(answer, exact=body.get("track_total_hits") is True)
        return answer

    def check(self, answer: Mapping[str, Any], *, exact: bool) -> None:
        """Raise EngineError unless the answer is that of every shard, and in time."""
        shards = answer["_shards"]
        if shards["failed"] or shards["successful"] < shards["total"]:
            raise partial(self.address, json.dumps(shards, ensure_ascii=False)[:300])
        if answer.get("timed_out"):
            raise partial(self.address, "timed_out")
        if exact and answer["hits"]["total"]["relation"] != "eq":
            raise partial(self.address, "hits.total.relation")

    def count(self, index: str, query: Dsl) -> int:
        """Count the documents of a query, exactly."""
        answer = self.search(index, {"size": 0, "track_total_hits": True, "query": query})
        return int(answer["hits"]["total"]["value"])

    def rows(self, index: str, body: Dsl, size: int = ROWS) -> Iterator[Row]:
        """Yield every document of a search, run by run; its sort must tell all apart.

        A generation's documents do not change, so following the sort values gives what a
        point in time would, and outlives the node that a point in time would be held on.
        """
        after: list[Any] | None = None
        while True:
            page = {**body, "size": size, "track_total_hits": False}
            if after is not None:
                page["search_after"] = after
            hits = self.search(index, page)["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            after = hits[-1]["sort"]

    def refuse(self, status: object, info: object) -> EngineError | QueryError:
        """The error for an answer of `attempt` or of one operation of a bulk."""
        return from_answer(status, info, self.address)


def _authorization(user: str) -> dict[str, str]:
    """Who asks, by RFC 7617 in UTF-8: the client's own way knows Western letters alone."""
    secret = f"{user}:{os.environ.get(PASSWORD, '')}".encode()
    return {"authorization": "Basic " + base64.b64encode(secret).decode("ascii")}


def _waiting(seconds: float | None) -> dict[str, float]:
    """How the client is told how long to wait."""
    return {"request_timeout": ANSWER_SECONDS if seconds is None else seconds}


def _passes(error: OpenSearchException) -> bool:
    if isinstance(error, ConnectionTimeout | SSLError):
        return False
    if isinstance(error, NotReached):
        # Every host was asked already: nobody is there.
        return False
    return isinstance(error, TransportError) and is_passing(error.status_code, error.info)
