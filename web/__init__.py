"""The way out: search and reading in a browser, and the same as JSON.

request.args → Query → Archive.search → Results → links → template → HTML
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request

from archive import open_archive
from archive.intake.staging import clear_left_over
from archive.notes import Store
from web.access import guard
from web.adding import Adding, UploadRequest, adding_pages
from web.addresses import address, path_of
from web.api import api
from web.batch import batch_pages
from web.caching import page_tag, tagged, unchanged, version
from web.clips import clips_pages
from web.context import Desk, archive, words
from web.correcting import correcting_pages
from web.errors import answer_errors
from web.forms import prepare, token
from web.history import history_pages
from web.jobs import Jobs, Reindex
from web.language import choose
from web.notes import Notes, revision, template_words
from web.originals import originals
from web.precedents import precedents_pages
from web.quotes import quotes
from web.security import secure
from web.suggestions import kinds
from web.templating import Templates
from web.views import pages
from web.wording import wording_pages

# Rooms whose pages change without a new generation: never answered from the reader's copy.
LIVE = frozenset({"adding", "access", "originals", "history"})


def create_app(
    home: str | Path, reindex: Reindex | None = None, suffixes: Collection[str] = ()
) -> Flask:
    """Return the app for the archive in the folder `home`.

    `reindex` is what a page may call to bring the archive up to date, `suffixes` are those
    that it can read, in lower case; without them the pages only read. Raises HomeError where
    there is no such folder.
    """
    app = Flask(__name__)
    app.request_class = UploadRequest
    app.jinja_environment = Templates
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    # A static file's address names its version: it may be kept for a year.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 86_400
    opened = open_archive(home)
    app.extensions["xianli"] = Desk(opened)
    app.extensions["xianli-notes"] = Notes(Store(opened.home.notes))
    if reindex is not None:
        clear_left_over(opened.home)
        app.extensions["xianli-adding"] = Adding(Jobs(opened, reindex), suffixes)
    app.before_request(_choose_language)
    prepare(app)
    secure(app)
    guard(app, opened.home)
    app.before_request(_answer_from_copy)
    app.after_request(tagged)
    app.context_processor(_template_words)
    for room in (
        pages,
        wording_pages,
        batch_pages,
        precedents_pages,
        quotes,
        clips_pages,
        correcting_pages,
        history_pages,
        adding_pages,
        originals,
        api,
    ):
        app.register_blueprint(room)
    answer_errors(app)
    return app


def _choose_language() -> None:
    g.language = choose(request.args.get("lang"), request.accept_languages)


def _answer_from_copy() -> Response | None:
    if request.endpoint in ("static", "api.job_as_json") or request.blueprint in LIVE:
        return None
    if request.method not in ("GET", "HEAD"):
        return None
    # The token of the forms on a page is good for as long as this app runs.
    state = "\0".join((archive().generation, revision(), token()))
    return unchanged(page_tag(state, words().code))


def _template_words() -> dict[str, Any]:
    """What every template may use: `t` for words, and the few addresses of the frame."""
    language = words()
    args = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return {
        **template_words(),
        "t": language,
        "can_add": "xianli-adding" in current_app.extensions,
        "number": lambda n: f"{n:,}",
        "switch_href": address(request.path, [*args, ("lang", language.other)]),
        "completion_kinds": lambda: kinds(language),
        "path_of": path_of,
        "asset": lambda name: path_of("static", filename=name, v=version()),
    }
