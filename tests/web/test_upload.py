"""Adding documents in the browser: what is sent, what is refused, what becomes of it."""

from __future__ import annotations

import io
import json
import random
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from archive.errors import EngineError, LockedError
from archive.store.home import Home
from indexer.pipeline import SUFFIXES
from indexer.run.reindex import Options
from indexer.run.reindex import reindex as run
from tests.fixtures.pages import get
from tests.fixtures.schemas import check
from web import create_app
from web.pages import upload
from web.server import jobs

HERE = {"Origin": "http://localhost"}
TEXT = "关于做好2021年校园安全工作的通知\n各学校要落实安全责任，开展安全检查，消除安全隐患。\n"

Progress = Callable[[int, int], None]


class Reading:
    """A reindex in this process, which can be held, and made to fail."""

    def __init__(self, root: Path) -> None:
        self._home = Home.open(root)
        self.free = threading.Event()
        self.free.set()
        self.started = threading.Event()
        self.errors: list[Exception] = []
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, paths: Sequence[str], progress: Progress) -> Mapping[str, Any]:
        self.asked.append(tuple(paths))
        self.started.set()
        self.free.wait(60)
        if self.errors:
            raise self.errors.pop(0)
        return run(self._home, Options(paths=tuple(paths), jobs=1), progress).to_dict()


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    made = Reading(tmp_path)
    yield made
    made.free.set()


@pytest.fixture
def client(tmp_path: Path, reading: Reading) -> FlaskClient:
    return create_app(tmp_path, reading, SUFFIXES).test_client()


def token_of(client: FlaskClient) -> str:
    field = get(client, "/add").select_one("form.drop input[name=token]")
    assert field
    return str(field["value"])


def send(client: FlaskClient, *files: tuple[str, bytes], **headers: str) -> Any:
    data = {
        "token": token_of(client),
        "file": [(io.BytesIO(content), name) for name, content in files],
    }
    return client.post("/add", data=data, headers=headers or HERE)


def packed(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def finished(client: FlaskClient, answer: Any) -> BeautifulSoup:
    """The page of the job that an answer leads to, once it is over."""
    assert answer.status_code == 303
    address = answer.headers["Location"]
    for _ in range(1200):
        page = get(client, address)
        if not page.select("[data-job]"):
            return page
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def state(page: BeautifulSoup) -> str:
    found = page.select_one("#state")
    assert found
    return found.get_text(strip=True)


def alert(answer: Any) -> str:
    found = BeautifulSoup(answer.text, "lxml").select_one("[role=alert]")
    assert found
    return found.get_text(" ", strip=True)


def corpus(root: Path) -> list[str]:
    return sorted(
        path.relative_to(root / "corpus").as_posix()
        for path in (root / "corpus").rglob("*")
        if path.is_file()
    )


def test_what_is_sent_can_be_found_and_read(client: FlaskClient, tmp_path: Path) -> None:
    page = finished(client, send(client, ("校园安全通知.txt", TEXT.encode())))
    assert "1 个文件" in state(page)
    assert (tmp_path / "corpus" / "校园安全通知.txt").read_text("utf-8") == TEXT
    row = page.select_one("main table tbody tr, main table tr:has(td)")
    assert row
    assert "2021 年" in row.get_text()
    link = row.select_one("a")
    assert link
    assert "校园安全" in get(client, str(link["href"])).get_text()
    assert get(client, "/search?q=消除安全隐患").select(".hits > .hit")
    assert not any((tmp_path / ".xianli" / "incoming").iterdir())


@pytest.mark.parametrize(
    "content",
    [
        (TEXT * 1_000).encode(),
        b"\r\n" * 1_000_000,
        b"\r\n--" * 1_000_000,
        b"\r" * 3_000_000 + b"\n",
        random.Random(7).randbytes(5_000_000),
    ],
    ids=["text", "lines", "seams", "returns", "noise"],
)
def test_a_large_file_arrives_as_it_was_sent(
    client: FlaskClient, reading: Reading, tmp_path: Path, content: bytes
) -> None:
    reading.errors = [EngineError("index.closed")]
    head = b'Content-Disposition: form-data; name="%s"\r\n\r\n'
    parts = [
        head % b"token" + token_of(client).encode(),
        head % 'file"; filename="大.txt'.encode() + content,
    ]
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    answer = client.post(
        "/add",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=edge",
        headers=HERE,
    )
    assert answer.status_code == 303
    assert (tmp_path / "corpus" / "大.txt").read_bytes() == content


def test_an_archive_and_files_go_together_and_problems_stand_first(client: FlaskClient) -> None:
    content = packed({"甲.txt": TEXT, "乙.html": "<p>" + "均衡发展。" * 20, "图.png": "x"})
    page = finished(
        client,
        send(client, ("年报.zip", content), ("照片.jpg", b"x"), ("空.txt", b"")),
    )
    rows = [th.get_text() for th in page.select("main th[scope=row]")]
    assert sorted(rows[:2]) == ["照片.jpg", "空.txt"]
    assert sorted(rows[2:]) == ["年报/乙.html", "年报/甲.txt"]
    assert "年报/图.png" in page.get_text() or "图.png" in page.get_text()
    assert "2 个文件" in state(page)
    assert "2 个没有收进档案" in state(page)


def test_the_same_again_is_there_already_and_another_is_refused(
    client: FlaskClient, tmp_path: Path
) -> None:
    finished(client, send(client, ("通知.txt", TEXT.encode())))
    again = finished(client, send(client, ("通知.txt", TEXT.encode())))
    assert "已在档案里" in again.get_text()
    assert again.select("main td a[href*='/document/']")
    renamed = finished(client, send(client, ("另名.txt", TEXT.encode())))
    assert "名为 通知.txt" in renamed.get_text()
    other = send(client, ("通知.txt", b"other"))
    assert other.status_code == 400
    assert "改名" in alert(other)
    assert corpus(tmp_path) == ["通知.txt"]
    assert (tmp_path / "corpus" / "通知.txt").read_text("utf-8") == TEXT


def test_a_file_that_cannot_be_read_says_why(client: FlaskClient) -> None:
    page = finished(client, send(client, ("坏.pdf", b"no pdf at all"), ("好.txt", TEXT.encode())))
    first = page.select_one("main tr:has(td)")
    assert first
    assert "坏.pdf" in first.get_text()
    assert first.select_one("td .refused")
    assert page.select("main td a[href*='/document/']")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("坏.zip", packed({"../a.txt": TEXT})),
        ("坏.zip", b"PK\x03\x04 no archive"),
        ("里.zip", packed({"a.zip": TEXT})),
        ("照片.jpg", b"x"),
        ("空.txt", b""),
        ("a\u202etxt.html", b"x"),
        ("../../a.txt", b"x"),
        ("con.txt", b"x"),
        ("字" * 100 + ".txt", b"x"),
    ],
)
def test_where_nothing_can_be_taken_the_form_says_why(
    client: FlaskClient, reading: Reading, tmp_path: Path, name: str, content: bytes
) -> None:
    answer = send(client, (name, content))
    assert answer.status_code == 400
    assert len(alert(answer)) > 10
    assert "\u202e" not in answer.text
    assert corpus(tmp_path) == []
    assert not any((tmp_path / ".xianli" / "incoming").iterdir())
    assert not reading.asked


def test_a_form_without_a_file_says_so(client: FlaskClient) -> None:
    answer = client.post("/add", data={"token": token_of(client)}, headers=HERE)
    assert answer.status_code == 400
    assert "没有选择文件" in alert(answer)


def test_too_much_is_refused_on_a_page_and_leaves_nothing(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "LARGEST_UPLOAD", 100_000)
    token = token_of(client)
    large = {"token": token, "file": (io.BytesIO(b"x" * 200_000), "大.txt")}
    many = {
        "token": token,
        "file": [(io.BytesIO(b"x"), f"{n}.txt") for n in range(upload.MAX_FILES_SENT + 1)],
    }
    for data in (large, many):
        answer = client.post("/add", data=data, headers=HERE)
        assert answer.status_code == 413
        assert "ZIP" in alert(answer)
        assert corpus(tmp_path) == []
    # The length is counted, not believed.
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        + b"x" * 200_000
        + b"\r\n--b--\r\n"
    )
    answer = client.post(
        "/add",
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=b",
        headers=HERE | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert corpus(tmp_path) == []
    assert not any((tmp_path / ".xianli" / "incoming").iterdir())


@pytest.mark.parametrize("address", ["/add", "/add/update"])
@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", HERE),
        ("x", HERE),
        (None, {}),
        (None, {"Origin": "null"}),
        (None, {"Origin": "http://elsewhere.example"}),
        (None, {"Origin": "https://localhost"}),
        (None, HERE | {"Sec-Fetch-Site": "cross-site"}),
        (None, HERE | {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_nothing_is_taken_from_elsewhere(
    client: FlaskClient,
    reading: Reading,
    tmp_path: Path,
    address: str,
    token: str | None,
    headers: dict[str, str],
) -> None:
    own = token_of(client)
    data = {
        "file": (io.BytesIO(TEXT.encode()), "a.txt"),
        "token": own if token is None else token,
    }
    assert client.post(address, data=data, headers=headers).status_code == 403
    assert corpus(tmp_path) == []
    assert not reading.asked


def test_a_second_job_waits_for_the_first(client: FlaskClient, reading: Reading) -> None:
    reading.free.clear()
    first = send(client, ("甲.txt", TEXT.encode()))
    assert reading.started.wait(10)
    second = send(client, ("乙.txt", b"second text, quite another one"))
    page = get(client, second.headers["Location"])
    assert "还有 1 次" in state(page)
    assert page.select_one("noscript meta[http-equiv=refresh]")
    address = page.select_one("[data-job]")
    assert address
    told = json.loads(client.get(str(address["data-job"])).data)
    assert (told["state"], told["over"]) == ("waiting", False)
    assert told["said"] == state(page)
    reading.free.set()
    finished(client, first)
    assert "1 个文件" in state(finished(client, second))
    told = json.loads(client.get(str(address["data-job"])).data)
    assert told["over"]
    assert told["files"][0]["path"] == "乙.txt"
    assert told["files"][0]["documents"][0]["paragraphs"] >= 1
    schemas = client.get("/api/openapi.json").get_json()["components"]["schemas"]
    assert list(check(told, schemas["Job"], schemas)) == []
    assert reading.asked == [("甲.txt",), ("乙.txt",)]
    assert [a.get_text() for a in get(client, "/add").select("main section a")] == [
        "乙.txt",
        "甲.txt",
    ]


def test_a_job_waits_while_another_process_writes(
    client: FlaskClient, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LOCKED_PAUSE", 0.01)
    reading.errors = [LockedError("home.being_written"), LockedError("home.being_written")]
    page = finished(client, send(client, ("甲.txt", TEXT.encode())))
    assert "1 个文件" in state(page)
    assert len(reading.asked) == 3


def test_a_job_that_fails_says_why_and_the_next_one_runs(
    client: FlaskClient, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    reading.errors = [EngineError("index.closed"), RuntimeError("secret")]
    assert "已经关闭，请再试一次" in state(
        finished(client, send(client, ("甲.txt", TEXT.encode())))
    )
    second = finished(client, send(client, ("乙.txt", b"second text, quite another one")))
    assert "程序出错" in state(second)
    assert "secret" not in second.get_text()
    assert "1 个文件" in state(finished(client, send(client, ("丙.txt", b"third text, the last"))))


def test_more_jobs_than_can_wait_are_refused_and_nothing_is_lost(
    client: FlaskClient, reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.free.clear()
    send(client, ("甲.txt", TEXT.encode()))
    assert reading.started.wait(10)
    for n in range(jobs.MAX_WAITING):
        assert send(client, (f"{n}.txt", f"text number {n}".encode())).status_code == 303
    answer = send(client, ("多.txt", b"one too many"))
    assert answer.status_code == 503
    assert "更新档案" in answer.text
    assert "多.txt" in corpus(tmp_path)


def test_what_was_put_into_the_folder_by_hand_is_read_on_request(
    client: FlaskClient, reading: Reading, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "手放.txt").write_text(TEXT, "utf-8")
    (tmp_path / "corpus" / "坏.pdf").write_bytes(b"no pdf")
    answer = client.post("/add/update", data={"token": token_of(client)}, headers=HERE)
    page = finished(client, answer)
    assert "新增 2 个" in state(page)
    assert "坏.pdf" in page.get_text()
    assert reading.asked == [()]


def test_what_a_killed_server_left_half_received_is_cleared_at_the_next_start(
    tmp_path: Path, reading: Reading
) -> None:
    left = tmp_path / ".xianli" / "incoming" / "left"
    left.mkdir(parents=True)
    (left / "1").write_bytes(b"half")
    create_app(tmp_path, reading, SUFFIXES)
    assert not left.exists()


def test_a_server_that_only_reads_has_no_page_to_add(tmp_path: Path) -> None:
    client = create_app(tmp_path).test_client()
    assert client.get("/add").status_code == 404
    assert client.post("/add", headers=HERE).status_code == 404
    assert not get(client, "/").select("nav a[href*='/add']")


def test_an_unknown_job_is_not_found(client: FlaskClient) -> None:
    assert client.get("/add/nothing").status_code == 404
    answer = client.get("/api/jobs/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_only_the_newest_finished_jobs_are_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_KEPT", 1)
    answers = [
        send(client, (f"{n}.txt", f"text number {n}, a plain one".encode())) for n in range(2)
    ]
    for answer in answers:
        finished(client, answer)
    last = send(client, ("末.txt", b"the last text of them all"))
    assert client.get(answers[0].headers["Location"]).status_code == 404
    finished(client, last)
