"""Texts kept folded, and read back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.engines.whoosh.arrays import ArrayFile, write_arrays
from archive.engines.whoosh.strings import Texts, text_arrays
from archive.text.fold import fold

# Signs in both widths, characters that fold to several, Traditional forms, and anything.
SIGNS = "，,：:（(〔【）)…①⑴℃％ﬁＡaA發髮学。 \n\t\ud800😀\u200b\ufe0f\u3164"
TEXTS = st.lists(st.text(st.sampled_from(SIGNS)) | st.text(), max_size=8)


@given(TEXTS)
def test_a_text_comes_back_as_it_was_written_and_folded(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("texts") / "texts.arrays"
    folded = [fold(text) for text in texts]
    write_arrays(path, text_arrays(texts, folded))
    kept = Texts(ArrayFile(path))
    assert [kept[at] for at in range(len(texts))] == list(zip(texts, folded, strict=True))


def test_print_as_it_mostly_is_needs_nothing_beside_its_folded_form() -> None:
    text = "推进均衡发展（一期）：新建学校12所，改建3所；完成了吗？完成了！"
    assert len(text_arrays([text], [fold(text)])["odd.at"]) == 0
