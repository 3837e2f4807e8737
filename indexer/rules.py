"""What a home is read by: our rules, the user's own beside them, the templates learned.

A user's files lie in the home's folder `rules/`: `rules.toml` (boilerplate), `profiles.toml`
(site families), `facts.toml` (dated facts), `taxonomy.toml` (topics). Each extends ours and
has the shape of ours. A Guide says where they are and travels with each task; a process
reads them once. Beside them lies the list of the files with a mark of secrecy that may be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from archive.errors import SourceError
from archive.store.allowed import ALLOWED, read_allowed
from archive.store.checksums import check
from archive.store.home import Home
from indexer.dating.facts import Facts, load_facts
from indexer.extract import Templates
from indexer.extract.rules import Rules, load_rules
from indexer.extract.templates import load_learned
from indexer.readers.html.profiles import Profile, load_profiles
from indexer.topics.taxonomy import Taxonomy, load_taxonomy

USER_FILES = ("rules.toml", "profiles.toml", "facts.toml", "taxonomy.toml")


@dataclass(frozen=True, slots=True)
class Guide:
    """Where what a home is read by lies.

    `rules` is the folder of the user's files and `templates` the file of learned ones,
    each None where there is none; `digest` covers what all of them hold. Sources with a mark of
    secrecy are held back unless their digests are `allowed`; None: for no home, nothing is held.
    """

    rules: Path | None = None
    templates: Path | None = None
    digest: str = ""
    allowed: frozenset[str] | None = None

    def holds(self, digest: str) -> bool:
        """Whether a source with this digest is held back if it bears a mark of secrecy."""
        return self.allowed is not None and digest not in self.allowed


@dataclass(frozen=True, slots=True, eq=False)
class ReadingRules:
    """All that decides how a page is read, ready for use."""

    boilerplate: Rules
    profiles: Sequence[Profile]
    facts: Facts
    taxonomy: Taxonomy
    templates: Templates


def guide(home: Home, templates: Path | None = None) -> Guide:
    """What `home` is read by, with the learned `templates` of one of its generations.

    Raises SourceError, naming the file, where one of the user's cannot be used, and
    EngineError where the learned ones are damaged.
    """
    files = _user_files(home.rules)
    learned = templates if templates is not None and templates.is_file() else None
    found = hashlib.blake2b(digest_size=8)
    if learned:
        check(learned)
    for path in (*files, *([learned] if learned else [])):
        found.update(path.name.encode() + b"\0" + _bytes(path))
    allowed = read_allowed(home)
    made = Guide(home.rules if files else None, learned, found.hexdigest(), allowed)
    reading_rules(made)
    return made


def current_guide(home: Home) -> Guide:
    """What `home` is read by now. Raises SourceError, HomeError, StaleIndexError."""
    generation = home.current()
    return guide(home, None if generation is None else generation.templates)


def with_templates(known: Guide, templates: Path) -> Guide:
    """`known` with templates that have just been learned, for reading by them."""
    digest = hashlib.blake2b(_bytes(templates), key=known.digest.encode(), digest_size=8)
    return replace(known, templates=templates, digest=digest.hexdigest())


def rules_digest(home: Home) -> str:
    """A digest of all that decides how a page is read: our code and data, the user's files.

    Another digest means that sources read before would read otherwise now. Learned
    templates are not in it: they belong to a generation.
    """
    found = hashlib.blake2b(digest_size=8)
    own = Path(__file__).parent
    for path in sorted(p for p in own.rglob("*") if p.suffix in (".py", ".toml")):
        found.update(path.relative_to(own).as_posix().encode() + b"\0" + _bytes(path))
    for path in _user_files(home.rules):
        found.update(f"rules/{path.name}".encode() + b"\0" + _bytes(path))
    return found.hexdigest()


@lru_cache(maxsize=4)
def reading_rules(made: Guide) -> ReadingRules:
    """The rules that `made` speaks of, read once a process. Raises SourceError."""
    # These two remember files by name: another digest may mean another content.
    load_facts.cache_clear()
    load_taxonomy.cache_clear()
    return ReadingRules(
        boilerplate=load_rules(_file(made, "rules.toml")),
        profiles=load_profiles(_file(made, "profiles.toml")),
        facts=load_facts(_file(made, "facts.toml")),
        taxonomy=load_taxonomy(_file(made, "taxonomy.toml")),
        templates=load_learned(made.templates).templates if made.templates else Templates(),
    )


def _file(made: Guide, name: str) -> Path | None:
    path = made.rules / name if made.rules else None
    return path if path is not None and path.is_file() else None


def _user_files(folder: Path) -> list[Path]:
    """The user's files, by name; one with a name that nothing reads is refused."""
    try:
        # What is allowed to be read changes no reading: it is followed file by file.
        found = sorted(p for p in folder.iterdir() if p.suffix == ".toml" and p.name != ALLOWED)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(folder, error) from error
    for path in found:
        if path.name not in USER_FILES:
            known = " ".join(USER_FILES)
            raise SourceError("rules.unknown_file", path=path, known=known)
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError("rules.cannot_read", path=path, strerror=error.strerror)
