"""The auth guard: where a password is set, only the login page is shown without a session."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import HomeError
from archive.store.access import Access, watched_access
from archive.store.home import Home
from web.auth.csrf import is_own_form, safe_redirect
from web.auth.rate_limit import Attempts
from web.auth.sessions import LIFETIME, Sessions
from web.context import words
from web.http.errors import problem
from web.urls.paths import address

access_pages = Blueprint("access", __name__)

# What is shown to everyone: the login page and the static files.
OPEN = frozenset({"static", "access.login", "access.enter"})
# Passwords hashed at once, of 32 MB and a quarter of a second each, and the seconds that one
# more waits for its turn.
MAX_AT_ONCE = 2
TIME_BUDGET = 5.0
# Characters of an address that is remembered through the login.
MAX_NEXT_LENGTH = 4_000

# Browsers take the second from an encrypted page of this very host alone.
_COOKIES = {False: "xianli", True: "__Host-xianli"}


class AuthGuard:
    """Decides which requests may reach the archive in a home."""

    def __init__(self, home: Home) -> None:
        self.sessions = Sessions(home.state / "sessions.json")
        self.attempts = Attempts()
        self._access = watched_access(home)
        self._hashing = threading.Semaphore(MAX_AT_ONCE)
        # A digest of the password last found right, so that a script that sends it with
        # every question is not kept waiting; the key is never stored.
        self._key = secrets.token_bytes(32)
        self._right: tuple[Access, bytes] | None = None

    def access(self) -> Access | None:
        """The password that is set now. Raises HomeError where it cannot be read."""
        return self._access.get()

    def admits(self, access: Access, password: str, sender: str) -> float | None:
        """Try a password: None where it is right, else the seconds to wait (0: wrong)."""
        given = password.encode("utf-8", "surrogatepass")
        digest = hmac.new(self._key, given, hashlib.sha256).digest()
        right = self._right
        if right and right[0] is access and hmac.compare_digest(right[1], digest):
            return None
        if wait := self.attempts.begin(sender):
            return wait
        if not self._hashing.acquire(timeout=TIME_BUDGET):
            return TIME_BUDGET
        try:
            if not access.admits(password):
                return 0.0
        finally:
            self._hashing.release()
        self.attempts.succeeded(sender)
        self._right = (access, digest)
        return None

    def is_open_to(self, cookies: str) -> bool:
        """Whether a request with this Cookie header may enter: asked before its body is read."""
        access = self.access()
        if access is None:
            return True
        given = parse_cookie(cookies)
        found = (given[name] for name in _COOKIES.values() if name in given)
        return any(self.sessions.find(access, value) for value in found)


def guard(app: Flask, home: Home) -> None:
    """Require a session, where a password is set, for every page of `app`.

    With `XIANLI_NEEDS_PASSWORD` nothing is answered where no password is set.
    """
    app.config.setdefault("XIANLI_NEEDS_PASSWORD", False)
    app.extensions["xianli-auth"] = AuthGuard(home)
    app.before_request(_check)
    app.context_processor(lambda: {"signed_in": bool(g.get("session"))})
    app.register_blueprint(access_pages)


def auth() -> AuthGuard:
    """The guard of the app that answers."""
    found: AuthGuard = current_app.extensions["xianli-auth"]
    return found


def _check() -> BaseResponse | None:
    """Answer a request that may not pass; None lets it pass."""
    try:
        access = auth().access()
    except HomeError as error:
        # The place of the file is for the log, not for strangers.
        current_app.logger.error("%s", error)
        raise HomeError("password.cannot_check") from error
    if access is None:
        if current_app.config["XIANLI_NEEDS_PASSWORD"]:
            raise HomeError("password.not_set")
        return None
    given = request.cookies.get(_COOKIES[request.is_secure], "")
    g.session = auth().sessions.find(access, given) if given else None
    if g.session or request.endpoint in OPEN:
        return None
    if request.path.startswith("/api/"):
        return _check_program(access)
    wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ""
    wanted = wanted if len(wanted) <= MAX_NEXT_LENGTH else request.path
    pairs = [("next", wanted)] if wanted not in ("", "/") else []
    return redirect(address(url_for("access.login"), [*pairs, *words().args]), 303)


def _check_program(access: Access) -> Response | None:
    """Let a program in that sends the password with its request (HTTP Basic, any name)."""
    t = words()
    sent = request.authorization
    if sent is None or sent.type != "basic" or sent.password is None:
        return _challenge(problem(401, t("error.e401"), t("error.e401_text")))
    wait = auth().admits(access, sent.password, request.remote_addr or "")
    if wait is None:
        return None
    if wait:
        return _later(problem(429, t("error.e429"), t("access.wait", n=math.ceil(wait))), wait)
    return _challenge(problem(401, t("error.e401"), t("access.wrong")))


@access_pages.get("/login")
def login() -> str | BaseResponse:
    """The form for the password."""
    if auth().access() is None or g.get("session"):
        return redirect(safe_redirect(request.args.get("next", ""), "/"), 303)
    return _form(request.args.get("next", ""))


@access_pages.post("/login")
def enter() -> BaseResponse | tuple[str, int]:
    """Begin a session where the password is right, and lead to the page that was asked for."""
    access = auth().access()
    wanted = request.form.get("next", "")
    t = words()
    if access is None:
        return redirect(safe_redirect(wanted, "/"), 303)
    if not is_own_form():
        return _form(wanted, t("access.expired")), 403
    wait = auth().admits(access, request.form.get("password", ""), request.remote_addr or "")
    if wait:
        refused = _form(wanted, t("access.wait", n=math.ceil(wait)))
        return _later(Response(refused, 429, mimetype="text/html"), wait)
    if wait is not None:
        return _form(wanted, t("access.wrong")), 403
    answer = redirect(safe_redirect(wanted, "/"), 303)
    answer.set_cookie(
        _COOKIES[request.is_secure],
        auth().sessions.begin(access),
        max_age=LIFETIME,
        secure=request.is_secure,
        httponly=True,
        # Not strict: a link in a letter must lead to its document.
        samesite="Lax",
    )
    return answer


@access_pages.post("/logout")
def leave() -> BaseResponse | tuple[str, int]:
    """End the session."""
    if not is_own_form():
        return _form("", words()("access.expired")), 403
    if g.get("session"):
        auth().sessions.end(g.session)
    answer = redirect(url_for("access.login"), 303)
    answer.delete_cookie(_COOKIES[request.is_secure], secure=request.is_secure, httponly=True)
    if request.is_secure:
        # What this browser has kept of the archive goes too; browsers obey it over TLS alone.
        answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _form(wanted: str, refused: str = "") -> str:
    return render_template(
        "login.html",
        wanted=safe_redirect(wanted, ""),
        refused=refused,
    )


def _later(answer: Response, wait: float) -> Response:
    answer.retry_after = math.ceil(wait)
    return answer


def _challenge(answer: Response) -> Response:
    answer.headers["WWW-Authenticate"] = 'Basic realm="xianli", charset="UTF-8"'
    return answer
