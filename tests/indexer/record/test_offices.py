"""Level and region of an office by its name, and where its documents go."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from archive.model import Basis, Evidence, Record
from indexer.pipeline import read_source
from indexer.record import offices
from indexer.record.offices import direction, level_and_region, placed


def of(name: str) -> tuple[str | None, str]:
    level, region = level_and_region([name])
    return level, " ".join(region)


@pytest.mark.parametrize(
    ("name", "level", "region"),
    [
        ("中国共产党中央委员会", "central", ""),
        ("最高人民法院", "central", ""),
        ("国务院学位委员会", "state_council", ""),
        ("国务院扶贫办", "ministry", ""),
        ("教育部基础教育司", "ministry", ""),
        ("国 务 院 办 公 厅", "state_council", ""),
        ("国务院办公厅、中央军委办公厅", "state_council", ""),
        ("中共中央国务院", "central", ""),
        ("国家税务总局云溪县税务局", "county", "云溪县"),
        ("内蒙古教育厅", "province", "内蒙古自治区"),
        ("新疆生产建设兵团教育局", "province", "新疆维吾尔自治区"),
        ("自治区人民政府", "province", ""),
        ("恩施州教育局", "city", "湖北省 恩施土家族苗族自治州"),
        ("吉林市昌邑区政府", "county", "吉林省 吉林市 昌邑区"),
        ("江苏省昆山市教育局", "county", "江苏省 苏州市 昆山市"),
        ("津市市教育局", "county", "湖南省 常德市 津市市"),
        ("雲河市教育局", "city", "云河市"),
        ("云河市城市管理局", "city", "云河市"),
        ("地委办公室", "city", ""),
        ("市民政局", "city", ""),
        ("中国共产党云溪县第十四届委员会", "county", "云溪县"),
        ("政协云溪县委员会", "county", "云溪县"),
        ("云溪县社区矫正管理局（代章）", "county", "云溪县"),
        ("学院路街道办事处", "town", "学院路街道"),
        ("古镇镇人民政府", "town", "古镇镇"),
        ("清水镇中心卫生院", "institution", "清水镇"),
        ("临山县石岭乡中心小学", "school", "临山县 石岭乡"),
        ("中国农业银行云溪县支行", "institution", "云溪县"),
        ("浙江大学医学院附属第一医院", "institution", ""),
        ("云溪县中小学教研室", "county", "云溪县"),
        ("××县教育局", "county", ""),
    ],
)
def test_an_office_has_the_level_and_region_of_its_name(name: str, level: str, region: str) -> None:
    assert of(name) == (level, region)


@pytest.mark.parametrize(
    "name",
    [
        "城市管理局",
        "住房和城乡建设局",
        "市场监督管理局",
        "社区矫正科",
        "杭州海关",
        "教委",
        "办公厅",
        "",
    ],
)
def test_what_names_no_place_has_no_level(name: str) -> None:
    assert of(name) == (None, "")


@pytest.mark.parametrize("name", ["云溪县作家协会", "云溪县高新区管委会"])
def test_a_society_or_a_zone_has_no_level(name: str) -> None:
    assert of(name) == (None, "云溪县")


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("鼓楼区人民政府", "鼓楼区"),
        ("福州市鼓楼区人民政府", "福建省 福州市 鼓楼区"),
        ("浙江省西湖区教育局", "浙江省 杭州市 西湖区"),
        ("云河市西湖区教育局", "云河市 西湖区"),
        ("西湖区教育局", "西湖区"),
        ("杭州余杭区教育局", "浙江省 杭州市 余杭区"),
        ("杭州市云溪县教育局", "浙江省 杭州市 云溪县"),
        ("杭州市朝阳区教育局", "浙江省 杭州市 朝阳区"),
    ],
)
def test_a_name_that_several_places_bear_proves_none(name: str, region: str) -> None:
    assert of(name) == ("county", region)


def test_the_host_decides_for_all() -> None:
    assert level_and_region(["教育部", "云溪县教育局"]) == ("ministry", ())
    assert level_and_region([]) == (None, ())


def test_every_place_of_the_table_is_found_by_its_full_name() -> None:
    for level, chain in offices._divisions():
        found = level_and_region(["".join(chain) + "人民政府"])
        assert found == (level.value, chain), chain
    text = offices._TABLE.read_text("utf-8")
    assert "2023" in text.partition("\n\n")[0]
    assert len(tomllib.loads(text)) == 34


@pytest.mark.parametrize(
    ("kind", "addressee", "way"),
    [
        ("请示", None, "up"),
        ("报告", "县人民政府：", "up"),
        ("报告", "各位代表：", None),
        ("报告", None, None),
        ("复函", "县财政局：", "level"),
        ("批复", "临山县水利局：", "down"),
        ("意见", "各乡镇人民政府：", "down"),
        ("意见", None, None),
        ("公告", None, None),
        (None, "各乡镇人民政府：", None),
    ],
)
def test_the_kind_tells_where_a_document_goes(
    kind: str | None, addressee: str | None, way: str | None
) -> None:
    assert direction(kind, ["云溪县水利局"], addressee) == way


def test_json_lines_that_give_an_issuer_have_its_level_and_region(tmp_path: Path) -> None:
    stated = {"doc_id": "1", "title": "通知", "text": "各乡镇：", "issuer": ["余杭区教育局"]}
    given = stated | {"doc_id": "2", "level": "city", "region": ["云河市"]}
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(json.dumps(line) for line in (stated, given)), "utf-8")
    filled, kept = (reading.document for reading in read_source(source, "a.jsonl"))
    assert (filled.record.level, filled.record.region[-1]) == ("county", "余杭区")
    assert [(e.element, e.words) for e in filled.evidence] == [("level", "余杭区教育局")] + [
        ("region", "余杭区教育局")
    ] * 3
    assert (kept.record.level, kept.record.region) == ("city", ("云河市",))
    assert kept.evidence == ()


def test_what_an_issuer_is_stands_on_the_words_that_name_it() -> None:
    told = Evidence(1, "issuer", "云溪县水利局", "云溪县水利局文件", Basis.INFERRED)
    record, more = placed(Record(kind="请示", issuer=("云溪县水利局",)), [told], 1)
    assert (record.level, record.region, record.direction) == ("county", ("云溪县",), "up")
    assert {(e.words, e.basis, e.article) for e in more} == {(told.words, told.basis, 1)}
