"""A user's own rules: they extend ours, a change is followed, a damaged file is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive import open_archive
from archive.errors import SourceError
from archive.model import Paragraph
from archive.query.query import parse
from archive.store.home import Home
from indexer.extract.rules import load_rules
from indexer.rules import USER_FILES, current_guide, rules_digest
from indexer.run.explain import explain_file
from indexer.run.reindex import Options, reindex
from indexer.run.report import Report
from indexer.run.verify import verify

TEXT = [
    "云溪县教育工作总结",
    "全县义务教育均衡发展水平明显提高，家长满意。",
    "本页材料由清溪文社荣誉出品",
    "清溪灯会举办以来，游学课程覆盖全部学校，学生普遍参与。",
]
PAGE = """<html><title>清溪文社材料</title><p class="tt">均衡发展情况</p>
<div class="zw"><p>全县义务教育均衡发展水平明显提高，家长普遍满意。</p></div>
<div class="qt"><p>清溪文社的读者朋友们，欢迎每天来坐一坐，聊一聊写作的事情。</p></div></html>"""

BOILERPLATE = '[[line]]\nname = "清溪"\nmax = 40\nfind = ["荣誉出品"]\n'
PROFILE = '[[profile]]\nname = "qx"\nsource = ["清溪文社"]\ntitle = [".tt"]\nbody = [".zw"]\n'
FACTS = """[[since]]
name = "清溪灯会"
words = ["清溪灯会"]
pattern = "清溪灯会"
first = "2021-03"
why = "test"
"""
TOPICS = '[[topic]]\nname = "游学"\nfield = "教育"\nnames = ["游学课程"]\n'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "rules").mkdir()
    opened = Home.open(tmp_path)
    (opened.corpus / "a.txt").write_text("\n".join(TEXT), encoding="utf-8")
    (opened.corpus / "b.html").write_text(PAGE, encoding="utf-8")
    row = {"doc_id": "c", "title": "总结", "text": TEXT[3]}
    (opened.corpus / "c.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return opened


def rule(home: Home, name: str, text: str) -> Path:
    path = home.rules / name
    path.write_text(text, encoding="utf-8")
    return path


def run(home: Home) -> Report:
    report = reindex(home, Options(jobs=1))
    assert report.failed == []
    return report


def paragraphs(home: Home) -> list[Paragraph]:
    with open_archive(home.root) as archive:
        return list(archive.scan(parse("")))


def of_text(home: Home, text: str) -> list[Paragraph]:
    return [paragraph for paragraph in paragraphs(home) if text in paragraph.text]


def test_a_line_rule_of_the_users_drops_what_ours_keep(home: Home) -> None:
    run(home)
    assert of_text(home, "荣誉出品")
    rule(home, "rules.toml", BOILERPLATE)
    assert run(home).published
    assert of_text(home, "荣誉出品") == []
    (told,) = explain_file(home.corpus / "a.txt", "a.txt", home)
    assert "line:清溪" in {block.rule for block in told.reading.document.blocks}
    assert list(verify(home)) == []


def test_a_profile_of_the_users_goes_before_the_general_rules(home: Home) -> None:
    rule(home, "profiles.toml", PROFILE)
    run(home)
    (told,) = explain_file(home.corpus / "b.html", "b.html", home)
    assert told.reading.document.title == "均衡发展情况"
    assert of_text(home, "读者朋友们") == []
    assert of_text(home, "家长普遍满意")


def test_a_fact_of_the_users_bounds_pages_and_records(home: Home) -> None:
    run(home)
    assert {p.dating.first for p in of_text(home, "清溪灯会")} == {None}
    rule(home, "facts.toml", FACTS)
    run(home)
    found = of_text(home, "清溪灯会")
    assert len(found) == 2
    assert {p.dating.first for p in found} == {2021}


def test_a_topic_of_the_users_is_given_to_pages_and_records(home: Home) -> None:
    rule(home, "taxonomy.toml", TOPICS)
    run(home)
    assert {p.topic for p in of_text(home, "游学课程")} == {"游学"}


def test_a_changed_rule_reads_everything_again_and_a_removed_one_too(home: Home) -> None:
    run(home)
    assert not run(home).published
    path = rule(home, "rules.toml", BOILERPLATE)
    report = run(home)
    assert (report.new, report.published) == (3, True)
    assert not run(home).published
    rule(home, "rules.toml", BOILERPLATE.replace("荣誉", "联合"))
    assert next(verify(home)).reason.english == "rules changed: run reindex"
    assert run(home).published
    assert of_text(home, "荣誉出品")
    path.unlink()
    assert run(home).published


def test_facts_and_topics_that_change_in_a_running_process_are_read_again(home: Home) -> None:
    rule(home, "facts.toml", FACTS)
    run(home)
    rule(home, "facts.toml", FACTS.replace("2021", "2019"))
    run(home)
    assert {p.dating.first for p in of_text(home, "清溪灯会")} == {2019}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules.toml", "[[line]"),
        ("rules.toml", '[[line]]\nname = "a"\nfind = ["("]\n'),
        ("rules.toml", '[[line]]\nname = "a"\nfind = "abc"\n'),
        ("rules.toml", '[[line]]\nfind = ["abc"]\n'),
        ("rules.toml", '[[line]]\nname = "a"\n'),
        ("rules.toml", '[[line]]\nname = "a"\nfind = ["b"]\nmax = "12"\n'),
        ("rules.toml", '[[line]]\nname = "a"\nfind = ["b"]\nwhere = "top"\n'),
        ("rules.toml", '[[line]]\nname = "a"\nfinds = ["b"]\nfind = ["b"]\n'),
        ("rules.toml", '[[fragment]]\nname = "a"\nfind = ["b"]\n'),
        ("rules.toml", '[[lines]]\nname = "a"\nfind = ["b"]\n'),
        ("rules.toml", "[lead-in]\nmax = 12\n"),
        ("rules.toml", "line = 3\n"),
        ("profiles.toml", '[[profile]]\nname = "a"\n'),
        ("facts.toml", '[[since]]\nname = "a"\n'),
        ("taxonomy.toml", '[[topic]]\nname = "a"\nwords = ["b"]\n'),
    ],
)
def test_a_damaged_file_is_refused_by_name_and_the_archive_goes_on(
    home: Home, name: str, text: str
) -> None:
    run(home)
    path = rule(home, name, text)
    with pytest.raises(SourceError) as caught:
        reindex(home, Options(jobs=1))
    assert str(path) in caught.value.chinese
    assert str(path) in caught.value.english
    with pytest.raises(SourceError):
        list(explain_file(home.corpus / "a.txt", "a.txt", home))
    assert of_text(home, "均衡发展")


def test_a_file_that_nothing_reads_is_refused(home: Home) -> None:
    path = rule(home, "rule.toml", BOILERPLATE)
    with pytest.raises(SourceError, match="name it one of"):
        reindex(home, Options(jobs=1))
    path.unlink()
    (home.rules / "notes.md").write_text("说明", encoding="utf-8")
    run(home)


def test_a_home_without_rules_is_read_by_ours(home: Home) -> None:
    home.rules.rmdir()
    run(home)
    assert current_guide(home).rules is None
    assert rules_digest(home) == rules_digest(Home(home.root / "elsewhere"))


def test_single_rules_and_buttons_take_further_words(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[lead-in]\nfind = ["清溪开场"]\n[buttons]\ntriggers = ["戳我"]\n', encoding="utf-8"
    )
    rules = load_rules(path)
    assert rules.lead_in.matches("清溪开场白")
    assert rules.control_strength("戳我") == "weak"
    assert load_rules().control_strength("戳我") is None


def test_the_examples_of_the_documentation_are_accepted(home: Home) -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    examples = re.findall(r"^## [^\n]*: (\w+\.toml)\n.*?```toml\n(.*?)```", text, re.M | re.S)
    assert [name for name, _ in examples] == list(USER_FILES)
    for name, example in examples:
        rule(home, name, example)
    run(home)
    assert {p.topic for p in of_text(home, "游学课程")} == {"游学"}
