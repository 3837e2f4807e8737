"""Pictures of the pages for docs/: `make screenshots` takes them again.

The sample corpus is indexed in a folder of its own and served; a headless Chromium looks at
each page at a desk's width and a phone's, in both themes. Only our own texts are shown.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from archive import open_archive
from archive.query.query import parse
from tests.fixtures.browsing import (
    DESK,
    MOUSE,
    PHONE,
    dress,
    opened_browser,
    resize,
    served,
)
from web import create_app

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "screenshots"
# Small enough to be looked at in a page of documentation, large enough to be read.
SCALE = {DESK: 0.7, PHONE: 0.8}
QUERY = "均衡发展"
DRAFT = "全力推进义务教育均衡发展，新建学校5所，控辍保学成效明显。"


def take(home: Path) -> None:
    """Take every picture of the archive in `home`."""
    with open_archive(home) as archive:
        first = archive.search(parse(QUERY)).hits[0].paragraph
    pages = {
        "home": "/",
        "search": f"/search?q={QUERY}",
        "document": f"/document/{first.document_id}?q={QUERY}#p{first.ordinal}",
        "wording": "/wording?q=推进…发展",
        "precedents": f"/precedents?draft={DRAFT}",
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        opened_browser(home / "profile", MOUSE) as browser,
        served(create_app(home)) as site,
    ):
        for name, address in pages.items():
            for size in (DESK, PHONE):
                resize(browser, size)
                for scheme in ("light", "dark"):
                    dress(browser, scheme)
                    # A page that is there already would only be scrolled.
                    browser.get("about:blank")
                    browser.get(site + address)
                    shown = FOLDER / f"{name}-{size[0]}-{scheme}.png"
                    shown.write_bytes(picture(browser, size))


def picture(browser: Any, size: tuple[int, int]) -> bytes:
    """What is on the screen, as a small PNG."""
    top = browser.execute_script("return scrollY")
    clip = {"x": 0, "y": top, "width": size[0], "height": size[1], "scale": SCALE[size]}
    asked = {"format": "png", "clip": clip, "optimizeForSpeed": False}
    return base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", asked)["data"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "corpus", Path(folder) / "corpus")
        command = [sys.executable, "-m", "archive", "--home", folder, "reindex"]
        subprocess.run(command, check=True, cwd=ROOT)
        take(Path(folder))
