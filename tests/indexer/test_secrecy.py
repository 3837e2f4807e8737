"""Files with a mark of secrecy: found, held back everywhere, read only when they are allowed."""

from __future__ import annotations

import pytest

from indexer.record.secrecy import secrecy

BODY = ["清溪县教育局关于做好命题工作的通知", "各学校：", "现就命题工作通知如下。"]


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["机密★启用前", *BODY], "机密★启用前"),
        (["　绝 密 ＊ 长 期　", *BODY], "绝密★长期"),
        (["机密", "附件1", *BODY], "机密"),
        (["首页", "通知公告", "秘密", "特急", *BODY], "秘密"),
        (["\u200b机密\ufeff★5年", *BODY], "机密★5年"),
        (["索引号：000014348  密级：秘密  发文机关：清溪县教育局", *BODY], "秘密"),
        (["密级", "机密", *BODY], "机密"),
        (["索引号\t000014348\t密级：\t机密★10年\t页数\t3", *BODY], "机密★10年"),
        # A second document on the page.
        ([*BODY, "清溪县教育局", "2021年3月5日", "机密★1年", *BODY], "机密★1年"),
    ],
)
def test_a_mark_is_found_in_any_head(lines: list[str], mark: str) -> None:
    assert secrecy(lines) == mark


@pytest.mark.parametrize(
    "lines",
    [
        BODY,
        ["保密工作要点", "机密文件专人保管。", "秘密", "不得外传。"],
        ["秘密", "那年夏天，我有了一个秘密。", "谁也没有说。"],
        ["密级和保密期限", "绝密★30年", "机密★20年", "秘密★10年"],
        ["密级：", "紧急程度：", "标题："],
        ["密级\t绝密\t机密\t秘密", "份数\t\t\t"],
        ["标注如下：", "机密★10年", *BODY],
        ["密级：机密级以上文件由机要室保管。", *BODY],
        ["密级：公开", *BODY],
        ["一、什么是定密", "秘密", "二、怎样定密", "由承办人提出。"],
        ["机密文件管理办法", "第一条 为了加强管理，制定本办法。"],
        ["1" * 60 + "机密" + "2" * 50],
    ],
)
def test_a_text_about_secrecy_has_no_mark(lines: list[str]) -> None:
    assert secrecy(lines) is None
