"""The password of an archive that others can reach, as a hash; and the secret of its sessions.

    access.json      {"scheme": "scrypt", "n", "r", "p", "salt", "hash", "secret"}

The file is in the home and for its owner alone. A new password brings a new secret, which
ends every session that was begun under the old one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from archive.errors import ArchiveError, HomeError
from archive.files import write_atomically
from archive.store.home import Home

# Characters: one password for a whole office is guessed by many for long. NIST SP 800-63B
# asks for eight at least and against any rule on which signs must be there.
SHORTEST_PASSWORD = 10
# Bytes; what is longer is no password, and hashing it would be work for nothing.
MAX_PASSWORD_LENGTH = 1_024

# OWASP's password storage cheat sheet, 32 MB and three rounds: a quarter of a second here.
_N, _R, _P = 1 << 15, 8, 3
_MEMORY = 128 * _N * _R * 2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may enter: the password's hash with its salt and costs, and the sessions' secret."""

    n: int
    r: int
    p: int
    salt: bytes
    hashed: bytes
    secret: bytes

    def admits(self, password: str) -> bool:
        """Whether this is the password. Takes a quarter of a second and 32 MB."""
        given = _bytes(password)
        if len(given) > MAX_PASSWORD_LENGTH:
            return False
        made = hashlib.scrypt(
            given, salt=self.salt, n=self.n, r=self.r, p=self.p, maxmem=_MEMORY, dklen=32
        )
        return hmac.compare_digest(made, self.hashed)


def set_password(home: Home, password: str) -> None:
    """Set the password of `home`; all sessions end. Raises ArchiveError for a poor one."""
    given = _bytes(password)
    if len(password.strip()) < SHORTEST_PASSWORD or len(given) > MAX_PASSWORD_LENGTH:
        raise ArchiveError(
            "password.length",
            shortest_password=SHORTEST_PASSWORD,
            longest_password=MAX_PASSWORD_LENGTH,
        )
    salt = secrets.token_bytes(16)
    hashed = hashlib.scrypt(given, salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)
    content = {"scheme": "scrypt", "n": _N, "r": _R, "p": _P}
    content |= {"salt": salt.hex(), "hash": hashed.hex(), "secret": secrets.token_hex(32)}
    write_private(home.access, json.dumps(content))


def remove_password(home: Home) -> bool:
    """Take the password away; whether there was one."""
    try:
        home.access.unlink()
    except FileNotFoundError:
        return False
    return True


def read_access(home: Home) -> Access | None:
    """Return who may enter; None where no password is set.

    Raises HomeError where the file cannot be read: then nobody may.
    """
    return _access_of(home.access)


class Watched(Generic[T]):
    """What `read` makes of a small file, read again whenever the file is another."""

    def __init__(self, path: Path, read: Callable[[Path], T]) -> None:
        self._path = path
        self._read = read
        self._known: tuple[tuple[int, int, int] | None, T] | None = None

    def get(self) -> T:
        """The present content."""
        state = self._state()
        known = self._known
        if known is None or known[0] != state:
            self._known = known = (state, self._read(self._path))
        return known[1]

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size


def watched_access(home: Home) -> Watched[Access | None]:
    """Who may enter, for a server: a password set meanwhile counts at once."""
    return Watched(home.access, _access_of)


def write_private(path: Path, text: str) -> None:
    """Write a small file for its owner alone; a crash leaves the old or the new content."""
    try:
        write_atomically(path, text.encode(), mode=0o600)
    except OSError as error:
        raise HomeError("password.cannot_write", path=path, strerror=error.strerror) from error


def _access_of(path: Path) -> Access | None:
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["scheme"] != "scrypt":
            raise ValueError(content["scheme"])
        costs = [int(content[name]) for name in ("n", "r", "p")]
        parts = [bytes.fromhex(content[name]) for name in ("salt", "hash", "secret")]
        return Access(*costs, *parts)  # type: ignore[arg-type]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HomeError("password.cannot_read", path=path) from error


def _bytes(password: str) -> bytes:
    """A password as bytes, the same however its accents were typed (RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
