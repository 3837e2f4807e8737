"""Calls to a cluster that answer wholly or raise one of our errors."""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException, TransportError

from archive.engines.opensearch.address import Address
from archive.engines.opensearch.error_mapping import from_exception, passes
from archive.errors import EngineError

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
_FIRST_PAUSE, _MAX_PAUSE = 0.2, 5.0
# Rows fetched together: under two megabytes of paragraphs of ordinary length.
ROWS = 1_000
_POOL = 16
# Requests of ours under way together, without those of the readers' own threads.
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
        """Ask two independent things at the same time.

        `one` must not itself ask for two things: the threads are bounded.
        """
        submitted = self._threads.submit(one)
        here = other()
        return submitted.result(), here

    def together(self, calls: Iterable[Callable[[], T]]) -> list[T]:
        """Ask any number of such things, a few at a time; the answers in their order."""
        return list(self._threads.map(lambda call: call(), calls))

    def send(self, method: str, path: str, body: object = None, seconds: float = 0) -> Any:
        """Send one request. Raises the client's own errors: the loader repeats by them.

        `path` holds the parameters too: the client would take some of them for its own. The
        answer is waited for ANSWER_SECONDS, or `seconds`.
        """
        waiting = {"request_timeout": seconds or ANSWER_SECONDS}
        return self._client.transport.perform_request(method, path, params=waiting, body=body)

    def call(self, method: str, path: str, body: object = None, seconds: float = 0) -> Any:
        """Send one request, again where a refusal passes by itself. Raises EngineError."""
        until = time.monotonic() + _WAIT_SECONDS
        pause = _FIRST_PAUSE
        while True:
            try:
                return self.send(method, path, body, seconds)
            except OpenSearchException as error:
                left = until - time.monotonic()
                if not passes(error) or left <= 0:
                    raise from_exception(error, self.address) from error
            time.sleep(min(pause * random.uniform(0.5, 1), left))
            pause = min(pause * 2, _MAX_PAUSE)

    def attempt(self, method: str, path: str, body: object = None, *, allowed: int) -> Any:
        """Send one request; None where it is refused with the status `allowed`.

        Raises EngineError over any other refusal.
        """
        try:
            return self.send(method, path, body)
        except OpenSearchException as error:
            if isinstance(error, TransportError) and error.status_code == allowed:
                return None
            raise from_exception(error, self.address) from error

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
        shards, what = answer["_shards"], ""
        if shards["failed"] or shards["successful"] < shards["total"]:
            what = json.dumps(shards, ensure_ascii=False)[:300]
        elif answer.get("timed_out"):
            what = "timed_out"
        elif exact and answer["hits"]["total"]["relation"] != "eq":
            what = "hits.total.relation"
        if what:
            raise EngineError("cluster.incomplete", at=self.address.shown, what=what)

    def count(self, index: str, query: Dsl) -> int:
        """Count the documents of a query, exactly."""
        answer = self.search(index, {"size": 0, "track_total_hits": True, "query": query})
        return int(answer["hits"]["total"]["value"])

    def rows(self, index: str, body: Dsl, size: int = ROWS) -> Iterator[Row]:
        """Yield every document of a search, run by run; its sort must tell all apart.

        A generation's documents do not change, so following the sort values gives what a
        point in time would, and outlives the node that a point in time would be held on.
        """
        page: Dsl = {**body, "size": size, "track_total_hits": False}
        while True:
            hits = self.search(index, page)["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            page = {**page, "search_after": hits[-1]["sort"]}


def runs(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`; the last may be shorter."""
    rest = iter(items)
    while run := list(islice(rest, size)):
        yield run


def _authorization(user: str) -> dict[str, str]:
    """Who asks, by RFC 7617 in UTF-8: the client's own way knows Western letters alone."""
    secret = f"{user}:{os.environ.get(PASSWORD, '')}".encode()
    return {"authorization": "Basic " + base64.b64encode(secret).decode("ascii")}
