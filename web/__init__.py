"""The way out: search and reading in a browser, and the same as JSON.

request.args → Query → Archive.search → Results → links → template → HTML
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from secrets import token_urlsafe
from typing import Any

from flask import Flask, Response, current_app, g, json, request

import web.api.routes  # noqa: F401 (its addresses are registered on the blueprint)
from archive import open_archive
from archive.fields import FIELDS
from archive.intake.staging import clear_left_over
from archive.notes import Store
from web import pages
from web.api import api
from web.auth.csrf import token
from web.auth.guard import guard
from web.context import AppState, archive, page_links, words
from web.http.caching import page_tag, tagged, unchanged, version
from web.http.errors import answer_errors
from web.http.headers import secure
from web.i18n import choose
from web.pages.upload import UploadRequest, Uploads
from web.presenters.notes import Notes, revision, template_words
from web.server.jobs import Jobs, Reindex
from web.urls.paths import address, path_of

# Blueprints whose pages change without a new generation: never answered with 304.
LIVE = frozenset({"upload", "access", "originals", "history"})


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
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    # A static file's address names its version: it may be kept for a year.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 86_400
    opened = open_archive(home)
    app.extensions["xianli"] = AppState(opened)
    app.extensions["xianli-notes"] = Notes(Store(opened.home.notes))
    if reindex is not None:
        clear_left_over(opened.home)
        app.extensions["xianli-uploads"] = Uploads(Jobs(opened, reindex), suffixes)
    app.before_request(_choose_language)
    # Of the tokens of the forms: another one each time that the app starts.
    app.config["XIANLI_TOKEN"] = token_urlsafe(24)
    secure(app)
    guard(app, opened.home)
    app.before_request(_answer_from_copy)
    app.after_request(tagged)
    app.context_processor(_template_words)
    for page in iter_modules(pages.__path__):
        app.register_blueprint(import_module(f"{pages.__name__}.{page.name}").pages)
    app.register_blueprint(api)
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
    """What every template may use: `t` for words, the links and query of the page, its frame."""
    language, links = words(), page_links()
    args = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    kinds = {field.name: language(f"field.{field.name}") for field in FIELDS}
    kinds["wording"] = language("complete.wording")
    return {
        **template_words(),
        "t": language,
        "links": links,
        "query": links.query,
        "can_add": "xianli-uploads" in current_app.extensions,
        "number": lambda n: f"{n:,}",
        "switch_href": address(request.path, [*args, ("lang", language.other)]),
        "completion_kinds": json.dumps(kinds),
        "path_of": path_of,
        "asset": lambda name: path_of("static", filename=name, v=version()),
    }
