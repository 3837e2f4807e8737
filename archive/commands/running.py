"""A reindex run for a server: in a process of its own, which no document can take it along with."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError, EngineError
from archive.store.home import Home

# Seconds without a word from a run, after which it hangs: the longest silence measured, the
# clustering and commit of a million paragraphs, is a tenth of it.
SILENCE = 1_800.0


def reindex_apart(
    root: Path, paths: Sequence[str], progress: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """Bring the archive in `root` up to date; return the report in the words of `--json`.

    Searches go on undisturbed meanwhile, and a page that crashes or hangs its reader costs
    the run, not the server. `paths` are relative to the corpus; empty: all of it.
    """
    # Spawned, not forked: the server has threads and open indexes.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(root, tuple(paths), theirs))
    process.start()
    theirs.close()
    try:
        while ours.poll(SILENCE):
            match ours.recv():
                case (int(done), int(total)):
                    progress(done, total)
                case dict(report):
                    return report
                case ArchiveError() as error:
                    raise error
        raise EngineError("job.no_progress", silence=SILENCE)
    except EOFError as error:
        process.join()
        raise EngineError("job.died", exitcode=process.exitcode) from error
    finally:
        ours.close()
        process.terminate()
        process.join()


def _run(root: Path, paths: tuple[str, ...], pipe: Connection) -> None:
    """The life of the process: reports progress as pairs, then the report or the error."""
    from indexer.run.reindex import Options, reindex
    from indexer.run.workers import as_failure

    def progress(done: int, total: int) -> None:
        pipe.send((done, total))

    try:
        pipe.send(reindex(Home.open(root), Options(paths=paths), progress).to_dict())
    except KeyboardInterrupt:
        return
    except Exception as error:
        # Where nobody listens any more, the server is gone, and so is the reason to go on.
        with contextlib.suppress(OSError):
            pipe.send(as_failure(error).error)


def stop_runs() -> None:
    """End the runs under way; what they built is discarded by the next one."""
    for process in multiprocessing.active_children():
        process.terminate()
        process.join()
