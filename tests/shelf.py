"""A small home for the tests of the web front, with every case that a page must show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.catalog import Catalog, SourceRecord, SourceState
from archive.engines.registry import open_engine
from archive.home import Home
from archive.library import current_stamp
from archive.model import (
    Article,
    Block,
    Dating,
    Document,
    Form,
    Membership,
    Paragraph,
    Record,
    YearBasis,
)

HOSTILE = "<script>alert('题')</script>\"><img src=x onerror=alert(1)>"

COMPILATION = Record("工作总结", "范文示例站", "2023-11-12T02:11:49")
NOTICE = Record("通知", "政务示例站")
BULK = Record("统计", "资料示例站")

Kept = tuple[Document, list[Paragraph]]


def publish(root: Path, extra: Iterable[Kept] = ()) -> None:
    """Make the next generation of the home at `root`: compilation, notice, hostile page, bulk.

    `extra` documents join them.
    """
    home = Home(root.resolve())
    with home.lock():
        generation = home.begin(empty=True)
        generation.write_stamp(current_stamp(""))
        engine = open_engine(generation.index)
        with engine.writer() as writer, Catalog(generation.catalog, writable=True) as catalog:
            for document, paragraphs in (compilation(), notice(), hostile(), bulk(), *extra):
                writer.add(paragraphs)
                catalog.put_document(document, sum(len(p.text) for p in paragraphs))
            writer.set_clusters(
                {
                    "总结汇编.html:4": Membership("总结汇编.html:4", 0),
                    "通知.txt:2": Membership("总结汇编.html:4", 1),
                }
            )
            catalog.put_source(_source("备份.zip", SourceState.SKIPPED))
            catalog.put_source(_source("坏页.html", SourceState.FAILED))
            catalog.put_facts([("built", "2026-01-31T09:05:12+00:00")])
        engine.close()
        home.publish(generation)


def compilation() -> Kept:
    """Two articles of different years, a run-in heading, cut blocks and a cut fragment."""
    stated = Dating(stated=2020, year=2020, basis=YearBasis.STATED, evidence=("2020年",))
    conflict = Dating(
        stated=2021,
        year=2018,
        basis=YearBasis.CONFLICT,
        first=2018,
        last=2018,
        evidence=("庆祝改革开放四十周年",),
    )
    one, two = "教育工作总结篇一", "教育工作总结篇二"
    h1, h2 = "一、主要做法", "（一）推进均衡发展"
    run_in = "1.加强师德建设。"
    rows = [
        (one, Form.ARTICLE_TITLE, one, (), stated, None),
        (h1, Form.HEADING, one, (h1,), stated, None),
        (h2, Form.HEADING, one, (h1, h2), stated, "义务教育"),
        (
            f"{run_in}全年开展师德培训12次，师德师风明显好转。",
            Form.BODY,
            one,
            (h1, h2, run_in),
            stated,
            "师德师风",
        ),
        (
            "全力推进义务教育均衡发展，创造新鲜的品牌，新建学校xx所。",
            Form.BODY,
            one,
            (h1, h2),
            stated,
            "义务教育",
        ),
        (two, Form.ARTICLE_TITLE, two, (), conflict, None),
        ("落实校园安全责任，均衡发展取得进展。", Form.BODY, two, (), conflict, "校园安全"),
    ]
    cuts = {4: (".",)}
    paragraphs = [
        Paragraph(
            "总结汇编.html",
            n,
            text,
            form=form,
            article=article,
            heading_path=path,
            section="主要做法" if path else None,
            part="主要做法与成效" if path else None,
            topic=topic,
            title="教育工作总结（2篇）",
            record=COMPILATION,
            dating=dating,
            cut=cuts.get(n, ()),
        )
        for n, (text, form, article, path, dating, topic) in enumerate(rows)
    ]
    blocks = [Block("下载本文档", keep=False, rule="button")]
    blocks += [Block(p.text.replace("新鲜的", "新鲜的."), keep=True) for p in paragraphs]
    blocks += [Block("客服微信：示例", keep=False, rule="contact")]
    document = Document(
        "总结汇编.html",
        "2023/总结汇编.html",
        "教育工作总结（2篇）",
        "0" * 64,
        record=COMPILATION,
        url="https://example.org/doc/1.html",
        encoding="gb18030",
        articles=(Article(one, 0, 5, "工作总结"), Article(two, 5, 2, "工作总结")),
        blocks=tuple(blocks),
    )
    return document, paragraphs


def notice() -> Kept:
    """A single text with a masked year and a near-duplicate of the compilation."""
    masked = Dating(
        basis=YearBasis.INFERRED, first=2016, last=2019, masked=True, evidence=("两学一做",)
    )
    texts = [
        "关于做好20xx年校园安全工作的通知",
        "各学校要落实安全责任，开展安全检查。",
        "全力推进义务教育均衡发展，创造新鲜品牌，新建学校12所。",
    ]
    title = "校园安全工作通知"
    paragraphs = [
        Paragraph("通知.txt", n, text, title=title, record=NOTICE, dating=masked)
        for n, text in enumerate(texts)
    ]
    document = Document(
        "通知.txt",
        "通知.txt",
        title,
        "1" * 64,
        record=NOTICE,
        articles=(Article(None, 0, 3, "通知"),),
        blocks=tuple(Block(text, keep=True) for text in texts),
    )
    return document, paragraphs


def hostile() -> Kept:
    """A page whose every field tries to be markup."""
    record = Record(HOSTILE, HOSTILE, HOSTILE)
    paragraph = Paragraph(
        "hostile.html",
        0,
        f"注入{HOSTILE}测试",
        article=HOSTILE,
        heading_path=(HOSTILE,),
        section=HOSTILE,
        topic=HOSTILE,
        part=HOSTILE,
        title=HOSTILE,
        record=record,
        cut=(HOSTILE,),
        dating=Dating(evidence=(HOSTILE,)),
    )
    document = Document(
        "hostile.html",
        HOSTILE,
        HOSTILE,
        digest="2" * 64,
        record=record,
        url="javascript:alert(1)",
        articles=(Article(HOSTILE, 0, 1),),
        blocks=(Block(HOSTILE, keep=False, rule=HOSTILE),),
    )
    return document, [paragraph]


def bulk() -> Kept:
    """Sixty paragraphs over 45 years with more topics than a facet lists at once."""
    title = "历年教育统计资料"
    paragraphs = [
        Paragraph(
            "统计.jsonl",
            n,
            f"第{n}项：本年度教育经费投入稳步增长，办学条件持续改善。",
            title=title,
            topic=f"专题{n % 12:02}",
            record=BULK,
            dating=Dating(stated=1980 + n % 45, year=1980 + n % 45, basis=YearBasis.STATED),
        )
        for n in range(60)
    ]
    document = Document(
        "统计.jsonl",
        "统计.jsonl",
        title,
        "3" * 64,
        record=BULK,
        articles=(Article(None, 0, 60, "统计"),),
    )
    return document, paragraphs


def long_document(count: int) -> Kept:
    """A document of `count` short paragraphs."""
    paragraphs = [
        Paragraph("长卷.jsonl", n, f"第{n}条要求，逐项落实。", title="长卷") for n in range(count)
    ]
    document = Document("长卷.jsonl", "长卷.jsonl", "长卷", "5" * 64)
    return document, paragraphs


def _source(path: str, state: SourceState) -> SourceRecord:
    return SourceRecord(path, 1, 1, 1, "4" * 64, state, "无法读取：示例", "cannot be read: example")
