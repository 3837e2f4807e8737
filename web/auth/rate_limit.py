"""How often a password may be tried: the more often in vain, the longer the wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

# Slips of the finger that cost nothing.
FREE = 5
# Seconds: the wait doubles from two to this; four tries an hour guess nothing.
MAX_WAIT = 900.0
# Seconds without a try after which the count of an address starts at zero again.
FORGOTTEN = 3_600.0
# Addresses remembered. Where all are in use, unknown ones wait: forgetting one instead would
# let a crowd of addresses wash the waits of each other away.
MAX_ADDRESSES = 1_024


@dataclass(slots=True)
class _Tries:
    count: int
    latest: float


class Attempts:
    """Tries at the password, by address. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._guard = threading.Lock()

    def begin(self, address: str) -> float:
        """Note a try from `address`; the seconds it must wait first (0: go on).

        A try that must wait is not counted. One that goes on counts as failed until
        `succeeded` is said, so that tries at the same time cannot slip through together.
        """
        network = _network(address)
        with self._guard:
            now = self._clock()
            self._forget(now)
            tries = self._tries.get(network)
            if tries is None:
                if len(self._tries) >= MAX_ADDRESSES:
                    oldest = next(iter(self._tries.values()))
                    return oldest.latest + FORGOTTEN - now
                tries = self._tries[network] = _Tries(0, now)
            wait = tries.latest + _wait(tries.count) - now
            if wait > 0:
                return wait
            tries.count += 1
            tries.latest = now
            self._tries.move_to_end(network)
            return 0.0

    def succeeded(self, address: str) -> None:
        """Note that the password was right: the count of the address starts at zero again."""
        with self._guard:
            self._tries.pop(_network(address), None)

    def _forget(self, now: float) -> None:
        while self._tries:
            network, tries = next(iter(self._tries.items()))
            if now - tries.latest < FORGOTTEN:
                return
            del self._tries[network]


def _wait(count: int) -> float:
    """Seconds between the try number `count` and the next.

    >>> [_wait(count) for count in (0, 4, 5, 6, 13, 10_000)]
    [0.0, 0.0, 2.0, 4.0, 512.0, 900.0]
    """
    return 0.0 if count < FREE else float(min(2 ** min(count - FREE + 1, 20), MAX_WAIT))


def _network(address: str) -> str:
    """Who counts as one: an IPv4 address, or an IPv6 network, which one customer is given.

    >>> _network("2001:db8::1") == _network("2001:db8::2:1")
    True
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return f"{int(parsed) >> 64:x}::" if parsed.ipv4_mapped is None else str(parsed.ipv4_mapped)
    return str(parsed)
