"""The readers' own work: kept whole, found again after a reindex, never lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import NotesError
from archive.model import Dating, Paragraph, Record, YearBasis
from archive.notes import Clips, Searches, Store, schema, store
from archive.notes.anchors import Anchor, Source
from archive.notes.clips import DEFAULT, MAX_CLIPS, Clip, now
from archive.notes.news import Seen, found, news
from archive.notes.searches import MAX_RECENT, Answer, Recent
from archive.query.query import parse
from archive.store.home import Home
from archive.store.library import Archive
from indexer.run.reindex import Options, reindex

FIRST = "云溪县2020年教育工作总结\n\n一、主要做法\n{}全力推进义务教育均衡发展。新建学校12所。\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    return Home.open(tmp_path)


@pytest.fixture
def clips(home: Home) -> Iterator[Clips]:
    kept = Store(home.notes)
    yield Clips(kept)
    kept.close()


def write(home: Home, path: str, text: str) -> None:
    (home.corpus / path).write_text(text, "utf-8")


def index(home: Home, *, full: bool = False) -> Archive:
    reindex(home, Options(jobs=1, full=full))
    return Archive(home)


def clip(clips: Clips, archive: Archive, query: str, words: str = "") -> int:
    """Take the only paragraph that `query` finds, or the `words` of it, into the clips."""
    (paragraph,) = archive.scan(parse(query))
    anchor = Anchor(paragraph.paragraph_id, paragraph.text)
    if words:
        at = paragraph.text.index(words)
        anchor = replace(anchor, start=at, stop=at + len(words))
    source = Source.of(paragraph, archive.document(paragraph.document_id))
    number, inside = clips.toggle(anchor, source, archive.generation)
    assert inside
    return number


def listed(clips: Clips) -> list[str]:
    return [clip.anchor.passage for clip in clips.listed(DEFAULT)]


def filled(clips: Clips, *texts: str) -> list[int]:
    """Clips of paragraphs that no archive needs to have."""
    return [
        clips.toggle(Anchor(f"a:{n}", text), Source("题", "a.txt", "", n, Dating()), "000001")[0]
        for n, text in enumerate(texts)
    ]


def test_reading_makes_no_file(home: Home, clips: Clips) -> None:
    assert clips.listed(DEFAULT) == []
    assert [c.name for c in clips.collections()] == [""]
    assert Store(home.notes).revision() == ""
    assert not home.notes.exists()


def test_a_commit_is_on_the_disk_and_keys_are_kept(home: Home, clips: Clips) -> None:
    filled(clips, "甲")
    with Store(home.notes).reading() as db:
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert [path.name for path in home.root.glob("notes*")] == ["notes.sqlite"]


def test_clips_are_noted_ordered_removed_and_put_back(clips: Clips) -> None:
    one, two, three = filled(clips, "甲", "乙", "丙")
    clips.annotate(two, "  开头可用\r\n第二行 ")
    clips.move(three, -2)
    assert listed(clips) == ["丙", "甲", "乙"]
    clips.move(three, -1)
    clips.move(one, 5)
    assert listed(clips) == ["丙", "乙", "甲"]
    clips.remove(two)
    assert listed(clips) == ["丙", "甲"]
    assert [c.clip_id for c in clips.removed(DEFAULT)] == [two]
    clips.restore(two)
    assert listed(clips) == ["丙", "乙", "甲"]
    assert clips.listed(DEFAULT)[1].note == "开头可用\n第二行"


def test_taking_a_passage_twice_takes_it_out_and_its_note_comes_back(clips: Clips) -> None:
    (number,) = filled(clips, "甲")
    clips.annotate(number, "备注")
    anchor, source = Anchor("a:0", "甲"), Source("题", "a.txt", "", 0, Dating())
    assert clips.toggle(anchor, source, "000001") == (number, False)
    assert listed(clips) == []
    assert clips.toggle(anchor, source, "000001") == (number, True)
    assert clips.listed(DEFAULT)[0].note == "备注"


def test_collections_are_made_named_and_dropped_without_losing_a_clip(clips: Clips) -> None:
    filled(clips, "甲")
    other = clips.make(" 2024 年  总结 ")
    assert clips.current() == other
    filled(clips, "乙")
    clips.rename(other, "总结")
    assert [(c.name, c.count) for c in clips.collections()] == [("", 1), ("总结", 1)]
    with pytest.raises(NotesError, match="总结"):
        clips.make("总结")
    clips.transfer(clips.listed(DEFAULT)[0].clip_id, other)
    assert [c.anchor.text for c in clips.listed(other)] == ["乙", "甲"]
    clips.drop(other)
    assert (clips.current(), listed(clips)) == (DEFAULT, ["乙", "甲"])
    for name in ("", " ", "字" * 41):
        with pytest.raises(NotesError):
            clips.make(name)
    with pytest.raises(NotesError):
        clips.drop(DEFAULT)


def test_what_is_too_much_is_refused(clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.notes.clips.MAX_CLIPS", 2)
    one, _ = filled(clips, "甲", "乙")
    assert MAX_CLIPS > 2
    with pytest.raises(NotesError, match="2"):
        clips.toggle(Anchor("b:0", "丙"), Source("题", "b.txt", "", 0, Dating()), "1")
    with pytest.raises(NotesError, match="2,001"):
        clips.annotate(one, "字" * 2_001)
    with pytest.raises(NotesError):
        clips.annotate(999, "没有")


def test_clips_survive_a_reindex_that_shifts_the_ordinals(home: Home, clips: Clips) -> None:
    write(home, "a.txt", FIRST.format(""))
    archive = index(home)
    clip(clips, archive, "新建学校")
    clip(clips, archive, "均衡发展", "新建学校12所。")
    before = [c.anchor.paragraph_id for c in clips.listed(DEFAULT)]
    write(home, "a.txt", FIRST.format("一是经费投入持续增长。\n二是师资队伍不断加强。\n"))
    clips.settle(index(home))
    after = clips.listed(DEFAULT)
    assert [c.anchor.paragraph_id for c in after] != before
    assert all(c.attached for c in after)
    assert listed(clips)[1] == "新建学校12所。"
    assert [p.text for p in archive.lookup([c.anchor.paragraph_id for c in after])] == [
        c.anchor.text for c in after
    ]


def test_a_clip_stays_with_its_words_where_the_paragraph_grew(home: Home, clips: Clips) -> None:
    write(home, "a.txt", FIRST.format(""))
    clip(clips, index(home), "新建学校", "新建学校12所。")
    write(home, "a.txt", FIRST.format("").replace("12所。", "12所。改造校舍3处。"))
    clips.settle(index(home))
    (kept,) = clips.listed(DEFAULT)
    assert kept.attached
    assert kept.anchor.passage == "新建学校12所。"
    assert kept.anchor.text.endswith("改造校舍3处。")


def test_a_clip_follows_a_file_that_was_renamed(home: Home, clips: Clips) -> None:
    write(home, "a.txt", FIRST.format(""))
    clip(clips, index(home), "新建学校")
    (home.corpus / "a.txt").rename(home.corpus / "改名.txt")
    clips.settle(index(home))
    (kept,) = clips.listed(DEFAULT)
    assert kept.attached
    assert (kept.anchor.paragraph_id.partition(":")[0], kept.source.path) == (
        "改名.txt",
        "改名.txt",
    )


def test_a_clip_does_not_take_another_document_for_its_own(home: Home, clips: Clips) -> None:
    write(home, "a.txt", FIRST.format(""))
    clip(clips, index(home), "新建学校")
    (home.corpus / "a.txt").unlink()
    write(home, "b.txt", FIRST.format("").replace("云溪县2020年", "青柳区2021年"))
    archive = index(home)
    clips.settle(archive)
    (lost,) = clips.lost()
    assert not lost.attached
    assert lost.anchor.text.startswith("全力推进")
    assert lost.source.title.startswith("云溪县")
    # When the file comes back, so does the place.
    write(home, "a.txt", FIRST.format(""))
    clips.settle(index(home))
    assert clips.lost() == []


def test_settling_again_changes_nothing_that_pages_show(home: Home, clips: Clips) -> None:
    write(home, "a.txt", FIRST.format(""))
    clip(clips, index(home), "新建学校")
    revision = Store(home.notes).revision()
    clips.settle(index(home, full=True))
    assert Store(home.notes).revision() == revision
    clips.remove(clips.listed(DEFAULT)[0].clip_id)
    assert Store(home.notes).revision() != revision


def test_the_history_is_bounded_cleared_and_switched_off(home: Home) -> None:
    searches = Searches(Store(home.notes))
    for n in range(MAX_RECENT + 5):
        searches.note([Recent(f"/search?q={n}", str(n), n, now())])
    searches.note([Recent("/search?q=50", "50", 7, now())])
    recent = searches.recent()
    assert len(recent) == MAX_RECENT
    assert [(r.label, r.total) for r in recent[:2]] == [("50", 7), ("104", 104)]
    searches.remember(False)
    searches.note([Recent("/search?q=new", "new", 1, now())])
    assert searches.recent() == recent
    searches.clear()
    assert searches.recent() == []
    assert not searches.remembers()


def test_news_are_new_passages_and_not_new_numbers(home: Home) -> None:
    write(home, "a.txt", FIRST.format(""))
    archive, query = index(home), parse("教育")
    paragraphs = found(archive, query)
    assert paragraphs
    searches = Searches(Store(home.notes))
    answer = Answer(len(paragraphs), Seen.of(paragraphs), archive.generation)
    number = searches.keep("教育", "q=教育", answer)
    (home.corpus / "a.txt").rename(home.corpus / "z.txt")
    write(home, "z.txt", FIRST.format("一是经费投入持续增长。\n"))
    archive = index(home)
    seen = searches.one(number).seen
    assert seen
    assert news(found(archive, query) or [], seen) == []
    write(home, "b.txt", "青柳区工作汇报\n\n教育经费投入持续增长，办学条件改善。\n")
    fresh = news(found(index(home), query) or [], seen)
    assert [p.document_id for p in fresh] == ["b.txt"]
    searches.look(number, Answer(9, Seen.of(found(archive, query) or []), archive.generation))
    again = searches.one(number).seen
    assert again
    assert news(found(archive, query) or [], again) == []


def test_a_second_copy_is_news_and_the_first_is_not() -> None:
    seen = Seen.of([Paragraph("b", 4, "同一段话。")])
    copies = [Paragraph("a", 0, "同一段话。"), Paragraph("b", 9, "同一段话。")]
    assert [p.paragraph_id for p in news(copies, seen)] == ["a:0"]


def test_a_search_kept_again_replaces_the_one_of_its_name(home: Home) -> None:
    searches = Searches(Store(home.notes))
    searches.keep("安全", "q=a", Answer(1, None, "000001"))
    second = searches.keep(" 安全 ", "q=b", Answer(2, None, "000001"))
    assert [(k.search_id, k.args, k.seen) for k in searches.kept()] == [(second, "q=b", None)]
    searches.drop(second)
    with pytest.raises(NotesError):
        searches.one(second)
    with pytest.raises(NotesError):
        searches.look(second, Answer(1, None, "000001"))


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 4000]
)
def test_a_damaged_file_is_named_and_left_as_it_is(home: Home, content: bytes) -> None:
    home.notes.write_bytes(content)
    with pytest.raises(NotesError, match=r"notes\.sqlite"):
        Clips(Store(home.notes)).listed(DEFAULT)
    with pytest.raises(NotesError, match=r"notes\.sqlite"):
        filled(Clips(Store(home.notes)), "甲")
    assert home.notes.read_bytes() == content


def test_a_file_that_cannot_be_written_is_named(home: Home) -> None:
    home.notes.mkdir()
    with pytest.raises(NotesError, match=r"notes\.sqlite"):
        filled(Clips(Store(home.notes)), "甲")


def test_another_program_s_database_is_left_alone(home: Home) -> None:
    with sqlite3.connect(home.notes) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    with pytest.raises(NotesError, match="no notes file"):
        Clips(Store(home.notes)).listed(DEFAULT)


def test_a_locked_file_says_so_and_can_still_be_read(
    home: Home, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(clips, "甲")
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.05)
    with Store(home.notes).locked():
        assert listed(clips) == ["甲"]
        with (
            pytest.raises(NotesError, match="another program"),
            clips._store.writing(budget=0.05),
        ):
            pass
    assert filled(clips, "甲", "乙")


def test_a_file_put_in_the_place_of_another_is_used(home: Home, clips: Clips) -> None:
    filled(clips, "甲")
    clips._store.close()
    home.notes.rename(home.root / "backup.sqlite")
    assert listed(clips) == []
    filled(clips, "乙")
    (home.root / "backup.sqlite").replace(home.notes)
    assert listed(clips) == ["甲"]


def test_a_newer_file_is_refused_and_an_older_one_is_brought_up_to_date(
    home: Home, clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(clips, "甲")
    clips._store.close()
    later = (*schema.STEPS, ("CREATE TABLE later (a)", "INSERT INTO later VALUES ('new')"))
    broken = (*later, ("CREATE TABLE half (a)", "CREATE TABLE later (a)"))
    with monkeypatch.context() as patch:
        patch.setattr(store, "STEPS", broken)
        with pytest.raises(NotesError):
            listed(clips)
    # A step that fails leaves the file as it was.
    assert listed(clips) == ["甲"]
    clips._store.close()
    with monkeypatch.context() as patch:
        patch.setattr(store, "STEPS", later)
        with clips._store.reading() as db:
            assert db.execute("SELECT a FROM later").fetchone() == ("new",)
        clips.annotate(clips.listed(DEFAULT)[0].clip_id, "备注")
        assert listed(clips) == ["甲"]
        clips._store.close()
    with pytest.raises(NotesError, match="newer"):
        listed(clips)


WRITER = """
import sys
from pathlib import Path
from archive.model import Dating
from archive.notes import Clips, Store
from archive.notes.anchors import Anchor, Source
store = Store(Path(sys.argv[1]))
for n in range(30):
    Clips(store).toggle(
        Anchor(f"{sys.argv[2]}:{n}", "字"), Source("题", "a", "", n, Dating()), "1")
"""


def test_two_processes_and_their_threads_lose_nothing(home: Home, clips: Clips) -> None:
    command = [sys.executable, "-c", WRITER, str(home.notes)]
    others = [subprocess.Popen([*command, name]) for name in ("x", "y")]

    def write_here(name: str) -> None:
        for n in range(30):
            source = Source("题", "a", "", n, Dating())
            clips.toggle(Anchor(f"{name}:{n}", "字"), source, "1")

    threads = [threading.Thread(target=write_here, args=(name,)) for name in ("s", "t")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    kept: list[Clip] = clips.listed(DEFAULT)
    assert len(kept) == 120
    assert len({(clip.anchor.paragraph_id) for clip in kept}) == 120


def test_many_may_make_the_file_at_once(home: Home) -> None:
    ready = threading.Barrier(8)
    failed: list[Exception] = []

    def make(number: int) -> None:
        ready.wait()
        try:
            source = Source("题", "a", "", number, Dating())
            Clips(Store(home.notes)).toggle(Anchor(f"a:{number}", "字"), source, "1")
        except NotesError as error:
            failed.append(error)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(Clips(Store(home.notes)).listed(DEFAULT)) == 8


def test_a_source_that_the_first_version_kept_is_read() -> None:
    kept = (
        '{"title": "题", "path": "a.txt", "digest": "00", "ordinal": 3, "dating": {"stated": 2020, '
        '"year": 2020, "basis": "stated", "first": null, "last": null, "evidence": ["2020年"], '
        '"masked": false}, "article": null, "heading_path": ["一、工作"], "kind": "通知", '
        '"site": "a.cn", "url": null, "published": "2020-01-01"}'
    )
    dating = Dating(2020, 2020, YearBasis.STATED, evidence=("2020年",))
    source = Source("题", "a.txt", "00", 3, dating, heading_path=("一、工作",))
    source = replace(source, record=Record("通知", "a.cn", "2020-01-01"))
    assert Source.from_json(kept) == source
    assert Source.from_json(source.to_json()) == source
