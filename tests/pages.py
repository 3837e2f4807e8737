"""Asking the web front for pages, and reading what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

COMPILATION = "/document/总结汇编.html"


def get(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.text, "lxml")


def total(soup: BeautifulSoup) -> int:
    """The number of paragraphs that a result page says it found."""
    shown = soup.select_one(".total")
    assert shown
    number = re.match(r"[\d,]+", shown.get_text(strip=True))
    assert number
    return int(number.group().replace(",", ""))


def args(href: object) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(str(href)).query)


def values(soup: BeautifulSoup) -> Iterator[tuple[Tag, int]]:
    """The links of all facet values with the count that each shows."""
    for link in soup.select(".facets .values a"):
        count = link.select_one(".count")
        assert count
        yield link, int(count.get_text().replace(",", ""))
