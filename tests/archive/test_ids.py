"""Ids: one source, one id, safe wherever an id is written."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ids import build_document_id, build_paragraph_id, parse_paragraph_id

# What a path in a corpus may hold: anything but empty, `.` and `..` elements.
names = (
    st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=12)
    | st.text("ab_-~. :é\u0301總总", min_size=1, max_size=4)
    | st.sampled_from(("总结.html", "a b.html", "a_b.html", "x" * 120, "总" * 80))
).filter(lambda name: name not in (".", ".."))
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
doc_ids = st.none() | st.text("ab/_-~. 总", max_size=4)
sources = st.tuples(paths, doc_ids)


@given(one=sources, other=sources)
def test_two_sources_have_two_ids(
    one: tuple[str, str | None], other: tuple[str, str | None]
) -> None:
    assert (build_document_id(*one) == build_document_id(*other)) == (one == other)


@given(path=st.text("a_~ ", min_size=1, max_size=2), other=st.text("a_~ ", min_size=1, max_size=2))
def test_names_that_differ_only_in_unsafe_characters_have_two_ids(path: str, other: str) -> None:
    assert (build_document_id(path) == build_document_id(other)) == (path == other)


@pytest.mark.parametrize("path", ["a b", "总结 (1).html", "x" * 300, "总" * 300])
def test_a_file_called_like_anothers_id_gets_an_id_of_its_own(path: str) -> None:
    taken = build_document_id(path)
    assert build_document_id(taken) != taken


@given(source=sources)
def test_an_id_is_safe_in_a_url_and_in_a_file_name(source: tuple[str, str | None]) -> None:
    made = build_document_id(*source)
    assert re.fullmatch(r"[\w.\-~]+", made)
    assert unquote(quote(made)) == made
    assert len(made.encode()) <= 230
    assert build_document_id(*source) == made


def test_an_ordinary_path_can_be_read_in_its_id() -> None:
    assert build_document_id("2021/教育局/总结.html") == "2021~教育局~总结.html"


@given(source=sources, ordinal=st.integers(0, 10**9 - 1))
def test_a_paragraph_id_reads_back(source: tuple[str, str | None], ordinal: int) -> None:
    document_id = build_document_id(*source)
    made = build_paragraph_id(document_id, ordinal)
    assert parse_paragraph_id(made) == (document_id, ordinal)


@given(text=st.text("a:0１19٣- ", max_size=6) | st.text())
def test_what_reads_as_a_paragraph_id_is_spelt_as_one(text: str) -> None:
    try:
        parsed = parse_paragraph_id(text)
    except ValueError:
        return
    assert build_paragraph_id(*parsed) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "a",
        "a:",
        ":1",
        "a:b",
        "a:-1",
        "a:1.0",
        "a:01",
        "a: 1",
        "a:１",
        "a:٣",
        "a:²",
        "a:1\n",
        "a:" + "9" * 5000,
    ],
)
def test_what_is_no_paragraph_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a paragraph id"):
        parse_paragraph_id(text)
