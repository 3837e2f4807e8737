"""Templates: what a site prints on its pages is learned, what its documents share is not."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from archive import open_archive
from archive.errors import SourceError
from archive.store.home import Home
from indexer.extract import Seen, kept_text, label, label_and_observe
from indexer.extract.templates import Learned, LearnedTemplates, learn, load_learned
from indexer.page import Page, PageBlock
from indexer.readers import read_page
from indexer.run.explain import explain_file
from indexer.run.reindex import Options, reindex
from indexer.run.report import Report
from indexer.run.verify import verify

SITE = "青禾资料库"
SLOGAN = "青禾资料库陪您写好每一篇材料"
MOTTO = "每天十分钟，写作不求人，青禾常在"
PLACES = ("云溪", "岚水", "鹿鸣", "沙棠", "青柳", "临川", "东望", "松岗")
WORK = (
    "全县新建公办幼儿园三所，{p}片区的入园难题得到缓解，群众满意度明显提高。",
    "组织教师到{p}参加集中培训两百余人次，课堂教学质量稳步提升，家长普遍认可。",
    "对{p}片区校舍开展排查整治，消除隐患四十二处，全年没有发生责任事故。",
    "推进{p}片区集团化办学，城乡学校结对帮扶，优质教育资源覆盖面继续扩大。",
)


def lines(number: int, *extra: str) -> list[str]:
    """One document, with `extra` between its paragraphs."""
    place = PLACES[number % len(PLACES)] + "甲乙丙丁戊己庚辛"[number // len(PLACES)]
    first, *rest = (work.format(p=place) for work in WORK)
    return [
        "同志们：",
        "一、主要工作",
        first,
        *extra,
        *rest,
        "二、存在问题",
        f"{place}还缺教师。",
        "特此报告。",
    ]


def page(body: Sequence[str], title: str = "教育工作报告") -> str:
    inner = "".join(f"<p>{line}</p>" for line in body)
    return (
        f'<html><head><meta charset="utf-8"><meta property="og:site_name" content="{SITE}">'
        f"<title>{title}</title></head><body><div>{inner}</div></body></html>"
    )


def learn_from(pages: Sequence[Sequence[str]], site: str = SITE) -> LearnedTemplates:
    seen: list[tuple[str, Seen | None]] = []
    for number, body in enumerate(pages):
        blocks = tuple(PageBlock(text) for text in body)
        read = Page(f"{number:02}.txt", blocks, meta={"og:site_name": site})
        seen.append((read.path, label_and_observe(read)[1]))
    return learn(seen, lambda number: seen[number][1].texts if seen[number][1] else ())


def texts(found: LearnedTemplates) -> list[str]:
    return [block.text for block in found.learned]


def test_a_line_of_the_site_on_many_pages_is_learned_with_its_evidence() -> None:
    found = learn_from([lines(n, SLOGAN) if n % 2 else lines(n) for n in range(8)])
    assert found.learned == (Learned(SITE, SLOGAN, SLOGAN, 4, 8, ("01.txt", "03.txt", "05.txt")),)
    assert found.sites == ((SITE, 8),)


@pytest.mark.parametrize(("pages", "with_it"), [(3, 3), (12, 3), (16, 4)])
def test_few_pages_teach_nothing(pages: int, with_it: int) -> None:
    assert (
        texts(learn_from([lines(n, SLOGAN) if n < with_it else lines(n) for n in range(pages)]))
        == []
    )


def test_the_figures_of_a_site_are_slots() -> None:
    found = learn_from([lines(n, f"本站已为{n * 37}位访客提供材料") for n in range(6)])
    assert [block.key for block in found.learned] == ["本站已为#位访客提供材料"]


def test_a_motto_at_the_foot_is_learned_though_it_does_not_name_the_site() -> None:
    assert texts(learn_from([[*lines(n), MOTTO] for n in range(6)])) == [MOTTO]


def test_what_stands_in_the_middle_of_sentences_is_learned() -> None:
    def broken(number: int) -> list[str]:
        body = lines(number)
        half = len(body[3]) // 2
        return [*body[:3], body[3][:half], MOTTO, body[3][half:], *body[4:]]

    assert texts(learn_from([broken(n) for n in range(6)])) == [MOTTO]


@pytest.mark.parametrize(
    "formula",
    [
        "同志们：",
        "各位代表！",
        "一、存在问题",
        "（二）下一步打算",
        "存在问题",
        "特此通知。",
        "以上报告，请予审议。",
        "本办法自印发之日起施行。",
        "（此件公开发布）",
        "云溪县教育局",
        "张三",
        "2021年3月5日",
        "全年粮食产量12.5万吨，比上年增长3.2%。",
        "以习近平新时代中国特色社会主义思想为指导，深入贯彻党的教育方针。",
        "现将有关情况汇报如下：",
        "谢谢大家！",
        "附件：1.任务分解表",
    ],
)
@pytest.mark.parametrize("place", ["middle", "head", "foot"])
def test_what_documents_are_made_of_is_never_learned(formula: str, place: str) -> None:
    def body(number: int) -> list[str]:
        shown = formula.replace("12.5", f"{number + 10}.5")
        if place == "middle":
            return lines(number, shown)
        return [shown, *lines(number)] if place == "head" else [*lines(number), shown]

    assert texts(learn_from([body(n) for n in range(8)])) == []


def test_one_text_copied_to_many_pages_is_not_a_template() -> None:
    copied = [*lines(0)[2:6], "点击重点难点问题逐项研究，家校共同参与。", *lines(1)[2:6]]
    assert texts(learn_from([[*lines(n), *copied] for n in range(2, 8)])) == []


def test_long_blocks_are_texts() -> None:
    notice = "本站所有资料由网友上传，" + "，".join(
        f"第{n}条由甲方和乙方另行约定" for n in "一二三四五六七八九十" * 2
    )
    assert len(notice) > 200
    assert texts(learn_from([[*lines(n), notice] for n in range(6)])) == []


def test_the_order_in_which_pages_are_read_does_not_matter() -> None:
    seen = []
    for number in range(6):
        blocks = tuple(PageBlock(text) for text in [*lines(number, SLOGAN), MOTTO])
        read = Page(f"{number}.txt", blocks, meta={"og:site_name": SITE})
        seen.append((read.path, label_and_observe(read)[1]))
    forward = learn(seen, lambda n: seen[n][1].texts)
    backward = learn(seen[::-1], lambda n: seen[::-1][n][1].texts)
    assert forward == backward
    assert len(forward.learned) == 2


def test_learned_blocks_are_dropped_and_a_broken_sentence_is_whole_again() -> None:
    found = learn_from([lines(n, SLOGAN) for n in range(6)]).templates
    blocks = [*lines(7)[:3], "持续推进城乡学校结对帮扶，优质教育资源", SLOGAN, "覆盖面继续扩大。"]
    read = Page("a.txt", tuple(map(PageBlock, blocks)), meta={"og:site_name": SITE})
    assert "持续推进城乡学校结对帮扶，优质教育资源覆盖面继续扩大。" in kept_text(
        label(read, learned=found)
    )
    elsewhere = replace(read, meta={"og:site_name": "另一家"})
    assert SLOGAN in kept_text(label(elsewhere, learned=found))


def test_a_page_that_holds_nothing_else_keeps_it() -> None:
    found = learn_from([lines(n, SLOGAN) for n in range(6)]).templates
    read = Page("a.txt", (PageBlock(SLOGAN),), meta={"og:site_name": SITE})
    assert kept_text(label(read, learned=found)) == SLOGAN


def test_learned_templates_are_saved_and_loaded_whole(tmp_path: Path) -> None:
    found = learn_from([lines(n, SLOGAN) for n in range(6)])
    found.save(tmp_path / "templates.json")
    assert load_learned(tmp_path / "templates.json") == found
    assert load_learned(tmp_path / "none.json") == LearnedTemplates()
    (tmp_path / "templates.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match=r"templates\.json"):
        load_learned(tmp_path / "templates.json")


def test_real_documents_lose_nothing_but_their_publishers_notices(
    testdata: Callable[[str], Path],
) -> None:
    documents: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for name in ("10k", "gov_reports"):
        with gzip.open(testdata(f"real/{name}.jsonl.gz"), "rt", encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                documents[row["doc_id"]].append(" ".join(row["text"].split()))
                kinds[row["doc_id"]] = row["type"]
    learned = []
    for kind in sorted(set(kinds.values())):
        bodies = [[line for line in documents[d] if line] for d in documents if kinds[d] == kind]
        learned += texts(learn_from(bodies, kind))
    assert [text for text in learned if "著作权法" not in text] == []


def test_nothing_of_the_sample_corpus_is_learned_though_taken_for_one_site(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("indexer.extract.templates.MIN_SHARE", 0.0)
    monkeypatch.setattr("indexer.extract.templates.MIN_DOCUMENTS", 2)
    seen = []
    for path in sorted((Path(__file__).parent.parent.parent / "corpus").iterdir()):
        read = read_page(path, path.name)
        one = replace(read, meta={**read.meta, "og:site_name": "同一资料库"})
        seen.append((path.name, label_and_observe(one)[1]))
    found = learn(seen, lambda number: seen[number][1].texts)
    assert found.sites == (("同一资料库", 24),)
    assert texts(found) == []


# ---- In a home ---------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    opened = Home.open(tmp_path)
    for number in range(6):
        write(opened, number, lines(number, SLOGAN))
    return opened


def write(home: Home, number: int, body: Sequence[str]) -> None:
    title = f"{PLACES[number % len(PLACES)]}教育工作报告"
    (home.corpus / f"{number:02}.html").write_text(page(body, title), encoding="utf-8")


def run(home: Home, *, full: bool = False, jobs: int = 1) -> Report:
    report = reindex(home, Options(full=full, jobs=jobs))
    assert report.failed == []
    return report


def total(home: Home, words: str) -> int:
    with open_archive(home.root) as archive:
        return archive.search(words).total


def test_a_first_build_learns_and_keeps_the_evidence(home: Home) -> None:
    run(home)
    assert total(home, f'"{SLOGAN}"') == 0
    assert total(home, '"存在问题"') == 6
    generation = home.current()
    assert generation is not None
    kept = json.loads(generation.templates.read_text("utf-8"))
    (block,) = kept["learned"]
    assert (block["text"], block["site"], block["documents"], block["of"]) == (SLOGAN, SITE, 6, 6)
    assert block["examples"] == ["00.html", "01.html", "02.html"]
    with open_archive(home.root) as archive:
        document = archive.document(archive.search("满意度").hits[0].paragraph.document_id)
    assert {b.rule for b in document.blocks if b.text == SLOGAN} == {"template:learned"}
    assert list(verify(home)) == []


def test_a_later_page_is_read_by_what_was_learned_and_teaches_nothing(home: Home) -> None:
    run(home)
    for number in range(6, 11):
        write(home, number, [*lines(number, SLOGAN), MOTTO])
    run(home)
    assert total(home, f'"{SLOGAN}"') == 0
    assert total(home, f'"{MOTTO}"') == 5
    assert list(verify(home)) == []
    run(home, full=True)
    assert total(home, f'"{MOTTO}"') == 0
    assert list(verify(home)) == []


def test_explain_shows_what_reindex_stores_in_this_home(home: Home) -> None:
    run(home)
    file = home.corpus / "03.html"
    (told,) = explain_file(file, "03.html", home)
    with open_archive(home.root) as archive:
        document_id = told.reading.document.document_id
        assert tuple(archive.paragraphs(document_id)) == told.reading.paragraphs
        assert archive.document(document_id) == told.reading.document
    assert "template:learned" in {block.rule for block in told.reading.document.blocks}


def test_stats_say_when_a_site_has_outgrown_its_templates(home: Home) -> None:
    def stale() -> tuple[str, ...]:
        with open_archive(home.root) as archive:
            return archive.stats().stale_templates

    run(home)
    assert stale() == ()
    for number in range(6, 12):
        write(home, number, lines(number))
        run(home)
        assert stale() == ((SITE,) if number == 11 else ())
    run(home, full=True)
    assert stale() == ()


def test_several_processes_learn_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    run(home)
    one = home.current()
    monkeypatch.setattr("indexer.run.reindex.SMALL_RUN", 0)
    run(home, full=True, jobs=2)
    two = home.current()
    assert one is not None
    assert two is not None
    assert two.templates.read_text("utf-8") == one.templates.read_text("utf-8")
    assert total(home, f'"{SLOGAN}"') == 0
