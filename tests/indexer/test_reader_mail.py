"""Mails: body, head, attachments by their readers, mails inside mails, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer import extract
from indexer.page import Page
from indexer.readers import mail as reader
from indexer.readers import read_page
from indexer.readers.mail import MAX_DEPTH, read_mail
from tests.fixtures.mail import attached, encoded, html, mail, text, together
from tests.fixtures.mhtml import part
from tests.fixtures.sheet import xlsx

PNG = b"\x89PNG\r\n"
DATE = "Date: Tue, 9 Mar 2021 23:30:00 +0800\r\n"


def body(page: Page) -> list[str]:
    """The texts of a page without the head of the mail."""
    return [block.text for block in page.blocks if "header" not in block.path]


def test_a_mail_has_title_day_and_head(tmp_path: Path) -> None:
    subject = encoded("回复：关于报送材料的", "gb2312") + "\r\n " + encoded("通知喆", "gb2312")
    path = tmp_path / "a.EML"
    path.write_bytes(b"\xef\xbb\xbf" + mail(text("各学校：", "gb2312"), subject=subject, head=DATE))
    page = read_page(path, "a.EML")
    assert (page.title, page.meta) == ("关于报送材料的通知喆", {"publishdate": "2021-03-09"})
    assert [block.text for block in page.blocks] == [
        "发件人：Office <a@example.cn>",
        "日期：Tue, 9 Mar 2021 23:30:00 +0800",
        "各学校：",
    ]
    labelled = extract.label(page)
    assert [block.text for block in labelled.blocks if block.keep] == ["各学校："]
    assert labelled.record.published == "2021-03-09"


@pytest.mark.parametrize("date", ["昨天", "9 Mar 2021 23:30:00 +" + "9" * 30, "99 Mar 0000 1:1"])
def test_a_damaged_date_is_none(date: str) -> None:
    assert read_mail(mail(text("正文。"), head=f"Date: {date}\r\n"), "a.eml").meta == {}


def test_the_html_body_goes_before_the_plain_one() -> None:
    both = together(text("纯文本。"), html("<p>网页正文。<p>二"), kind="multipart/alternative")
    assert body(read_mail(mail(both), "a.eml")) == ["网页正文。", "二"]
    empty = together(text("纯文本。"), html("<img src=cid:1>"), kind="multipart/alternative")
    assert body(read_mail(mail(empty), "a.eml")) == ["纯文本。"]


def test_a_picture_that_the_body_shows_is_no_attachment() -> None:
    shown = part(PNG, "image/png; name=a.png", Content_ID="<1@x>")
    related = together(
        html("<p>正文在这里，有徽标。<img src=cid:1@x>"), shown, kind="multipart/related"
    )
    page = read_mail(mail(related), "a.eml")
    assert (body(page), page.warnings) == (["正文在这里，有徽标。"], ())


@pytest.mark.parametrize(
    ("words", "more", "lines"),
    [
        (
            "一、抓好 \n落实。\n二、Two \nwords\n",
            "; format=flowed",
            ["一、抓好落实。", "二、Two words"],
        ),
        ("Two \nwords\n", "; format=flowed; delsp=yes", ["Twowords"]),
        ("> 上一 \n> 封。\n回 \n>> 更早。\n", "; format=flowed", ["上一封。", "回", "更早。"]),
        ("> 上一封。\n>50%的学校\n", "", ["上一封。", ">50%的学校"]),
    ],
)
def test_plain_lines_are_whole_and_unquoted(words: str, more: str, lines: list[str]) -> None:
    assert body(read_mail(mail(text(words, more=more)), "a.eml")) == lines


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("gb2312", "gb18030"), ("utf-7", "utf-7"), ("hz-gb-2312", "hz"), ("x", "gbk")],
)
def test_a_body_is_decoded_whatever_its_charset_is_called(charset: str, codec: str) -> None:
    data = "教育局的通知".encode(codec)
    assert body(read_mail(mail(part(data, f"text/plain; charset={charset}")), "a.eml")) == [
        "教育局的通知"
    ]


@pytest.mark.parametrize(
    "name",
    [
        f'filename="{encoded("方案喆.txt", "gb2312")}"',
        "filename*=gb2312''%B7%BD%B0%B8%86%B4.txt",
        "filename*0*=utf-8''%E6%96%B9;\r\n filename*1*=%E6%A1%88%E5%96%86.txt",
        'filename="C:\\temp\\方案喆.txt"',
    ],
)
def test_an_attachment_is_read_behind_its_name(name: str) -> None:
    page = read_mail(mail(text("见附件。"), attached(name, "附件正文。".encode())), "a.eml")
    assert [(b.text, b.tag) for b in page.blocks if not b.path] == [
        ("见附件。", "p"),
        ("方案喆.txt", "h2"),
        ("附件正文。", "p"),
    ]


def test_attachments_are_text_beside_an_html_body() -> None:
    words = "".join(f"<p>{n}、全县教育系统坚持立德树人，改善办学条件。</p>" for n in "一二三四五")
    whole = f"<div><p>目录</p></div><div><div>{words}</div></div>"
    files = [attached(f"filename={n}.html", whole.encode()) for n in "ab"]
    labelled = extract.label(read_mail(mail(html(words * 2), *files), "a.eml"))
    assert {block.keep for block in labelled.blocks if "header" not in block.source.path} == {True}
    assert {block.source.place for block in labelled.blocks} == {()}


def test_each_attachment_has_the_reader_of_its_suffix() -> None:
    data = mail(
        attached("filename=a.XLSX", xlsx({"Sheet1": [["学校", "人数"], ["柳溪中学", 12]]})),
        attached("filename=b.html", "<p>网页附件。".encode(), "text/html"),
        text("见附件。"),
    )
    rows = ["见附件。", "a.XLSX", "学校\t人数", "柳溪中学\t12", "b.html", "网页附件。"]
    assert body(read_mail(data, "a.eml")) == rows


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.zip", b"PK", "附件类型不支持"),
        ("a.xlsx", b"PK\x03\x04 nothing", "文件已损坏"),
        ("scan.png", PNG, "附件类型不支持"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(name: str, data: bytes, said: str) -> None:
    page = read_mail(mail(text("见附件。"), attached(f"filename={name}", data)), "a.eml")
    last = page.blocks[-1]
    assert last.text.startswith(f"附件未读取：{name}（{said}")
    assert (last.hidden, page.warnings) == (True, ("unread",))


def test_signatures_are_passed_over() -> None:
    signed = attached("filename=smime.p7s", b"0", "application/pkcs7-signature")
    assert read_mail(mail(text("正文。"), signed), "a.eml").warnings == ()


def nested(depth: int) -> bytes:
    inner = text(f"第{depth}层。")
    if depth == MAX_DEPTH + 1:
        return mail(inner, subject=f"s{depth}")
    more = nested(depth + 1)
    if depth % 2:
        return mail(inner, attached("filename=in.eml", more), subject=f"s{depth}")
    kept = b"Content-Type: message/rfc822\r\n\r\n" + more
    return mail(inner, kept, subject=f"s{depth}")


def test_mails_inside_mails_are_read_to_a_depth() -> None:
    page = read_mail(nested(1), "a.eml")
    texts = body(page)
    assert texts[:-1] == ["第1层。", "in.eml", "第2层。", "s3", "第3层。"]
    assert texts[-1].startswith("附件未读取：in.eml（邮件套邮件超过 3 层")
    assert (page.title, page.warnings) == ("s1", ("unread",))


def test_attachments_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_ATTACHMENTS", 1)
    files = [attached(f"filename={name}.txt", b"Words.") for name in "ab"]
    texts = body(read_mail(mail(text("见附件。"), *files), "a.eml"))
    assert texts[:-1] == ["见附件。", "a.txt", "Words."]
    assert texts[-1].startswith("附件未读取：b.txt（附件超过 1 个")


def test_an_attachment_beyond_a_page_s_text_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.readers.MAX_CHARACTERS", 60)
    data = mail(text("见附件。"), attached("filename=a.txt", ("多" * 50).encode()))
    assert "文字过多" in body(read_mail(data, "a.eml"))[-1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (mail(attached("filename=a.zip", b"PK")), "no text"),
        (mail(part(b"0", "application/pkcs7-mime; name=smime.p7m")), "is encrypted"),
        (mail(text("\n" * 3)), "no text"),
        (mail(b"Content-Type: message/rfc822\r\n\r\n" * 2_000), "too many parts"),
        (mail(text("文 \n" * 50_001, more="; format=flowed")), "lines"),
        (mail(*[text("文")] * 3, subject="x" * 10) + b"\r\n--a" * 20_001, "too many parts"),
    ],
)
def test_what_has_no_text_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_mail(data, "a.eml")
