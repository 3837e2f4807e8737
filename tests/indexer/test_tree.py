"""The quick tree is the one that BeautifulSoup builds itself, links and all."""

from __future__ import annotations

import random
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.builder._lxml import LXMLTreeBuilder
from lxml import etree  # type: ignore[import-untyped]

from indexer.readers.encoding import decode
from indexer.readers.html.tree import parse

GOLDEN = sorted(
    path
    for path in (Path(__file__).parent.parent / "golden").iterdir()
    if path.suffix in (".html", ".htm")
)
_LINKS = ("parent", "next_element", "previous_element", "next_sibling", "previous_sibling")
_DAMAGE = (
    "<p>",
    "</p></p>",
    "</div>",
    "<b><i>",
    "</table>",
    "<tr><td><ul>",
    "<!--",
    "-->",
    "<!---->",
    "<pre> \n",
    "<textarea>\n\n",
    "</p",
    "<script>",
    "</body>",
    "</html>",
    "<svg:x a:b=1>",
    "<?xml a ?>",
    "<select><option>",
    "&nbsp;&bad;",
    "<a href=x><a>",
    "<![CDATA[x]]>",
    "<ruby>一<rt>yi</rt>",
    "</head><body>",
)


class _Builder(LXMLTreeBuilder):
    def default_parser(self, encoding: Any) -> Any:
        return partial(etree.HTMLParser, huge_tree=True)


def _own(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(text, builder=_Builder(multi_valued_attributes=None))


def _described(soup: BeautifulSoup) -> list[tuple[object, ...]]:
    """Every node with what it holds and the numbers of the nodes that it is linked to."""
    nodes = [soup, *soup.descendants]
    numbers = {id(node): number for number, node in enumerate(nodes)}
    rows: list[tuple[object, ...]] = []
    for node in nodes:
        links = tuple(numbers.get(id(getattr(node, link))) for link in _LINKS)
        if isinstance(node, Tag):
            held = [numbers[id(child)] for child in node.contents]
            kinds = sorted(kind.__name__ for kind in node.interesting_string_types or ())
            void = node.can_be_empty_element
            rows.append((node.name, dict(node.attrs), node.prefix, void, kinds, held, links))
        else:
            rows.append((type(node), str(node), links))
    return rows


def _damaged(text: str, chance: random.Random) -> str:
    for _ in range(30):
        at = chance.randrange(len(text) + 1)
        if chance.random() < 0.5:
            text = text[:at] + chance.choice(_DAMAGE) + text[at:]
        else:
            text = text[:at] + text[at + chance.randrange(20) :]
    return text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: str(path.stem))
def test_tree_is_the_one_that_beautifulsoup_builds(path: Path) -> None:
    text = decode(path.read_bytes())[0]
    assert _described(parse(text).soup) == _described(_own(text))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: str(path.stem))
def test_tree_of_a_damaged_page_is_the_one_that_beautifulsoup_builds(path: Path) -> None:
    chance = random.Random(path.name)
    for _ in range(4):
        text = _damaged(decode(path.read_bytes())[0], chance)
        assert _described(parse(text).soup) == _described(_own(text)), text


@pytest.mark.parametrize("text", ["", " ", "教育", "<", "<p", "<!doctype html>", "</p>", "<td>一"])
def test_tree_of_hardly_anything_is_the_one_that_beautifulsoup_builds(text: str) -> None:
    assert _described(parse(text).soup) == _described(_own(text))


def test_named_elements_come_in_their_order() -> None:
    tree = parse("<title>甲</title><script>1</script><p>乙</p><script>2</script>")
    assert [script.string for script in tree.named["script"]] == ["1", "2"]
    assert tree.named["style"] == []


def test_selectors_and_texts_work_on_the_tree() -> None:
    soup = parse("<div class='a b'>一<span>二</span><script>三</script></div><p>四").soup
    assert [tag.get_text() for tag in soup.select("div.b > span, p")] == ["二", "四"]
    assert soup.get_text() == "一二四"


def test_ten_thousand_levels_are_parsed() -> None:
    assert parse("<div>" * 10_000 + "深").soup.get_text() == "深"
