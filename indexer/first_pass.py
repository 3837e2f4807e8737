"""The first pass of a run that reads everything: pages are kept aside until their sites are known.

What a site prints on all its pages shows only when all of them are read. So each page is
read once without templates and put aside on the disk; then templates are learned, and only
the pages that show one of them are read again.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from os import SEEK_END
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from indexer.boilerplate import Seen, Templates
from indexer.boilerplate.templates import digest_of
from indexer.build import PageTask, Reading
from indexer.clustering import Rows
from indexer.learning import Lesson, learn

# What a task gave: each document with its near-duplicate signatures.
Outcome = list[tuple[Reading, Rows]]


class FirstPass:
    """Pages read without templates, in a file that is gone when this is closed."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)
        # In memory only what is counted; the texts stay on the disk.
        self._pages: list[tuple[str, Seen | None]] = []
        self._tasks: list[PageTask] = []
        self._places: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, task: PageTask, outcome: Outcome) -> None:
        """Keep what reading a page gave."""
        self._tasks.append(task)
        self._file.seek(0, SEEK_END)
        self._places.append(self._file.tell())
        pickle.dump(outcome, self._file, pickle.HIGHEST_PROTOCOL)
        seen = outcome[0][0].seen
        self._pages.append((task.relative, seen and replace(seen, texts=())))

    def learn(self) -> Lesson:
        """What all the pages together teach."""
        return learn(self._pages, self._texts)

    def affected(self, templates: Templates) -> Iterator[PageTask]:
        """Yield the pages that `templates` concern, which must be read again."""
        return (task for task, _ in self._divide(templates, concerned=True))

    def others(self, templates: Templates) -> Iterator[tuple[PageTask, Outcome]]:
        """Yield what was kept of the other pages."""
        for task, place in self._divide(templates, concerned=False):
            yield task, self._load(place)

    def _divide(self, templates: Templates, *, concerned: bool) -> Iterator[tuple[PageTask, int]]:
        known = {site: {digest_of(key) for key in keys} for site, keys in templates.by_site.items()}
        for task, page, place in zip(self._tasks, self._pages, self._places, strict=True):
            seen = page[1]
            shows = seen is not None and not known.get(seen.site, set()).isdisjoint(seen.slotted)
            if shows == concerned:
                yield task, place

    def _texts(self, number: int) -> Sequence[str]:
        seen = self._load(self._places[number])[0][0].seen
        return () if seen is None else seen.texts

    def _load(self, place: int) -> Outcome:
        self._file.seek(place)
        outcome: Outcome = pickle.load(self._file)
        return outcome
