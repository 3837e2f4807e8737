"""The first pass of a run that reads everything: pages wait until their sites are known.

What a site prints on all its pages shows only when all of them are read. So each page is
read and labelled without templates and put aside on the disk; then templates are learned,
the pages that show one are labelled again, and all go on. Reading, the costly half, is done
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from os import SEEK_END
from pathlib import Path
from pickle import HIGHEST_PROTOCOL, dump, load
from tempfile import TemporaryFile

from indexer.extract import Seen, Templates
from indexer.extract.templates import LearnedTemplates, digest_of, learn
from indexer.pipeline import FirstLook, PackedTask
from indexer.rules import Guide


class FirstPass:
    """Pages labelled without templates, in a file that is gone when this is closed."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 (closed by close)
        # In memory only what is counted; the texts stay on the disk.
        self._pages: list[tuple[str, Seen | None]] = []
        self._places: list[int] = []

    def close(self) -> None:
        """Let the pages go."""
        self._file.close()

    def put(self, relative: str, look: FirstLook) -> None:
        """Put a page aside, with its path."""
        self._file.seek(0, SEEK_END)
        self._places.append(self._file.tell())
        dump(look, self._file, HIGHEST_PROTOCOL)
        self._pages.append((relative, look.seen and replace(look.seen, texts=())))

    def learn(self) -> LearnedTemplates:
        """What all the pages together teach."""
        return learn(self._pages, self._texts)

    def tasks(self, templates: Templates, guide: Guide) -> Iterator[PackedTask]:
        """Yield what is left to do of each page, by `guide`, which has the `templates`."""
        known = {site: {digest_of(k) for k in keys} for site, keys in templates.by_site.items()}
        for (relative, seen), place in zip(self._pages, self._places, strict=True):
            again = seen is not None and not known.get(seen.site, set()).isdisjoint(seen.slotted)
            yield PackedTask(relative, self._load(place).packed, again, guide)

    def _texts(self, number: int) -> Sequence[str]:
        seen = self._load(self._places[number]).seen
        return () if seen is None else seen.texts

    def _load(self, place: int) -> FirstLook:
        self._file.seek(place)
        look: FirstLook = load(self._file)
        return look
