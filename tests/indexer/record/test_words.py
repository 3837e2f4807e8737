"""Numbers of documents in the forms that offices print, and what is none."""

from __future__ import annotations

import pytest

from indexer.record.words import is_number


@pytest.mark.parametrize(
    "text",
    [
        "清政办发〔2021〕8号",
        "清教 [2020] 12 号",
        "（清人社发（2019）103号）",
        "清水司〔2022〕第33号",
        "〔2021〕青应急字第5号",
        "清革发（74）12号",
        "清府办发电〔２０２１〕８８号",
        "清财办建【2020】5-1号",
        "清政发﹝2020)5号",
        "清政发〔二〇二〇〕十八号",
        "清溪市人民政府令第8号",
        "清溪市财政局公告2023年第6号",
    ],
)
def test_a_number_is_known_in_every_form(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "根据清政办发〔2021〕8号",
        "见清教〔2020〕12号",
        "按照清溪市人民政府令第8号",
        "清政办发〔2021〕8号文件要求如下",
        "第8号",
        "2021年第3期",
        "电话：0000-12号",
    ],
)
def test_what_cites_or_only_counts_is_no_number(text: str) -> None:
    assert not is_number(text)
