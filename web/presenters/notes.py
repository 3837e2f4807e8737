"""The readers' own work at hand for every page: which passages are clipped, what has changed.

A page must stand even where notes.sqlite cannot be used: what is only shown beside is then
left out; what is asked for itself answers with the reason.
"""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, g, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import ArchiveError, NotesError
from archive.model import Paragraph
from archive.notes import Clips, Corrections, Searches, Store
from archive.notes.anchors import anchor_key
from archive.notes.clips import Collection
from archive.notes.history_writer import HistoryWriter
from archive.text.fold import sentences
from web.auth.csrf import is_own_form, token
from web.context import archive, words
from web.urls.paths import address, path_of

Keys = frozenset[tuple[str, int, int]]


class Notes:
    """The readers' work of one home, and what was last read of it for every page."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clips = Clips(store)
        self.corrections = Corrections(store)
        self.searches = Searches(store)
        self.history = HistoryWriter(self.searches)
        self._known: tuple[tuple[str, str], Keys, int] | None = None

    def clipped(self, revision: str | None = None) -> tuple[Keys, int]:
        """The keys of the passages in the current collection, and how many there are.

        Read once for each state of the clips and of the archive; `revision` is that of the
        clips where it is known already. Raises NotesError.
        """
        state = (archive().generation, self.store.revision() if revision is None else revision)
        known = self._known
        if known is None or known[0] != state:
            clips = self.clips
            clips.settle(archive())
            listed = clips.listed(clips.current())
            keys = frozenset(clip.anchor.key for clip in listed if clip.attached)
            state = (state[0], self.store.revision())
            self._known = known = (state, keys, len(listed))
        return known[1], known[2]


@dataclass(frozen=True, slots=True)
class ClipButton:
    """The button that takes a passage into the clips: where it leads, and whether it is in."""

    action: str
    pressed: bool


def notes() -> Notes:
    """The readers' work of the archive that answers."""
    found: Notes = current_app.extensions["xianli-notes"]
    return found


def revision() -> str:
    """A mark of what pages show of the readers' work."""
    try:
        # The page that is answered and its entity tag are of the same state.
        if "revision" not in g:
            g.revision = notes().store.revision()
        known: str = g.revision
    except NotesError:
        return "?"
    return known


def template_words() -> dict[str, Any]:
    """What every template may use of the readers' work."""
    keys: Keys = frozenset()
    count = 0
    # Said where clips or the archive are asked for; not on every other page.
    with suppress(ArchiveError):
        keys, count = notes().clipped(revision())

    whole = address(path_of("clips.take"), words().args)

    def clip_button(paragraph: Paragraph, span: tuple[int, int] | None = None) -> ClipButton:
        span = None if span is None else whole_sentences(paragraph.text, span)
        pressed = bool(keys) and anchor_key(paragraph.paragraph_id, span or (None, None)) in keys
        if span is None:
            return ClipButton(whole, pressed)
        ends = [("start", str(span[0])), ("end", str(span[1]))]
        return ClipButton(address(path_of("clips.take"), [*ends, *words().args]), pressed)

    return {
        "token": token(),
        "clip_count": count,
        "clip_button": clip_button,
        "clip_action": whole,
        "here": request.full_path.rstrip("?"),
        "when": when,
    }


def around(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return the span of the sentences of `text` that `span` touches; all of it if none.

    >>> around("甲。乙。丙。丁。", (3, 5))
    (2, 6)
    """
    touched = [(a, b) for a, b in sentences(text) if a < span[1] and b > span[0]]
    return (touched[0][0], touched[-1][1]) if touched else (0, len(text))


def whole_sentences(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """The span of the sentences that `span` touches; None where that is all of the text.

    >>> whole_sentences("甲。乙。丙。", (2, 3)), whole_sentences("甲。", (0, 1))
    ((2, 4), None)
    """
    touched = around(text, span)
    whole = (0, len(text))
    return None if touched in (whole, around(text, whole)) else touched


def when(moment: str) -> str:
    """A moment (ISO 8601) as readers here tell it, to the minute.

    >>> len(when("2026-01-31T09:05:12+00:00"))
    16
    """
    local = datetime.datetime.fromisoformat(moment).astimezone()
    return local.isoformat(" ", timespec="minutes")[:16]


def require_own_form() -> None:
    """Refuse with 403 what was not sent from a page of ours."""
    if not is_own_form():
        abort(403)


def done(to: str, **told: object) -> BaseResponse:
    """Answer a change: a script with what is `told`, a browser with the way to a page."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(told)
    return redirect(to, 303)


def asked_collection(kept: Clips) -> Collection:
    """The collection that the address names, the current one where it names none.

    400 for what is no number; NotesError where there is no such collection.
    """
    named = request.args.get("collection", "")
    return kept.one(number(named) if named else kept.current())


def number(value: str) -> int:
    """A number that a form sent; 400 for anything else."""
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        abort(400)
    return int(value)
