"""No figure is changed: the digits of a source come out of every reader, in their order."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.pipeline import read_source
from tests.fixtures.docx import docx, par, run, table
from tests.fixtures.pdf import LEFT, STEP, TOP, Text, pdf_file, typeset

DIGITS = re.compile(r"[0-9]")
WORDS = ("全县共有学校", "比上年增长", "安排资金", "完成投资", "在校学生达", "巩固率达到", "其中")
UNITS = ("所", "%", "个百分点", "万元", "亿元", "人", "平方米")
# What is raised above the line, and never part of the figure before it.
MARKS = ("1", "2", "12", "[3]", "①")


@dataclass(frozen=True)
class Sentence:
    """A paragraph, and the mark of a note that stands behind its figure at `at`."""

    text: str
    at: int
    mark: str


Row = tuple[str, ...]
Part = Sentence | Row

figures = st.one_of(
    st.integers(0, 99_999).map(str),
    st.decimals(0, 999, places=2, allow_nan=False).map(str),
    st.integers(1_000, 9_999_999).map("{:,}".format),
)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    clauses = draw(
        st.lists(
            st.tuples(st.sampled_from(WORDS), figures, st.sampled_from(UNITS)),
            min_size=2,
            max_size=6,
        )
    )
    text = "，".join("".join(clause) for clause in clauses) + "。"
    first = "".join(clauses[0][:2])
    return Sentence(text, len(first), draw(st.sampled_from(("", *MARKS))))


rows = st.lists(st.one_of(figures, st.sampled_from(WORDS), st.just("")), min_size=3, max_size=3)
tables = st.lists(rows.map(tuple), min_size=3, max_size=12)
documents = st.lists(st.one_of(sentences().map(lambda one: (one,)), tables), min_size=3, max_size=8)


def as_text(parts: list[tuple[Part, ...]]) -> tuple[str, bytes]:
    lines = [
        part.text if isinstance(part, Sentence) else "\t".join(part)
        for group in parts
        for part in group
    ]
    return ".txt", "\n\n".join(lines).encode()


def as_page(parts: list[tuple[Part, ...]]) -> tuple[str, bytes]:
    body = ""
    for group in parts:
        if isinstance(group[0], Sentence):
            before, behind = group[0].text[: group[0].at], group[0].text[group[0].at :]
            mark = f"<sup>{group[0].mark}</sup>" if group[0].mark else ""
            body += f"<p>{before}{mark}{behind}</p>"
        else:
            cells = ("".join(f"<td>{html.escape(c)}</td>" for c in row) for row in group)
            body += "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
    return ".html", f"<html><body><div>{body}</div></body></html>".encode()


def as_word(parts: list[tuple[Part, ...]]) -> tuple[str, bytes]:
    body = ""
    for group in parts:
        if isinstance(group[0], Sentence):
            one = group[0]
            raised = run(one.mark, '<w:vertAlign w:val="superscript"/>') if one.mark else ""
            body += par(run(one.text[: one.at]) + raised + run(one.text[one.at :]))
        else:
            body += table(*([par(cell) for cell in row] for row in group))
    return ".docx", docx(body)


def as_pdf(parts: list[tuple[Part, ...]]) -> tuple[str, bytes]:
    pages: list[list[Text]] = []
    sentences: list[str] = []
    for group in (*parts, ()):
        if group and isinstance(group[0], Sentence):
            sentences.append(group[0].text)
            continue
        # A table has a page of its own.
        pages += typeset(sentences) if sentences else []
        sentences.clear()
        pages.append(
            [
                (LEFT + 150 * column, TOP - STEP * line, 16.0, cell)
                for line, row in enumerate(group)
                for column, cell in enumerate(row)
                if cell
            ]
        )
    # A page without text would be taken for a scan.
    return ".pdf", pdf_file([page for page in pages if page])


@pytest.mark.parametrize(
    ("write", "marked"),
    [(as_text, False), (as_page, True), (as_word, True), (as_pdf, False)],
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=documents)
def test_the_digits_of_a_source_are_those_of_its_blocks_and_cuts(
    tmp_path: Path,
    write: Callable[[list[tuple[Part, ...]]], tuple[str, bytes]],
    marked: bool,
    parts: list[tuple[Part, ...]],
) -> None:
    suffix, data = write(parts)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    (reading,) = read_source(path, path.name)
    flat = [part for group in parts for part in group]
    texts = "".join(part.text if isinstance(part, Sentence) else "".join(part) for part in flat)
    marks = "".join(part.mark for part in flat if isinstance(part, Sentence) and marked)
    blocks = reading.document.blocks
    read = "".join(block.text.removeprefix(block.added) for block in blocks)
    cut = "".join(piece for block in blocks for piece in block.cut)
    assert DIGITS.findall(read) == DIGITS.findall(texts)
    assert DIGITS.findall(cut) == DIGITS.findall(marks)
    kept = "".join(block.text for block in blocks if block.keep)
    held = "".join(p.text + "".join(p.cut) for p in reading.paragraphs)
    assert sorted(DIGITS.findall(held)) == sorted(
        DIGITS.findall(kept + "".join(c for b in blocks if b.keep for c in b.cut))
    )
