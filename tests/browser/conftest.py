"""One browser for all tests of a run: starting it costs more than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fixtures.browsing import DESK, forget, opened_browser, resize


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(_shared: Any) -> Any:
    """A browser that knows nothing of the modules before."""
    forget(_shared)
    return _shared


@pytest.fixture
def desk(browser: Any) -> Any:
    """The browser, as large as on a desk."""
    resize(browser, DESK)
    return browser
