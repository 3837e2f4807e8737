"""One is not many: every English sentence with a count, filled with one."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from flask.testing import FlaskClient

from archive.model import Document, Paragraph
from archive.notes.citation import export_words
from archive.plurals import filled
from tests.fixtures.home import publish
from tests.fixtures.pages import get
from web import create_app
from web.i18n import load

# Limits, which are never one.
LIMITS = {
    *("batch.too_many", "precedents.lead", "add.limits", "add.too_large", "history.too_many"),
}
# A word behind a one that ends like a plural, or a verb of many.
OF_MANY = re.compile(
    r"\b1 (?!ms\b)(?:more |new )?(?!is\b)[a-z]+(?<!s)s\b|\b1 [a-z ]+ (?:are|were)\b"
)


def english() -> dict[str, str]:
    return {
        **load("en"),
        **{f"export.{key}": words for key, words in export_words("en").items()},
    }


def test_no_english_sentence_says_many_of_one() -> None:
    found = []
    for key, words in english().items():
        names = {name for _, name, _, _ in Formatter().parse(words) if name}
        said = filled(words, **dict.fromkeys(names, 1))
        if key not in LIMITS and OF_MANY.search(said):
            found.append(f"{key}: {said}")
    assert found == []


def test_both_forms_are_used_as_the_number_says() -> None:
    words = load("en")["add.done"]
    assert filled(words, n="1", paragraphs="1") == "Done: 1 file, 1 paragraph."
    assert filled(words, n=0, paragraphs="1,001") == "Done: 0 files, 1,001 paragraphs."


def test_each_choice_names_two_forms() -> None:
    for key, words in english().items():
        for _, name, choice, _ in Formatter().parse(words):
            assert not choice or (name and choice.count("|") == 1), key


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    one = Document("a.txt", "a.txt", "题", "0" * 64), [Paragraph("a.txt", 0, "只有一段的文字。")]
    publish(tmp_path, [one])
    return create_app(tmp_path).test_client()


@pytest.mark.parametrize("address", ["/search?q=只有一段", "/wording?q=只有一段"])
def test_a_page_with_one_result_says_so(client: FlaskClient, address: str) -> None:
    shown = get(client, f"{address}&lang=en").get_text(" ", strip=True)
    assert re.search(r"\b1 (?:paragraph|match)\b", shown)
    assert not re.search(r"\b1 (?:paragraphs|matches|files)\b", shown)
