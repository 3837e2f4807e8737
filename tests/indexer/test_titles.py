"""The title of a text that prints none is what its articles' titles have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.pipeline import read_source

BODY = "全年扎实推进各项工作，群众满意度明显提高，干部作风持续好转。"


def title_of(folder: Path, lines: list[str], name: str = "x-31.txt") -> str:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    (reading,) = read_source(path, name)
    return reading.document.title


@pytest.mark.parametrize(
    ("titles", "whole"),
    [
        (["精选区教育局工作总结简短一", "精选区教育局工作总结简短二"], "区教育局工作总结"),
        (["镇民政办工作总结范文篇1", "镇民政办工作总结范文篇2"], "镇民政办工作总结"),
        (["街道安全工作汇报篇一", "街道安全工作汇报篇二"], "街道安全工作汇报"),
    ],
)
def test_the_compilers_words_and_figures_go(tmp_path: Path, titles: list[str], whole: str) -> None:
    assert title_of(tmp_path, [titles[0], BODY, BODY, titles[1], BODY, BODY]) == whole


def test_a_printed_title_stays(tmp_path: Path) -> None:
    lines = ["镇工作材料汇编", "镇工作总结篇一", BODY, BODY, "镇工作总结篇二", BODY, BODY]
    assert title_of(tmp_path, lines) == "镇工作材料汇编"
    page = "<title>精选镇工作总结两篇</title>" + "".join(f"<p>{line}</p>" for line in lines[1:])
    assert title_of(tmp_path, [page], "a.html") == "精选镇工作总结两篇"


def test_titles_that_only_number_leave_the_files_name(tmp_path: Path) -> None:
    assert title_of(tmp_path, ["【篇一】", BODY, BODY, "【篇二】", BODY, BODY]) == "x-31"
