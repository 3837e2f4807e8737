"""The sample corpus is what docs/corpus.md says, and is read as it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from archive.model import Form
from indexer.duplicates import ClusterIndex, sign
from indexer.page import Reading
from indexer.pipeline import read_source

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "corpus"
_ROW = re.compile(r"\| (\S+\.(?:html|htm|txt)) \| (\S+) \| (\S+) \| ([^|]+) \| ([^|]+) \|")
_COPIES = re.compile(r"\| ([^|]+) \| (\S+\.(?:html|htm|txt)(?:, \S+\.(?:html|htm|txt))+) \|")
BOILERPLATE = re.compile(
    "下载|VIP|客服|折扣价|原价|如遇卡顿|擅长领域|小编|已阅读|免费查看|查看更多|展开阅读|点击展开"
    r"|您可能关注|相关推荐|相关文章|拓展阅读|猜你喜欢|申明敬告|打印|投稿|公众号|ICP|\.example"
    r"|版权所有|摘要|第 \d 页|文库汇|东望公文网|百卷文库|笔林范文网|原档网|索引号|发文机关|扫一扫"
    "|附件|上一篇|赞助商|广告"
)
# Six of the sixty known years stand in no word of the page: a cautious reader leaves them.
FOUND = 0.8


class Row:
    """One page as the table describes it."""

    def __init__(self, family: str, site: str, encoding: str, years: str) -> None:
        self.family = family
        self.site = None if site == "none" else site
        self.encoding = encoding.strip()
        self.stated = [_year(year.split("→")[0]) for year in years.split(", ")]
        self.true = [_year(year.split("→")[-1]) for year in years.split(", ")]


def _year(text: str) -> int | None:
    return int(text) if text.strip().isdigit() else None


def _table() -> Mapping[str, Row]:
    page = (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8")
    return {name: Row(*rest) for name, *rest in _ROW.findall(page)}


TABLE = _table()


@cache
def _read(name: str) -> Reading:
    (reading,) = read_source(CORPUS / name, name)
    return reading


@pytest.fixture(params=sorted(TABLE))
def name(request: pytest.FixtureRequest) -> str:
    """One page of the corpus after the other."""
    value: str = request.param
    return value


def test_the_table_lists_every_page_of_the_corpus() -> None:
    assert set(TABLE) == {path.name for path in CORPUS.iterdir()}
    assert len(TABLE) == 24


def test_there_are_eight_families() -> None:
    assert len({row.family for row in TABLE.values()}) >= 8


def test_there_are_fifty_articles_and_five_hundred_paragraphs() -> None:
    readings = [_read(name) for name in TABLE]
    assert sum(len(reading.document.articles) for reading in readings) >= 50
    assert sum(len(reading.paragraphs) for reading in readings) >= 500


def test_encodings_are_as_promised(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    encoding, *qualities = re.split(", | with ", TABLE[name].encoding)
    assert _read(name).document.encoding == encoding
    assert data.startswith(b"\xef\xbb\xbf") == ("BOM" in qualities)
    data.decode(encoding)
    if "declared utf-8" in qualities:
        assert b"charset=utf-8" in data
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")


def test_articles_are_as_many_as_the_table_says(name: str) -> None:
    assert len(_read(name).document.articles) == len(TABLE[name].true)


def test_no_article_has_a_false_year(name: str) -> None:
    reading = _read(name)
    found = [reading.paragraphs[article.first].year for article in reading.document.articles]
    false = [
        (article.title, year)
        for article, year, true in zip(
            reading.document.articles, found, TABLE[name].true, strict=False
        )
        if year is not None and year != true
    ]
    assert not false


def test_most_years_that_the_table_knows_are_found() -> None:
    known = found = 0
    for name, row in TABLE.items():
        reading = _read(name)
        for article, true in zip(reading.document.articles, row.true, strict=False):
            known += true is not None
            found += true is not None and reading.paragraphs[article.first].year == true
    assert found >= FOUND * known


def test_the_site_is_named(name: str) -> None:
    assert _read(name).document.site == TABLE[name].site


def test_no_boilerplate_is_kept(name: str) -> None:
    kept = [paragraph.text for paragraph in _read(name).paragraphs]
    assert not [text for text in kept if BOILERPLATE.search(text)]


def test_no_text_is_cut_short_or_apart(name: str) -> None:
    for paragraph in _read(name).paragraphs:
        assert paragraph.text.count("“") == paragraph.text.count("”"), paragraph.text
        # A notice is signed and dated; every other text of the corpus ends its sentences.
        if paragraph.form is Form.BODY and TABLE[name].family != "government":
            assert paragraph.text[-1] in "。：；！？:;!?", paragraph.text


def test_copies_of_one_text_are_found_on_every_page_of_theirs() -> None:
    index = ClusterIndex()
    document_of = {}
    for name in TABLE:
        reading = _read(name)
        index.replace(reading.document.document_id, sign(reading.paragraphs))
        document_of[name] = reading.document.document_id
    together: dict[str, set[str]] = {}
    for paragraph_id, membership in index.clustering().memberships().items():
        document = paragraph_id.rsplit(":", 1)[0]
        together.setdefault(membership.cluster, set()).add(document)
    page = (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8")
    copies = [names.split(", ") for _, names in _COPIES.findall(page)]
    assert len(copies) >= 6
    for names in copies:
        documents = {document_of[name] for name in names}
        shared = [found for found in together.values() if documents <= found]
        assert len(shared) >= 4, names
