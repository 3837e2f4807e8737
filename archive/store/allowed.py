"""Files with a mark of secrecy that may be read all the same: `rules/allowed.toml`.

[[file]]
digest = "…"      SHA-256 of the file's bytes: a file that is changed is held back again
path = "…"        where it lay, for people
date = 2024-05-06
comment = "…"
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib

from archive.errors import HomeError, SourceError
from archive.files import file_lock, write_atomically
from archive.store.home import Home

ALLOWED = "allowed.toml"

_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_allowed(home: Home) -> frozenset[str]:
    """The digests of the files that may be read. Raises SourceError where that cannot be told."""
    path = home.rules / ALLOWED
    try:
        files = tomllib.loads(path.read_text("utf-8")).get("file", [])
        digests = frozenset(file["digest"] for file in files)
        if not all(map(_DIGEST.fullmatch, digests)):
            raise ValueError("digest")
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise SourceError("rules.cannot_read", path=path, strerror=error.strerror) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SourceError("rules.allowed", path=path, error=error) from error
    return digests


def allow(home: Home, digest: str, path: str, comment: str) -> None:
    """Let the file with this digest be read from the next run on; what is listed stays.

    Raises SourceError where the list is damaged, HomeError where it cannot be written.
    """
    listed = home.rules / ALLOWED
    try:
        home.rules.mkdir(exist_ok=True)
        home.state.mkdir(exist_ok=True)
        with file_lock(home.state / "allowed.lock"):
            if digest in read_allowed(home):
                return
            before = listed.read_text("utf-8") if listed.exists() else ""
            day = datetime.datetime.now(datetime.UTC).date()
            entry = (
                f'[[file]]\ndigest = "{digest}"\npath = {_quoted(path)}\ndate = {day}\n'
                f"comment = {_quoted(comment)}\n"
            )
            parts = [before.rstrip("\n"), entry] if before.strip() else [entry]
            write_atomically(listed, "\n\n".join(parts).encode())
    except OSError as error:
        raise HomeError("rules.cannot_write", path=listed, strerror=error.strerror) from error


def _quoted(text: str) -> str:
    """A text as TOML writes it: as JSON does, and DEL and lone surrogates escaped too."""
    plain = text.encode("utf-8", "backslashreplace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
