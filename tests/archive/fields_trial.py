"""What a new field can do. Run by test_fields.py in a copy of the packages that has three.

`bureau` is one text, `cosigner` several, `filed` a day that is looked up and not counted.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import archive as package
from archive import Archive, open_archive
from archive.cli import cli
from archive.engines.engine import Engine
from archive.engines.memory import MemoryEngine
from archive.engines.opensearch.dsl import selection
from archive.engines.opensearch.found import facet_aggregations
from archive.engines.opensearch.mapping import Version, index_stamp, mappings, read_version
from archive.engines.registry import open_engine
from archive.fields import digest
from archive.model import Paragraph, Record
from archive.query.ast import FieldFilter
from archive.query.query import Query, from_args, parse
from archive.store.home import Home
from archive.store.library import current_stamp
from archive.suggest import complete
from archive.wording import wording, wording_args
from indexer.run.reindex import Options, reindex
from web import create_app

LINES: list[dict[str, Any]] = [
    {
        "doc_id": "一",
        "title": "甲市通知",
        "text": "推进均衡发展，落实经费。",
        "bureau": "甲市",
        "cosigner": ["甲市教育局", "甲市财政局"],
        "filed": "2021-03-05",
        "year": 2021,
        "type": "通知",
        "site": "a.cn",
        "date": "2021-03-06",
    },
    {
        "doc_id": "二",
        "title": "乙市通知",
        "text": "落实教育经费保障。",
        "bureau": "乙市",
        "cosigner": "甲市教育局",
        "filed": "2021-07-01",
        "year": 2021,
    },
    {"doc_id": "三", "title": "丙县总结", "text": "经费足额到位。", "year": 2020},
]
LISTED = [json.dumps(line, ensure_ascii=False) for line in LINES]


def test_this_is_the_copy_with_the_fields() -> None:
    assert Path(package.__file__).is_relative_to(Path.cwd())
    assert Record(bureau="甲市").bureau == "甲市"


def test_another_table_needs_another_index() -> None:
    former = os.environ["FORMER_DIGEST"]
    assert former != digest()
    for engine in ("", "opensearch+http://127.0.0.1:9/archive"):
        assert current_stamp("", engine).schema.endswith(digest())
    assert digest() in index_stamp()


def built(root: Path, lines: str) -> Path:
    (root / "corpus").mkdir(parents=True)
    (root / "corpus" / "a.jsonl").write_text(lines, "utf-8")
    report = reindex(Home.open(root), Options(jobs=1))
    assert report.published
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("trial") / "home", "\n".join(LISTED))


@pytest.fixture(scope="module")
def archive(home: Path) -> Iterator[Archive]:
    with open_archive(home) as opened:
        yield opened


def paragraphs_of(archive: Archive) -> list[Paragraph]:
    return list(archive.scan(parse("")))


@pytest.fixture(scope="module", params=["memory", "whoosh"])
def engine(request: pytest.FixtureRequest, archive: Archive, tmp_path_factory: Any) -> Engine:
    made: Engine = (
        MemoryEngine()
        if request.param == "memory"
        else open_engine(tmp_path_factory.mktemp("engine"))
    )
    fill(made, paragraphs_of(archive))
    return made


def fill(engine: Engine, paragraphs: list[Paragraph]) -> None:
    with engine.writer() as writer:
        for document_id in dict.fromkeys(p.document_id for p in paragraphs):
            writer.add([p for p in paragraphs if p.document_id == document_id])


def titles(engine: Engine | Archive, query: Query) -> set[str]:
    return {hit.paragraph.title[:2] for hit in engine.search(query).hits}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("处室:甲市", {"甲市"}),
        ("bureau:甲市 经费", {"甲市"}),
        ("会签:甲市教育局", {"甲市", "乙市"}),
        ("会签:甲市财政局", {"甲市"}),
        ("经费 -会签:甲市财政局", {"乙市", "丙县"}),
        ("归档:2021-03..2021-06", {"甲市"}),
        ("归档:2021", {"甲市", "乙市"}),
        ("归档:unknown", {"丙县"}),
        ("-归档:2021", {"丙县"}),
    ],
)
def test_the_grammar_asks_for_it(engine: Engine, text: str, found: set[str]) -> None:
    assert titles(engine, parse(text)) == found


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ([("bureau", "甲市")], {"甲市"}),
        ([("cosigner", "甲市教育局"), ("bureau", "乙市")], {"乙市"}),
        ([("not_cosigner", "甲市财政局")], {"乙市", "丙县"}),
        ([("filed", "..2021-03-05")], {"甲市"}),
        ([("not_filed", "2021-03")], {"乙市", "丙县"}),
        ([("not_bureau", "甲市"), ("filed", "2021"), ("filed", "unknown")], {"乙市", "丙县"}),
    ],
)
def test_an_address_filters_and_excludes(
    engine: Engine, args: list[tuple[str, str]], found: set[str]
) -> None:
    query = from_args(args)
    assert from_args(query.to_args()) == query
    assert titles(engine, query) == found


def test_its_values_are_counted_a_paragraph_once_for_each(engine: Engine) -> None:
    results = engine.search(parse("经费"))
    assert [(b.value, b.count) for b in results.facet("bureau").buckets] == [
        ("乙市", 1),
        ("甲市", 1),
    ]
    cosigners = [(b.value, b.count) for b in results.facet("cosigner").buckets]
    assert cosigners == [("甲市教育局", 2), ("甲市财政局", 1)]
    assert "filed" not in results.to_dict()["facets"]


records = st.builds(
    Record,
    bureau=st.sampled_from((None, "甲市", "乙市")),
    cosigner=st.lists(st.sampled_from(("甲局", "乙局", "丙局", "甲局(")), max_size=3).map(tuple),
    filed=st.sampled_from((None, "2021-03-05", "2021-03-31", "2022-01-01T08:00", "2022")),
)
asked = st.sampled_from(
    (
        *(FieldFilter("cosigner", v) for v in ("甲局", "乙局", "甲局（", "没有")),
        *(parse(f"归档:{v}").node for v in ("2021-03", "2021-03-06..", "unknown", "..2021")),
        FieldFilter("bureau", "甲市"),
    )
)


@given(
    held=st.lists(records, min_size=1, max_size=8),
    tree=st.none() | asked,
    chosen=st.lists(asked, max_size=2),
    unwanted=st.lists(asked, max_size=2),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_engines_agree(
    held: list[Record], tree: Any, chosen: list[Any], unwanted: list[Any]
) -> None:
    paragraphs = [Paragraph(f"d{n % 3}", n, "经费", record=r) for n, r in enumerate(held)]
    query = Query(node=tree, excluded=tuple(dict.fromkeys(unwanted)), fold=False)
    for one in chosen:
        query = query.select(one.field, (*query.values(one.field), one.value))
    memory = MemoryEngine()
    fill(memory, paragraphs)
    with whoosh(paragraphs) as rival:
        expected, given = memory.search(query), rival.search(query)
        assert given.total == expected.total
        assert tuple(given.facets) == tuple(expected.facets)
        ids = [[p.paragraph_id for p in engine.scan(query)] for engine in (memory, rival)]
        assert ids[0] == ids[1]
        assert list(rival.paragraphs("d0")) == list(memory.paragraphs("d0"))
        for bucket in expected.facet("cosigner").buckets:
            alone = query.without("cosigner").toggle("cosigner", bucket.value)
            assert rival.search(alone).total == memory.search(alone).total
            without = query.without("cosigner").exclude("cosigner", bucket.value)
            assert rival.search(without).total == memory.search(without).total


@contextmanager
def whoosh(paragraphs: list[Paragraph]) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder))
        fill(engine, paragraphs)
        yield engine
        engine.close()


def test_it_is_stored_with_paragraph_and_document(archive: Archive) -> None:
    first = paragraphs_of(archive)[0]
    assert first.record == Record(
        kind="通知",
        site="a.cn",
        published="2021-03-06",
        bureau="甲市",
        cosigner=("甲市教育局", "甲市财政局"),
        filed="2021-03-05",
        direction="down",
    )
    assert archive.document(first.document_id).record == first.record


def test_it_completes(archive: Archive) -> None:
    def queries(typed: str) -> list[str]:
        return [one.query for one in complete(archive, typed)]

    assert queries("处室:甲") == ["处室:甲市"]
    assert queries("bureau:乙") == ["bureau:乙市"]
    assert queries("会签:财政") == ["会签:甲市财政局"]
    # Offered unasked, as its row says.
    assert "处室:乙市" in queries("乙市")


def run(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(cli, ["--home", str(home), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_line_has_it(home: Path) -> None:
    found = json.loads(run(home, "search", "经费", "--bureau", "甲市", "--json"))
    assert found["total"] == 1
    (hit,) = found["hits"]
    assert (hit["bureau"], hit["cosigner"]) == ("甲市", ["甲市教育局", "甲市财政局"])
    assert hit["filed"] == "2021-03-05"
    assert set(found["facets"]) >= {"bureau", "cosigner"}
    left = json.loads(run(home, "search", "经费", "--not-cosigner", "甲市财政局", "--json"))
    assert left["total"] == 2
    days = json.loads(run(home, "search", "经费", "--filed", "2021-07..", "--json"))
    assert [hit["bureau"] for hit in days["hits"]] == ["乙市"]
    explained = run(home, "explain", str(home / "corpus" / "a.jsonl"), "--json")
    assert json.loads(explained.splitlines()[0])["cosigner"] == ["甲市教育局", "甲市财政局"]
    assert "--bureau" in run(home, "wording", "--help")


def test_texts_are_measured_by_it(archive: Archive) -> None:
    for filters in ([("bureau", "甲市")], [("cosigner", "甲市教育局")], [("filed", "2021-03")]):
        query, options = wording_args([("q", "经费"), *filters])
        (year,) = [y for y in wording(archive, query, options).years if y.year == 2021]
        texts = [p.text for p in archive.scan(from_args(filters))]
        assert year.characters == sum(map(len, texts))
        assert year.per_million > 0


def test_what_is_exported_is_read_back(home: Path, archive: Archive, tmp_path: Path) -> None:
    exported = run(home, "export", "", "--format", "ndjson")
    again = built(tmp_path / "again", exported)
    with open_archive(again) as opened:
        records = [p.record for p in paragraphs_of(opened)]

    def exported_elements(record: Record) -> tuple[object, ...]:
        return record.kind, record.site, record.bureau, record.cosigner, record.filed

    assert list(map(exported_elements, records)) == [
        exported_elements(p.record) for p in paragraphs_of(archive)
    ]
    rows = list(csv.DictReader(io.StringIO(run(home, "export", "").removeprefix("\ufeff"))))
    by_title = {row["title"]: (row["bureau"], row["cosigner"], row["filed"]) for row in rows}
    assert by_title == {
        "甲市通知": ("甲市", "甲市教育局; 甲市财政局", "2021-03-05"),
        "乙市通知": ("乙市", "甲市教育局", "2021-07-01"),
        "丙县总结": ("", "", ""),
    }


def test_the_front_and_the_api_have_it(home: Path) -> None:
    client = create_app(home).test_client()
    assert client.get("/api/search?q=经费&bureau=甲市").get_json()["total"] == 1
    assert client.get("/api/search?filed=2021-13").status_code == 400
    described = client.get("/api/openapi.json").get_json()
    parameters = {p["name"]: p for p in described["paths"]["/api/search"]["get"]["parameters"]}
    assert parameters.keys() >= {"bureau", "not_bureau", "cosigner", "not_cosigner", "filed"}
    schemas = described["components"]["schemas"]
    assert schemas["Hit"]["properties"]["cosigner"]["type"] == "array"
    assert schemas["Hit"]["properties"].keys() >= {"bureau", "filed"}
    assert schemas["Document"]["properties"].keys() >= {"bureau", "cosigner", "filed"}
    assert schemas["Results"]["properties"]["facets"]["properties"].keys() >= {"bureau", "cosigner"}
    page = client.get("/search?q=经费&lang=zh").get_data(as_text=True)
    assert "<h2>处室</h2>" in page
    assert "bureau=%E7%94%B2%E5%B8%82" in page
    assert '<span lang="zh-CN">甲市</span>' in page
    chosen = client.get("/search?q=经费&cosigner=甲市教育局&lang=zh").get_data(as_text=True)
    assert "会签：甲市教育局" in chosen
    assert client.get("/facet/bureau?q=经费").status_code == 200
    assert client.get("/facet/filed?q=经费").status_code == 404
    document = client.get("/api/search?q=bureau:甲市").get_json()["hits"][0]["document_id"]
    read = client.get(f"/document/{document}?lang=zh").get_data(as_text=True)
    assert ">会签</th>" in read
    assert client.get(f"/api/document/{document}").get_json()["bureau"] == "甲市"


def test_a_cluster_keeps_it_and_is_asked_for_it(archive: Archive) -> None:
    properties = mappings("stamp")["properties"]
    assert properties["bureau"]["type"] == properties["cosigner_folded"]["type"] == "keyword"
    assert properties["filed"]["type"] == "date"
    first = paragraphs_of(archive)[0]
    source = Version(first, 1, digest="x").source()
    assert source["cosigner"] == ["甲市教育局", "甲市财政局"]
    assert source["filed"] == "2021-03-05"
    assert source.keys() - {"kept"} <= properties.keys()
    assert read_version(source).paragraph == first
    query = from_args([("bureau", "甲市"), ("filed", "2021-03..2021-06"), ("not_cosigner", "乙")])
    assert selection(query) == [
        {"bool": {"should": [{"term": {"bureau_folded": "甲市"}}], "minimum_should_match": 1}},
        {
            "bool": {
                "should": [{"range": {"filed": {"gte": "2021-03-01", "lte": "2021-06-30"}}}],
                "minimum_should_match": 1,
            }
        },
        {"bool": {"must_not": [{"term": {"cosigner_folded": "乙"}}]}},
    ]
    assert facet_aggregations(query).keys() >= {"bureau", "cosigner"}
