"""The words of the interface, Chinese first; the archive's own texts are never translated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from werkzeug.datastructures import LanguageAccept

from archive.plurals import filled

# The first is the default: where the reader has asked for neither.
LANGUAGES = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the interface; call it with a key to get the words.

    `chosen` says that the reader picked it in the address, so that links must keep it.
    """

    code: str
    strings: Mapping[str, str]
    chosen: bool = False

    @property
    def tag(self) -> str:
        """The language tag of HTML's `lang`."""
        return LANGUAGES[self.code]

    @property
    def other(self) -> str:
        """The code of the language that the reader may switch to."""
        return next(code for code in LANGUAGES if code != self.code)

    @property
    def args(self) -> list[tuple[str, str]]:
        """The parameter that keeps the language in an address, where the reader chose it."""
        return [("lang", self.code)] if self.chosen else []

    def __call__(self, key: str, **values: object) -> str:
        """Return the words under `key`, filled with `values`; KeyError if there are none."""
        words = self.strings[key]
        return filled(words, **values) if values else words


def choose(asked: str | None, accepted: LanguageAccept) -> Language:
    """Return the language asked for in the address, else the browser's, else Chinese.

    >>> choose("en", LanguageAccept()).tag
    'en'
    >>> choose(None, LanguageAccept([("fr", 1.0), ("zh-TW", 0.9), ("en", 0.5)])).tag
    'zh-CN'
    """
    if asked in LANGUAGES:
        return Language(asked, load(asked), chosen=True)
    wanted = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    code = next((code for code in wanted if code in LANGUAGES), "zh")
    return Language(code, load(code))


@cache
def load(code: str) -> Mapping[str, str]:
    """Return the words of a language by dotted key, `search.total` for `total` in [search]."""
    source = resources.files("web").joinpath("strings", f"{code}.toml").read_text("utf-8")
    return {
        f"{table}.{name}": words
        for table, entries in tomllib.loads(source).items()
        for name, words in entries.items()
    }
