"""The text of a source as `verify` finds it: without the reader, and without its faults."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest

from archive.store.home import Home
from indexer.page import PageBlock
from indexer.readers.html import reader
from indexer.run.reindex import Options, reindex
from indexer.run.source_text import pieces
from indexer.run.verify import verify

ENCODED = "data:text/html;base64,"
INNER = "<p>各乡镇要在6月30日前报送台账。</p>"
KEY = "各乡镇要在6月30日前报送台账"


def found(tmp_path: Path, page: str) -> list[str]:
    (tmp_path / "a.html").write_text(page, "utf-8")
    return list(pieces(tmp_path / "a.html", "a.html"))


@pytest.mark.parametrize(
    "page",
    [
        INNER,
        f"<div style='display:none'>{INNER}</div>",
        f"<div><template shadowrootmode='open'>{INNER}</template></div>",
        f"<textarea>{INNER.replace('<', '&lt;')}</textarea>",
        f"<noscript>{INNER}</noscript>",
        f'<iframe srcdoc="{INNER}"></iframe>',
        f"<iframe src='{ENCODED}{base64.b64encode(INNER.encode()).decode()}'></iframe>",
        f"<iframe src='data:text/html,{INNER}'></iframe>",
        "<svg><text>各乡镇要在6月30日前报送台账。</text></svg>",
        "<script type='application/ld+json'>"
        + json.dumps({"@graph": [{"articleBody": "各乡镇要在6月30日前报送台账。"}]})
        + "</script>",
    ],
)
def test_text_is_found_wherever_a_page_keeps_it(tmp_path: Path, page: str) -> None:
    assert found(tmp_path, f"<title>通知公告栏目</title>{page}") == [KEY]


@pytest.mark.parametrize(
    "page",
    [
        f"<!-- {INNER} -->",
        "<style>.各乡镇要在六月{}</style>",
        "<script>var text = '各乡镇要在6月30日前'</script>",
        "<select><option>各乡镇各部门</select>",
        f"<iframe src='{ENCODED}*'></iframe>",
        "<script type='application/ld+json'>{</script>",
        "<p>三个字",
    ],
)
def test_what_is_no_text_is_not_asked_for(tmp_path: Path, page: str) -> None:
    assert found(tmp_path, page) == []


def test_runs_of_a_word_file_are_pieces(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("全县共有学校").add_run("１２８所，在校生")
    document.add_table(1, 1).cell(0, 0).text = "第一中学四十六人"
    document.sections[0].header.paragraphs[0].text = "内部文件请勿外传"
    written = io.BytesIO()
    document.save(written)
    (tmp_path / "a.docx").write_bytes(written.getvalue())
    assert sorted(pieces(tmp_path / "a.docx", "a.docx")) == sorted(
        ["全县共有学校", "128所在校生", "第一中学四十六人", "内部文件请勿外传"]
    )


def test_verify_names_text_that_the_reader_dropped_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    page = "<p>云溪县教育局关于开学工作的通知。</p><p>各校要在9月1日前完成校舍检查。</p>"
    (tmp_path / "corpus" / "a.html").write_text(page, "utf-8")
    blocks = reader.unfold

    def forgetful(cut: Sequence[PageBlock]) -> list[PageBlock]:
        return [block for block in blocks(cut) if "校舍" not in block.text]

    home = Home(tmp_path)
    monkeypatch.setattr(reader, "unfold", forgetful)
    reindex(home, Options(jobs=1))
    (difference,) = verify(home)
    assert difference.path == "a.html"
    assert "各校要在9月1日前完成校舍检查" in difference.reason.chinese
