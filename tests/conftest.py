"""What all tests share: Hypothesis profiles, a home, the way to the test data kept elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.fixtures.home import publish

# Opening an index takes longer than Hypothesis expects of one example, and its time says
# more about the disk than about the code: no deadlines. A failing archive is long to
# explain and clear once shrunk: no explanations.
settings.register_profile(
    "base",
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
_BASE = settings.get_profile("base")

# "same" asks the same questions on every run, so that the suite always tells the same;
# "random" asks more of them, and new ones each time, "deep" many (make random,
# HYPOTHESIS_PROFILE=deep).
settings.register_profile("same", _BASE, derandomize=True)
settings.register_profile("random", _BASE, max_examples=100)
settings.register_profile("deep", _BASE, max_examples=500)
# On the cluster a batch takes half a second, and another Whoosh is asked what ours was: fewer
# archives, asked the same questions.
settings.register_profile("few", settings.get_profile("same"), max_examples=6)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


# The benchmark's peers are extras of its own; test_bench.py runs what needs none of them.
collect_ignore = ["measure/bench"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small home with every case that a page must show, for tests that only read it."""
    root = tmp_path_factory.mktemp("home")
    publish(root)
    return root


@pytest.fixture(scope="session")
def testdata() -> Callable[[str], Path]:
    """Return the path of a file or folder of the test data, by its path inside it.

    The data belongs to third parties and is never committed; $XIANLI_TESTDATA says where
    it lies. Unset, the test is skipped; set, what is missing there is a failure.
    """
    folder = os.environ.get("XIANLI_TESTDATA")
    if not folder:
        pytest.skip("XIANLI_TESTDATA is not set: no third-party test data here")

    def find(inside: str) -> Path:
        path = Path(folder) / inside
        assert path.exists(), f"XIANLI_TESTDATA is set, but {path} is missing"
        return path

    return find
