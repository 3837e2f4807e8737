"""The homes that are tortured, and what is true of a home at rest."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from archive.cli import main as run_main
from archive.query.query import Query, parse
from archive.store.home import KEPT_GENERATIONS, Home
from archive.store.library import Archive
from indexer.run.verify import verify

PAGES = {
    "甲.txt": "2020年云溪县教育工作总结\n\n一、主要做法\n"
    "全力推进义务教育均衡发展，新建学校12所。\n",
    "乙.txt": "2021年河口镇工作总结\n\n一、安全生产\n落实安全责任，开展安全检查30次。\n",
    "丙.html": "<html><title>2019年岚水县工作计划</title><body><p>2019年岚水县工作计划</p>"
    "<p>一、重点工作</p><p>加快推进学前教育普惠发展，新建幼儿园xx所。</p></body></html>",
}
NEW = (
    "2022年青柳区教育工作要点\n\n一、重点\n深化教育评价改革，推进义务教育均衡发展，新建学校8所。\n"
)


def xianli(home: Path, *arguments: str) -> int:
    """Run a command as `main` does, in this process; return its exit code."""
    sys.argv = ["xianli", "--home", str(home), *arguments]
    try:
        run_main()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0


def seen(home: Path) -> str:
    """A digest of all that readers of the archive see; of nothing, where it has no index."""
    opened = Home.open(home)
    if not opened.identity():
        return "nothing"
    with Archive(opened) as archive:
        everything = archive.search(Query(limit=100)).to_dict()
        found = archive.search(parse("均衡发展")).to_dict()
        for answer in (everything, found):
            del answer["took_ms"]
            for hit in answer["hits"]:
                del hit["score"]
        documents = sorted({hit["document_id"] for hit in everything["hits"]})
        titles = [archive.document(document_id).title for document_id in documents]
        paragraphs = [(p.paragraph_id, p.text) for d in documents for p in archive.paragraphs(d)]
    content = json.dumps([everything, found, titles, paragraphs], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def wrong(home: Path) -> list[str]:
    """What is wrong with a home at rest: an index that disagrees, files that were left."""
    opened = Home.open(home)
    found = [f"verify: {difference.path} {difference.reason}" for difference in verify(opened)]
    kept = sorted((opened.state / "generations").iterdir())
    if len(kept) > KEPT_GENERATIONS:
        found.append(f"{len(kept)} generations are kept")
    left = [p for p in home.rglob("*") if p.name.endswith((".part", ".new", ".tmp", "-journal"))]
    found += [f"left behind: {path.relative_to(home)}" for path in left]
    return found


def build(home: Path) -> None:
    """Make a home with PAGES as its corpus, not indexed yet."""
    (home / "corpus").mkdir(parents=True)
    for name, text in PAGES.items():
        (home / "corpus" / name).write_text(text, "utf-8")
