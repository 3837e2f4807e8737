"""What an account prints around its article goes, the text's own first and last lines stay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer.extract import kept_text, label
from indexer.extract.rules import Rules, load_rules
from indexer.readers.html.reader import parse_html

SETS = Path(__file__).parent.parent / "measure" / "quality" / "sets"
BODY = (
    "为贯彻落实上级部署，切实做好全年工作，现将有关事项说明如下。",
    "各单位要提高认识，加强领导，明确责任，把各项任务落到实处。",
    "要加强宣传引导，营造良好氛围，确保工作取得实效。",
)


def rows(name: str) -> list[dict[str, list[str]]]:
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()]


def kept(
    lines: Sequence[str], account: str = "清风小筑", foot: str = "", rules: Rules | None = None
) -> list[str]:
    """The lines of an account's article that are kept, blanks aside."""
    inner = "".join(f"<section><span>{line}</span></section>" for line in lines)
    page = parse_html(
        '<meta property="og:title" content="关于做好有关工作的说明"><div id="js_article">'
        '<h1 id="activity-name">关于做好有关工作的说明</h1>'
        f'<div><span id="js_name">{account}</span></div>'
        f'<div id="js_content" style="visibility: hidden">{inner}</div>{foot}</div>'
    )
    return ["".join(line.split()) for line in kept_text(label(page, rules)).splitlines()]


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_edges_go_and_the_texts_own_last_lines_stay(half: str) -> None:
    lost = left = lines = 0
    for row in rows("account_edges"):
        if row["half"] == half:
            own = ["".join(line.split()) for line in (*BODY, *row["last"])]
            found = kept([*row["head"], *BODY, *row["last"], *row["tail"]])
            lost += sum(line not in found for line in own)
            left += sum(line not in own for line in found)
            lines += len(row["head"]) + len(row["tail"])
    # Which they are is not said: half of them must stay unseen.
    assert lost == 0
    assert left <= 0.1 * lines


@pytest.mark.parametrize("foot", ["", "<div>阅读 100</div>"])
def test_a_genuine_line_at_the_edge_of_an_article_stays(foot: str) -> None:
    lost = 0
    for row in rows("genuine_lines"):
        line = str(row["line"])
        if "\t" not in line:
            lost += "".join(line.split()) not in "".join(kept((*BODY, line), foot=foot))
    assert lost <= 2


@pytest.mark.parametrize(
    ("line", "account"),
    [
        ("山里的清晨 | 清风小筑出品", "清风小筑"),
        ("清风小筑与您共读", "清风小筑"),
        ("☆ ☆ ☆", ""),
        ("—— THE END ——", ""),
    ],
)
def test_a_line_that_names_the_account_or_says_nothing_goes(line: str, account: str) -> None:
    assert kept((*BODY, line, "点个在看再走"), account) == list(BODY)


def test_an_unknown_line_between_two_of_the_account_goes() -> None:
    assert kept((*BODY, "编辑：小鱼", "手语翻译：小满", "点个在看再走")) == list(BODY)
    assert kept((*BODY, "手语翻译：小满", "点个在看再走"))[-1] == "手语翻译：小满"


@pytest.mark.parametrize(
    "line",
    [
        "清溪县教育局",
        "2023年5月8日",
        "3.关注“清溪水务”公众号查询",
        "二维码见附件",
        "清溪县司法局（公章）",
    ],
)
def test_a_documents_own_last_line_stays_above_an_accounts(line: str) -> None:
    assert kept((*BODY, line, "点个在看再走"), "清溪县教育局")[-1] == line


def test_edge_rules_act_on_the_pages_of_their_profile_alone() -> None:
    edges = load_rules().edges
    assert list(edges) == ["wechat"]
    line = "设为星标，第一时间收到"
    plain = parse_html("".join(f"<p>{text}</p>" for text in (*BODY, line)))
    assert kept_text(label(plain)).splitlines() == [*BODY, line]
    assert kept((BODY[0], line, *BODY[1:])) == [BODY[0], line, *BODY[1:]]


def test_a_users_rule_can_be_bound_to_a_site_profile(tmp_path: Path) -> None:
    own = tmp_path / "rules.toml"
    rule = '[[line]]\nname = "motto"\nfind = ["山高水长"]\nprofile = {profile}\n'
    own.write_text(rule.format(profile='"wechat"'), encoding="utf-8")
    lines = ("山高水长，读者情深", BODY[0], "山高水长，来日方长", *BODY[1:])
    assert kept(lines, rules=load_rules(own)) == list(lines[1:])
    own.write_text(rule.format(profile=1), encoding="utf-8")
    with pytest.raises(SourceError, match="motto: profile is the name of a site profile"):
        load_rules(own)
