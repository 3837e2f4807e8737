"""Precedents in the browser: a draft in, cited sentences out; forms from elsewhere refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from archive import open_archive
from archive.precedents.answer import precedents
from tests.fixtures.home import HOSTILE
from tests.fixtures.pages import args, get
from web import create_app
from web.pages.precedents import MAX_DRAFT_LENGTH, MAX_IN_ADDRESS_LENGTH

DRAFT = "全力推进义务教育均衡发展，新建学校5所。落实校园安全责任，开展安全检查。"
HERE = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found, selector
    return found


def form_of(client: FlaskClient, draft: str) -> dict[str, str]:
    """What the form on the page would send."""
    form = one(get(client, "/precedents"), "form.draft")
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input")}
    return sent | {"draft": draft}


def long_draft() -> str:
    return DRAFT * 40


def test_an_empty_page_asks_for_a_draft(client: FlaskClient) -> None:
    soup = get(client, "/precedents")
    area = one(soup, "form.draft textarea[name=draft]")
    assert area["maxlength"] == str(MAX_DRAFT_LENGTH)
    assert one(soup, f"label[for={area['id']}]").get_text(strip=True)
    assert not soup.select(".hits")
    for link in ("/", "/search?q=均衡", "/wording"):
        nav = [str(a["href"]) for a in get(client, link).select("nav.frame a")]
        assert "/precedents" in nav


def test_a_draft_is_answered_as_a_whole_and_clause_by_clause(client: FlaskClient) -> None:
    soup = get(client, f"/precedents?draft={DRAFT}")
    assert "义务教育均衡发展" in one(soup, "#c0 .hit .text").get_text()
    clauses = [h.get_text() for h in soup.select("h2.clause")]
    assert clauses == re.split("[，。]", DRAFT)[:-1]
    assert "校园安全责任" in one(soup, "#c3 .hit .text").get_text()
    jumps = [str(a["href"]) for a in soup.select(".clauses a")]
    assert jumps == [f"#c{n}" for n in range(len(clauses) + 1)]


def test_a_draft_of_one_clause_is_answered_once(client: FlaskClient) -> None:
    soup = get(client, "/precedents?draft=推进义务教育均衡发展")
    assert len(soup.select("section")) == 1
    assert "均衡发展" in one(soup, ".hit .text").get_text()


def test_a_long_draft_shows_the_first_of_each_clause_and_leads_to_the_others(
    client: FlaskClient,
) -> None:
    draft = "".join(f"推进{a}{b}均衡发展，" for a in "甲乙丙丁戊己庚辛" for b in "子丑寅卯辰巳午未")
    sent = client.post("/precedents", data=form_of(client, draft), headers=HERE)
    address = sent.headers["Location"] if sent.status_code == 303 else ""
    soup = get(client, address) if address else BeautifulSoup(sent.text, "lxml")
    sections = soup.select("section:has(h2.clause)")
    assert len(sections) == 64
    assert {len(section.select(".hit")) for section in sections} == {1}
    alone = get(client, str(one(sections[5], "h2 a")["href"]))
    assert len(alone.select(".hit")) > 1


def test_each_passage_has_its_year_sources_and_copies(client: FlaskClient) -> None:
    hit = one(get(client, f"/precedents?draft={DRAFT}"), "#c2 .hit")
    assert one(hit, ".year").get_text(strip=True) == "2020 年"
    about = one(hit, ".meta").get_text()
    for words in ("相似度 100%", "独立来源", "依据：2020年"):
        assert words in about
    # The notice has the same sentence with its figure, the compilation hides it.
    copies = hit.select(".copies a")
    assert [str(a["href"]) for a in copies] == [
        "/document/%E9%80%9A%E7%9F%A5.txt#p2",
    ]


def test_differing_words_stand_one_above_the_other(client: FlaskClient) -> None:
    soup = get(client, f"/precedents?draft={DRAFT}")
    swap = one(soup, "#c2 .hit .compare .swap")
    assert (one(swap, "del").get_text(), one(swap, "ins").get_text()) == ("5", "xx")
    assert one(soup, "#c2 .hit .compare").has_attr("open")


def test_what_is_compared_is_the_clause_and_what_is_copied_the_sentence(
    client: FlaskClient,
) -> None:
    soup = get(client, f"/precedents?draft={DRAFT}")
    compared = 0
    for section in soup.select("section:has(h2.clause)"):
        for hit in section.select(".hit"):
            shown = hit.select_one(".compare .swap, .compare .text")
            if not shown:
                continue
            text = one(hit, ".compare .text")
            ours, theirs = (
                "".join(str(s) for s in text.find_all(string=True) if not s.find_parent(but))
                for but in ("ins", "del")
            )
            assert ours == one(section, "h2").get_text()
            quoted = get(client, str(one(hit, "a.copy")["href"]))
            assert theirs in one(quoted, "textarea").get_text()
            compared += 1
    assert compared >= 4


def test_a_short_draft_that_is_sent_gets_an_address(client: FlaskClient) -> None:
    answer = client.post("/precedents", data=form_of(client, DRAFT + "\r\n"), headers=HERE)
    assert answer.status_code == 303
    assert args(answer.headers["Location"]) == [("draft", DRAFT)]


def test_a_long_draft_is_answered_at_once(client: FlaskClient) -> None:
    draft = long_draft()
    assert len(draft) * 9 > MAX_IN_ADDRESS_LENGTH
    answer = client.post("/precedents", data=form_of(client, draft), headers=HERE)
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert one(BeautifulSoup(answer.text, "lxml"), "#c0 .hit")


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        ({"token": ""}, HERE),
        ({"token": "x"}, HERE),
        ({"token": "密"}, HERE),
        ({}, {}),
        ({}, {"Origin": "null"}),
        ({}, {"Origin": "http://elsewhere.example"}),
        ({}, {"Origin": "http://localhost:81"}),
    ],
)
def test_a_form_from_elsewhere_is_refused_and_the_draft_kept(
    client: FlaskClient, sent: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post("/precedents", data=form_of(client, DRAFT) | sent, headers=headers)
    assert answer.status_code == 403
    soup = BeautifulSoup(answer.text, "lxml")
    assert one(soup, "[role=alert]").get_text(strip=True)
    assert one(soup, "textarea").get_text() == DRAFT
    assert not soup.select(".hits")


def test_a_page_of_an_app_that_was_restarted_is_not_taken_from_the_copy(home: Path) -> None:
    first, second = create_app(home).test_client(), create_app(home).test_client()
    tag = {"If-None-Match": first.get("/precedents").headers["ETag"]}
    assert first.get("/precedents", headers=tag).status_code == 304
    assert second.get("/precedents", headers=tag).status_code == 200


def test_too_long_a_draft_is_refused_and_kept(client: FlaskClient) -> None:
    draft = "字" * (MAX_DRAFT_LENGTH + 1)
    answer = client.post("/precedents", data=form_of(client, draft), headers=HERE)
    assert answer.status_code == 400
    soup = BeautifulSoup(answer.text, "lxml")
    assert "5,001" in one(soup, "[role=alert]").get_text()
    assert one(soup, "textarea").get_text() == draft
    assert client.post("/precedents", data={"draft": "字" * 9_000}, headers=HERE).status_code == 413
    assert client.post("/api/precedents", json={"draft": draft}).status_code == 400


@pytest.mark.parametrize("draft", ["推进义务教育\ud83d均衡发展", "\ude00\ud83d", "推进\udcff"])
def test_a_draft_with_halves_of_characters_is_refused(client: FlaskClient, draft: str) -> None:
    """JSON can say them; the answer that repeats them could not be written."""
    sent = json.dumps({"draft": draft})
    answer = client.post("/api/precedents?lang=en", data=sent, content_type="application/json")
    assert answer.status_code == 400
    assert "is half of one" in answer.get_json()["detail"]


def test_the_longest_draft_passes(client: FlaskClient) -> None:
    draft = (DRAFT * 200)[:MAX_DRAFT_LENGTH]
    answer = client.post("/precedents", data=form_of(client, draft), headers=HERE)
    assert answer.status_code == 200


def test_nothing_alike_is_said(client: FlaskClient) -> None:
    soup = get(client, "/precedents?draft=囍囍囍囍")
    assert one(soup, ".nothing").get_text(strip=True)


def test_passages_like_a_paragraph_are_found_without_it(client: FlaskClient) -> None:
    asked = "总结汇编.html:6"
    soup = get(client, f"/precedents?paragraph={asked}")
    assert one(soup, "textarea").get_text() == "落实校园安全责任，均衡发展取得进展。"
    copied = [dict(args(a["href"]))["paragraph"] for a in soup.select(".hit a.copy")]
    assert copied
    assert asked not in copied
    assert client.get("/precedents?paragraph=nothing:1").status_code == 404


@pytest.mark.parametrize("address", ["/search?q=均衡发展", "/document/总结汇编.html"])
def test_hits_and_paragraphs_lead_to_similar_passages(client: FlaskClient, address: str) -> None:
    links = [a for a in get(client, address).select(".tools a") if "precedents" in str(a["href"])]
    assert len(links) >= 3
    for link in links:
        assert client.get(str(link["href"])).status_code == 200


def test_the_api_answers_in_the_words_of_the_command_line(client: FlaskClient, home: Path) -> None:
    answer = client.post("/api/precedents", json={"draft": DRAFT}).get_json()
    with open_archive(home) as archive:
        expected = json.loads(json.dumps(precedents(archive, DRAFT).to_dict()))
    assert answer["overall"] == expected["overall"]
    assert answer["clauses"] == expected["clauses"]
    wanted = "paragraph_id document_id title article year text spans similarity sources"
    assert {*wanted.split(), "first_year", "last_year"} <= answer["overall"][0].keys()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {}}, 400),
        ({"json": {"draft": ""}}, 400),
        ({"json": {"draft": 7}}, 400),
        ({"json": ["draft"]}, 400),
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": {"draft": DRAFT}}, 415),
        ({"data": json.dumps({"draft": DRAFT}), "content_type": "text/plain"}, 415),
        ({"json": {"draft": DRAFT}, "headers": {"Origin": "http://elsewhere.example"}}, 403),
        ({"json": {"draft": DRAFT}, "headers": HERE}, 200),
    ],
)
def test_the_api_takes_json_from_programs_and_from_here(
    client: FlaskClient, sent: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/precedents", **sent)
    assert answer.status_code == status
    if status != 200:
        assert answer.mimetype == "application/problem+json"
        assert json.loads(answer.data)["detail"]


def test_hostile_drafts_and_passages_stay_text(client: FlaskClient) -> None:
    page = client.get("/precedents", query_string={"draft": f"注入{HOSTILE}测试"}).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert one(BeautifulSoup(page, "lxml"), "textarea").get_text() == f"注入{HOSTILE}测试"
