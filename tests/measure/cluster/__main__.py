"""`python -m tests.measure.cluster`: three nodes to try things on, until Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import sys

from tests.measure.cluster.nodes import Nodes, fetch


def main() -> None:
    """Start, say where, wait, stop."""
    fetch()
    nodes = Nodes()
    try:
        nodes.start()
        sys.stdout.write(f"{nodes.address('archive')}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        nodes.stop()


main()
