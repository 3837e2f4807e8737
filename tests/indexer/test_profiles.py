"""Site profiles: recognised by their signs, applied before the general rules, else no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
import soupsieve

from archive.errors import SourceError
from indexer.extract import kept_text, label
from indexer.page import LabelledPage
from indexer.readers.html.profiles import Profile, load_profiles
from indexer.readers.html.reader import parse_html

TEXT = "<p>全县共有学校一百二十所，在校学生八万人，义务教育巩固率保持在较高水平。</p>" * 3
SIDE = "<p>本栏目由热心读者共同维护，每天更新最新的材料，欢迎大家多多参与讨论和分享。</p>" * 3


def read(html: str, *profiles: Profile, address: str | None = None) -> LabelledPage:
    known = profiles or load_profiles()
    return label(parse_html(html, "a.html", profiles=known, address=address))


def profile(folder: Path, text: str) -> Profile:
    path = folder / "profiles.toml"
    path.write_text(text, encoding="utf-8")
    return load_profiles(path)[0]


def rules(page: LabelledPage) -> dict[str, str | None]:
    return {block.source.text: block.rule for block in page.blocks}


@pytest.fixture
def own(tmp_path: Path) -> Profile:
    return profile(
        tmp_path,
        """[[profile]]
name = "清溪"
host = ["qingxi.example"]
title = [".bt"]
body = [".wz"]
date = [".rq"]
kind = [".lm"]
drop = [".wz .gg"]
""",
    )


PAGE = f"""<html><title>清溪资料</title><div class="x"><b class="bt">教育汇报</b>
<span class="rq">2021-03-04 09:00</span><i class="lm">公文 &gt; 汇报</i></div>
<div class="y">{SIDE}</div><div class="wz">{TEXT}<p class="gg">读到这里的您是有心人。</p>
<p>特此报告。</p></div></html>"""


def test_a_profile_finds_title_text_date_and_kind(own: Profile) -> None:
    page = read(PAGE, own, address="https://www.qingxi.example/1.html")
    assert (page.title, page.record.published, page.record.kind) == (
        "教育汇报",
        "2021-03-04",
        "汇报",
    )
    assert "热心读者" not in kept_text(page)
    assert "有心人" not in kept_text(page)
    assert kept_text(page).splitlines()[-1] == "特此报告。"
    assert rules(page)["读到这里的您是有心人。"] == "site:清溪"


@pytest.mark.parametrize("host", ["other.example", "notqingxi.example", "qingxi.example.org"])
def test_other_hosts_are_not_of_the_family(own: Profile, host: str) -> None:
    page = read(PAGE, own, address=f"https://{host}/1.html")
    assert not [rule for rule in rules(page).values() if rule and rule.startswith("site:")]


def test_a_profile_that_finds_nothing_leaves_the_page_to_the_general_rules(own: Profile) -> None:
    html = PAGE.replace('"wz"', '"neu"').replace('"bt"', '"neu"').replace('"rq"', '"neu"')
    html = html.replace('"lm"', '"neu"')
    with_it = read(html, own, address="https://qingxi.example/1.html")
    without = label(parse_html(html, "a.html"))
    assert with_it.page.profile is None
    assert with_it.blocks == without.blocks


def test_a_frame_without_text_is_not_taken_for_the_text(own: Profile) -> None:
    html = PAGE.replace('class="y"', 'class="wz"').replace(SIDE, "图").replace('wz">' + TEXT, TEXT)
    html = f'<div class="wz"><p>图一</p></div><div class="z">{TEXT}</div>'
    page = read(html, own, address="https://qingxi.example/1.html")
    assert "在校学生八万人" in kept_text(page)


@pytest.mark.parametrize(
    ("name", "html"),
    [
        (
            "dedecms",
            f'<div class="viewbox"><div class="title"><h2>教育汇报</h2></div><div class="info">'
            f'<small>时间:</small>2014-05-06 10:11<small>点击:</small>9次</div><div class="intro">'
            f'往年材料。</div><div class="content">{TEXT}</div><div class="boxoff">{SIDE}</div>',
        ),
        (
            "empirecms",
            f'<table><tr><td class="title_info"><h1>教育汇报</h1></td></tr><tr><td '
            f'class="info_text">时间：2014-05-06</td></tr></table><table><tr><td id="text">'
            f"{TEXT}</td></tr></table><div>{SIDE}</div>"
            '<script src="/e/public/ViewClick/?id=9"></script>',
        ),
        (
            "phpcms",
            f'<div id="Article"><h1>教育汇报<br><span>2014-05-06 10:11 来源：</span></h1>'
            f'<div class="summary">往年材料。</div><div class="content">{TEXT}</div></div>'
            f'<div>{SIDE}</div><script src="/api.php?op=count&id=9"></script>',
        ),
        (
            "discuz",
            f'<meta name="generator" content="Discuz! X3.4"><h1 class="ph">教育汇报</h1>'
            f'<p class="xg1">2014-5-6 10:11</p><table><tr><td id="article_content">{TEXT}</td></tr>'
            f'</table><div id="click_div">{SIDE}</div>',
        ),
        (
            "wordpress",
            f'<meta name="generator" content="WordPress 6.1"><h1 class="entry-title">教育汇报</h1>'
            f'<time class="entry-date" datetime="2014-05-06T10:11:00+08:00">五月</time>'
            f'<div class="entry-content">{TEXT}<div class="sharedaddy">{SIDE}</div></div>',
        ),
        (
            "vsb",
            f'<form name="_newscontent_fromname"><h1>教育汇报</h1><p>发布时间：2014-05-06</p>'
            f'<div id="vsb_content_2"><div class="v_news_content">{TEXT}</div></div></form>{SIDE}',
        ),
        (
            "government",
            f'<meta name="ArticleTitle" content="教育汇报"><meta name="PubDate" '
            f'content="2014-05-06 10:11"><div>{SIDE}</div><div class="TRS_Editor">{TEXT}</div>',
        ),
    ],
)
def test_our_families_are_read_by_their_templates(name: str, html: str) -> None:
    page = read(f"<html><head><title>教育汇报</title></head><body>{html}</body></html>")
    assert page.page.profile is not None
    assert page.page.profile.name == name
    assert (page.title, page.record.published) == ("教育汇报", "2014-05-06")
    kept = kept_text(page)
    assert kept.count("在校学生八万人") == 3
    assert "热心读者" not in kept
    assert "往年材料" not in kept
    assert f"site:{name}" in rules(page).values()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[profile]]\n", "takes a name"),
        ('[[profile]]\nname = "a"\nhost = ["a.example"]\n', "selector"),
        ('[[profile]]\nname = "a"\nbody = ["p"]\n', "sign"),
        ('[[profile]]\nname = "a"\nhost = ["a.example"]\nbody = ["p["]\n', "profiles.toml"),
        ('[[profile]]\nname = "a"\nhost = "a.example"\nbody = ["p"]\n', "list of strings"),
        ('[[profile]]\nname = "a"\nhosts = ["a.example"]\nbody = ["p"]\n', "hosts"),
        ('[[profil]]\nname = "a"\n', "profil"),
        ("[[profile]\n", "profiles.toml"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_profiles(path)
    assert said in caught.value.english
    assert str(path) in caught.value.english
    assert str(path) in caught.value.chinese


@pytest.mark.parametrize("hiding", ['style="visibility: hidden; opacity: 0; "', "hidden", ""])
def test_an_article_of_wechat_is_read_before_its_script_has_run(hiding: str) -> None:
    page = read(
        '<title></title><meta property="og:site_name" content="微信公众平台">'
        '<h1 id="activity-name">\n校园安全提醒\n</h1><span id="js_name">清溪教育</span>'
        '<em id="publish_time">2023-05-12 18:30</em><em>某地</em>'
        f'<div id="js_content" class="rich_media_content" {hiding}>'
        "<section>各学校要坚守校园安全一线，不得麻痹大意。</section><section>秋风起</section></div>"
        "<p>预览时标签不可点，请长按识别二维码关注我们。</p>"
    )
    assert (page.title, page.record.site) == ("校园安全提醒", "清溪教育")
    assert page.record.published == "2023-05-12"
    assert kept_text(page) == "各学校要坚守校园安全一线，不得麻痹大意。\n秋风起"
    assert page.record.warnings == ()


@pytest.mark.parametrize(
    "folded",
    [
        "<section style='display:none'><p>三、困难学生由县里资助。</p></section>",
        "<div hidden>三、困难学生由县里资助。</div>",
    ],
)
def test_a_folded_part_of_the_text_that_a_profile_found_is_text(folded: str) -> None:
    page = read(
        '<h1 id="activity-name">资助公告</h1><div id="js_content" style="visibility:hidden">'
        f"<p>一、缴费从9月开始。</p><p hidden>云河采集</p><p>二、每人80元。</p>{folded}</div>"
    )
    lines = "一、缴费从9月开始。\n二、每人80元。\n三、困难学生由县里资助。"
    assert (kept_text(page), page.record.warnings) == (lines, ("hidden",))


def test_no_profile_of_ours_names_a_site() -> None:
    assert not [profile.name for profile in load_profiles() if "host" in profile.signs]


def test_every_selector_of_our_own_is_sound() -> None:
    selectors = [s for p in load_profiles() for own in p.select.values() for s in own]
    assert selectors
    for selector in selectors:
        soupsieve.compile(selector)
