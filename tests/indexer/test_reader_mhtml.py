"""MHTML: pages saved as one file, by browsers and by word processors."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer.readers import read_page
from indexer.readers.mhtml import MAX_MULTIPARTS, MAX_PARTS, read_mhtml
from tests.fixtures.mhtml import message, page, part


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_mhtml(data, "a.mhtml").blocks]


@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "binary"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_the_page_is_decoded_from_every_transfer_encoding(coding: str, charset: str) -> None:
    assert texts(message(part(page(charset), coding=coding))) == [
        "云溪县教育工作总结",
        "一、推进均衡发展。",
    ]


def test_address_and_title_come_from_the_message_where_the_page_says_nothing() -> None:
    subject = "=?utf-8?B?" + base64.b64encode("教育局总结".encode()).decode() + "?="
    data = message(
        part(page(), Content_Location="https://www.example.cn/a/1.html"),
        head=f"Subject: {subject}\r\n".encode(),
    )
    read = read_mhtml(data, "a.mht")
    assert (read.title, read.url) == ("教育局总结", "https://www.example.cn/a/1.html")


def test_the_page_s_own_title_goes_before_the_subject() -> None:
    data = message(part(page(title="工作总结")), head=b"Subject: other\r\n")
    assert read_mhtml(data, "a.mht").title == "工作总结"


def test_a_subject_in_bare_bytes_is_decoded() -> None:
    data = message(part(page()), head="Subject: 教育局工作总结\r\n".encode("gbk"))
    assert read_mhtml(data, "a.mht").title == "教育局工作总结"


def test_a_path_on_a_disk_is_no_address() -> None:
    assert read_mhtml(message(part(page(), Content_Location="file:///C:/a.htm")), "a").url is None


def test_the_part_that_start_names_is_the_page() -> None:
    data = message(
        part(b"<p>ad", Content_ID="<1@x>"),
        part(page(), Content_ID="<2@x>"),
        start='; start="<2@x>"',
    )
    assert texts(data)[0] == "云溪县教育工作总结"


def test_frames_are_read_behind_the_page_that_shows_them() -> None:
    data = message(
        part(page(more='<iframe src="cid:2@x"></iframe>'), Content_ID="<1@x>"),
        part("<p>二、框架里的正文。".encode(), Content_ID="<2@x>"),
    )
    assert texts(data)[-1] == "二、框架里的正文。"
    outer, *_, inner = read_mhtml(data, "a").blocks
    assert outer.place[0] != inner.place[0]
    assert read_mhtml(data, "a").warnings == ("frames",)


def test_a_frameset_gives_its_frames_by_their_addresses() -> None:
    frames = b"<html><frameset><frame src='menu.htm'><frame src='text.htm'></frameset></html>"
    data = message(
        part(frames, Content_Location="http://www.example.cn/a/index.htm"),
        part("<p>目录".encode(), Content_Location="http://www.example.cn/a/menu.htm"),
        part(page(), Content_Location="http://www.example.cn/a/text.htm"),
    )
    assert texts(data) == ["目录", "云溪县教育工作总结", "一、推进均衡发展。"]


def test_a_word_processor_s_page_headers_are_no_part_of_the_page() -> None:
    data = message(
        part(page("gb2312"), Content_Location="file:///C:/1/a.htm"),
        part("<p>内部资料".encode(), Content_Location="file:///C:/1/a.files/header.htm"),
        part(b"<xml/>", "text/xml", Content_Location="file:///C:/1/a.files/filelist.xml"),
    )
    assert texts(data) == ["云溪县教育工作总结", "一、推进均衡发展。"]


def test_a_frame_that_shows_itself_ends() -> None:
    loop = '<iframe src="cid:1@x"></iframe>'
    assert len(texts(message(part(page(more=loop), Content_ID="<1@x>")))) == 2


def test_a_plain_page_under_the_suffix_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    path.write_bytes(page("gb2312"))
    assert read_page(path, "a.mht").blocks[0].text == "云溪县教育工作总结"


def test_a_message_cut_short_gives_what_is_there_or_an_error() -> None:
    whole = message(part(page(more="<p>三、下一步打算。" * 200)))
    assert texts(whole[: len(whole) // 2])[0] == "云溪县教育工作总结"
    with pytest.raises(SourceError, match="no text inside"):
        read_mhtml(whole[:200], "a.mhtml")


@pytest.mark.parametrize(
    "data",
    [
        message(*[b"\r\n"] * (MAX_PARTS + 1)),
        message() + b"\nContent-Type: multipart/mixed; boundary=b" * (MAX_MULTIPARTS + 1),
    ],
    ids=["parts", "levels"],
)
def test_more_parts_than_a_page_has_are_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="too many parts"):
        read_mhtml(data, "a.mhtml")


def test_hostile_frames_cost_no_more_than_their_length() -> None:
    data = message(part(b"<p>text</p>" + b"<iframe " * 50_000 + b">"))
    assert texts(data) == ["text"]
