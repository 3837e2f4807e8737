"""Files with a mark of secrecy: found, held back everywhere, read only when they are allowed."""

from __future__ import annotations

import json
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import SourceError
from archive.notes import Clips, Store
from archive.notes.anchors import Anchor, Source
from archive.notes.clips import DEFAULT
from archive.notes.export import ExportFormat, export_clips
from archive.query.query import parse
from archive.store.allowed import ALLOWED, allow, read_allowed
from archive.store.catalog import SourceState
from archive.store.home import Home
from archive.store.library import Archive
from indexer.record.secrecy import secrecy
from indexer.run.reindex import Options, reindex
from indexer.run.report import Report
from indexer.run.verify import verify
from indexer.run.watch import Watch
from indexer.sources import digest
from tests.fixtures.commands import xianli
from tests.fixtures.docx import docx, par, table

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
        (["绝密·启用前", *BODY], "绝密·启用前"),
        (["秘密★会后收回", *BODY], "秘密★会后收回"),
        (["公文密级：机密（10年）　　缓急：特急件", *BODY], "机密(10年)"),
        (["密 级：秘密  页数：3", *BODY], "秘密"),
        # On a line with the letterhead, the number or a title.
        (["清溪县教育局文件　　机密★5年", *BODY], "机密★5年"),
        (["清教发〔2023〕9号　　　　机 密 ☆ 5年", *BODY], "机密★5年"),
        (["国家秘密 机密*10年", *BODY], "机密★10年"),
        (["机密★5年（副本）", "关于清查国家秘密载体的通知", "各学校："], "机密★5年"),
        (["岚水〔2022〕15号　　秘密", *BODY], "秘密"),
        (["机　密　　清 溪 县 教 育 局 文 件", *BODY], "机密"),
        (["000012 清溪县人民政府 特急 绝密", *BODY], "绝密"),
        (["清教发〔2023〕9号\t秘密", *BODY], "秘密"),
        (["清溪县教育局关于命题工作的通知（机密）", "各学校："], "机密"),
        (["【秘密】关于报送名单的函", "县教育局："], "秘密"),
        (["关于命题工作的通知", "（绝密）", "各学校："], "绝密"),
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
        ["密级：绝密/机密/秘密", *BODY],
        ["密级", "期限", "绝密", "30年", "机密", "20年", "秘密", "10年"],
        ["机密★★★★", "秘密★表示密级", *BODY],
        ["一、什么是定密", "秘密", "二、怎样定密", "由承办人提出。"],
        ["机密文件管理办法", "第一条 为了加强管理，制定本办法。"],
        ["1" * 60 + "机密" + "2" * 50],
        ["关于学习贯彻保守国家秘密法的通知", "各学校：", "关于加强秘密工作的意见"],
        ["密级标注为机密★5年的文件由专人保管。"],
        ["书写示例：清溪县教育局文件 机密★5年"],
        ["绝密★30年 机密★20年 秘密★10年"],
        ["绝密★30年（最长）", "机密★20年（最长）"],
        ["1.考试命题方案（机密）", "2.阅卷教师名单（机密）"],
        ["附件：命题方案（机密）"],
        ["成长 秘密 花园", "春天来了。"],
        ["国家秘密分为三级（绝密、机密、秘密）"],
    ],
)
def test_a_text_about_secrecy_has_no_mark(lines: list[str]) -> None:
    assert secrecy(lines) is None


# The run

SECRET = "命题组的名单另行下达，不得外传。"
HEAD = "000012  机密★5年  特急\n清溪县教育局文件\n清教发〔2021〕3号\n"
MARKED = f"{HEAD}\n清溪县教育局关于命题工作的通知\n\n各学校：\n{SECRET}\n"
PLAIN = "清溪县教育局关于保密工作的通知\n\n各学校：\n机密文件由专人保管，秘密级文件登记造册。\n"
ROWS = [
    {"doc_id": "one", "title": "关于开学的通知", "text": "九月一日开学。"},
    {"doc_id": "two", "title": "关于命题的通知", "text": "机密★1年", "n": 1},
    {"doc_id": "two", "title": "关于命题的通知", "text": SECRET, "n": 2},
    {"doc_id": "three", "title": "关于命题的函", "text": SECRET, "secrecy": "秘密"},
]
JSONL = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    return Home.open(tmp_path)


def put(home: Home, name: str, content: str | bytes) -> Path:
    path = home.corpus / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def run(home: Home, **options: object) -> Report:
    return reindex(home, replace(Options(jobs=1), **options))  # type: ignore[arg-type]


def states(report: Report) -> tuple[list[str], int]:
    return [source.path for source in report.held], report.documents


def in_state(home: Home, text: str) -> bool:
    """Whether any file of the generation that answers has this text."""
    generation = home.current()
    assert generation
    files = [path for path in generation.folder.rglob("*") if path.is_file()]
    return any(text.encode() in path.read_bytes() for path in files)


def allow_file(home: Home, path: Path) -> None:
    allow(home, digest(path), path.name, "")


def test_a_marked_file_leaves_only_its_name_and_the_reason(home: Home) -> None:
    put(home, "m.txt", MARKED)
    put(home, "p.txt", PLAIN)
    report = run(home)
    assert states(report) == (["m.txt"], 1)
    assert (report.failed, report.held[0].state) == ([], SourceState.HELD)
    assert "机密★5年" in report.held[0].chinese
    assert "allow" in report.held[0].english
    assert "涉密 / held" in report.to_text()
    assert report.to_dict()["held"][0]["path"] == "m.txt"
    with Archive(home) as archive:
        stats = archive.stats()
        assert [source.path for source in stats.held] == ["m.txt"]
        assert stats.to_dict()["held"][0]["state"] == "held"
        assert "m.txt" in stats.to_text()
        assert archive.search("命题").total == 0
        assert archive.source("m.txt")[1] == []
    assert not in_state(home, SECRET)
    assert not in_state(home, "命题工作")
    assert in_state(home, "关于保密工作的通知")
    assert list(verify(home)) == []
    again = run(home)
    assert (again.published, states(again)) == (False, (["m.txt"], 1))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_table_a_page_and_a_text_are_held_in_any_kind_of_run(
    home: Home, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.run.reindex.SMALL_RUN", 0)
    put(home, "p.txt", PLAIN)
    put(home, "m.txt", MARKED)
    cells = table([par("000012"), par("")], [par("机 密"), par("")])
    rest = par("清溪县教育局文件") + par("关于命题的通知") + par(SECRET)
    put(home, "w.docx", docx(cells + rest))
    rows = "<tr><td>文号</td><td>清教〔2020〕3号</td></tr><tr><td>密级</td><td>秘密</td></tr>"
    put(home, "h.html", f"<table>{rows}</table><h1>关于命题的通知</h1><p>{SECRET}</p>")
    assert states(run(home, jobs=jobs)) == (["h.html", "m.txt", "w.docx"], 1)
    put(home, "later.txt", MARKED + "续")
    assert states(run(home, jobs=jobs)) == (["h.html", "later.txt", "m.txt", "w.docx"], 1)
    assert not in_state(home, SECRET)


def test_an_allowed_file_is_read_until_it_changes_or_the_list_does(home: Home) -> None:
    path = put(home, "m.txt", MARKED)
    put(home, "p.txt", PLAIN)
    run(home)
    allow_file(home, path)
    assert [found.reason.key for found in verify(home)] == ["verify.correction"]
    report = run(home)
    assert (report.changed, states(report)) == (1, ([], 2))
    assert list(verify(home)) == []
    assert not run(home).published
    # A run of other paths does not forget why it was read.
    (home.rules / ALLOWED).unlink()
    put(home, "q.txt", PLAIN + "又")
    assert states(run(home, paths=("q.txt",))) == ([], 3)
    assert states(run(home)) == (["m.txt"], 2)
    assert not run(home).published
    allow_file(home, path)
    assert states(run(home)) == ([], 3)
    put(home, "m.txt", MARKED + "另：名单已换。")
    assert states(run(home)) == (["m.txt"], 2)


def test_a_document_of_many_is_held_back_alone(home: Home) -> None:
    path = put(home, "many.jsonl", JSONL)
    report = run(home)
    assert states(report) == (["many.jsonl"], 1)
    assert "two、three" in report.held[0].chinese
    assert not in_state(home, SECRET)
    assert list(verify(home)) == []
    assert not run(home).published
    allow_file(home, path)
    assert states(run(home)) == ([], 3)
    path.unlink()
    put(home, "p.txt", PLAIN)
    assert states(run(home)) == ([], 1)


def test_a_document_that_was_read_leaves_and_its_clips_are_named(home: Home) -> None:
    path = put(home, "m.txt", MARKED)
    allow_file(home, path)
    run(home)
    with closing(Store(home.notes)) as store, Archive(home) as archive:
        clips = Clips(store)
        (paragraph,) = archive.scan(parse("名单"))
        source = Source.of(paragraph, archive.document("m.txt"))
        anchor = Anchor(paragraph.paragraph_id, paragraph.text)
        clips.toggle(anchor, source, archive.generation)
        (home.rules / ALLOWED).unlink()
        report = run(home)
        assert (states(report), report.held_clips) == ((["m.txt"], 0), 1)
        assert "xianli notes" in report.to_text()
        for listed in (clips.listed(DEFAULT), clips.lost()):
            assert [(clip.held, clip.attached, clip.anchor.text) for clip in listed] == [
                (True, False, "")
            ]
            assert (listed[0].source.title, listed[0].source.path) == ("", "m.txt")
            for form in ExportFormat:
                written = export_clips(listed, "", form, "zh")
                assert SECRET.encode() not in written
                assert "命题".encode() not in written
        said = xianli("notes", home=home.root, language="zh")
        assert said.returncode == 1
        assert "m.txt: #1 涉密未读" in said.stdout
        assert "名单" not in said.stdout
        # Where its file is gone too, its words stay held back; where it is read, they are shown.
        path.rename(home.root / "kept")
        put(home, "p.txt", PLAIN)
        run(home)
        clips.settle(archive)
        assert clips.lost()[0].held
        (home.root / "kept").rename(path)
        allow_file(home, path)
        run(home)
        clips.settle(archive)
        (clip,) = clips.listed(DEFAULT)
        assert (clip.held, clip.attached, clip.anchor.text) == (False, True, SECRET)


def test_a_failure_beside_a_mark_is_tried_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(home, "many.jsonl", JSONL)
    monkeypatch.setattr("indexer.pipeline._read_record", lambda *_: 1 / 0)
    report = run(home)
    assert ([s.path for s in report.failed], report.held) == (["many.jsonl"], [])
    monkeypatch.undo()
    assert states(run(home)) == (["many.jsonl"], 1)
    assert path.exists()


def test_a_watch_says_what_it_holds_back(home: Home) -> None:
    said: list[str] = []
    watching = Watch(home, 1, lambda chinese, english: said.append(chinese + english))
    put(home, "m.txt", MARKED)
    put(home, "p.txt", PLAIN)
    watching.look()
    watching.look()
    assert any("涉密未读 m.txt" in line and "held back" in line for line in said)


@pytest.mark.parametrize(
    "listed", ["[[file]]\n", 'file = "x"', "[[file]]\ndigest = 3\n", "[[file", b"\xff"]
)
def test_a_damaged_list_reads_nothing(home: Home, listed: str | bytes) -> None:
    put(home, "m.txt", MARKED)
    home.rules.mkdir()
    data = listed.encode() if isinstance(listed, str) else listed
    (home.rules / ALLOWED).write_bytes(data)
    with pytest.raises(SourceError) as caught:
        run(home)
    assert caught.value.key == "rules.allowed"
    with pytest.raises(SourceError):
        allow(home, "0" * 64, "m.txt", "")
    assert (home.rules / ALLOWED).read_bytes() == data


def test_the_list_keeps_what_people_wrote_and_any_name(home: Home) -> None:
    home.rules.mkdir()
    (home.rules / ALLOWED).write_text("# 由保密办管理\n", "utf-8")
    for at, name in enumerate(('引"号\\.txt', "行\n.txt", "\x7f\udcff.txt", "甲.txt", "甲.txt")):
        allow(home, f"{min(at, 3):064x}", name, "张某\t准许")
    assert read_allowed(home) == {f"{at:064x}" for at in range(4)}
    text = (home.rules / ALLOWED).read_text("utf-8")
    assert text.startswith("# 由保密办管理\n\n[[file]]\n")
    paths = [file["path"] for file in tomllib.loads(text)["file"]]
    assert paths == ['引"号\\.txt', "行\n.txt", "\x7f\\udcff.txt", "甲.txt"]


# The command line


def test_explain_refuses_in_words_until_it_is_allowed(home: Home) -> None:
    path = put(home, "m.txt", MARKED)
    for more in ([], ["--json"], ["--text"]):
        refused = xianli("explain", *more, str(path), home=home.root, language="zh")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "机密★5年" in refused.stderr
        assert "xianli allow" in refused.stderr
        assert "名单" not in refused.stderr
    done = xianli("allow", "--comment", "张某", str(path), home=home.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert (home.rules / ALLOWED).read_text("utf-8").count('comment = "张某"') == 1
    assert SECRET in xianli("explain", "--text", str(path), home=home.root).stdout
    assert xianli("allow", "nowhere.txt", home=home.root).returncode == 1
    assert xianli("allow", home=home.root).returncode == 2


def test_reindex_ends_well_and_import_keeps_nothing(home: Home, tmp_path: Path) -> None:
    put(home, "old.txt", MARKED)
    put(home, "p.txt", PLAIN)
    done = xianli("reindex", home=home.root, language="zh")
    assert (done.returncode, done.stderr) == (0, "")
    assert "old.txt: 标有密级“机密★5年”" in done.stdout
    assert xianli("stats", home=home.root).stdout.count("old.txt") == 1
    outside = tmp_path / "new.txt"
    outside.write_text(MARKED + "又", "utf-8")
    sent = xianli("import", str(outside), str(home.corpus / "old.txt"), home=home.root)
    assert sent.returncode == 1
    assert "new.txt" in sent.stderr
    assert "xianli allow" in sent.stderr
    assert outside.exists()
    outside.write_text(MARKED, "utf-8")
    for copy in (outside, home.corpus / "old.txt"):
        same = xianli("import", str(copy), home=home.root, language="zh").stderr
        assert "标有密级，没有读入" in same
        assert "已在档案里" not in same
    assert sorted(path.name for path in home.corpus.iterdir()) == ["old.txt", "p.txt"]
    with Archive(home) as archive:
        assert [source.path for source in archive.held()] == ["old.txt"]
