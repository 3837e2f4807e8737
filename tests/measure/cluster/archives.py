"""Archives to put into a cluster: made up, the same on every run, as large as asked for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from archive.engines.engine import Engine
from archive.engines.memory import MemoryEngine
from archive.engines.opensearch import OpenSearchEngine
from archive.model import Clusters, Dating, Form, Membership, Paragraph, Record, YearBasis
from archive.query.query import Query, parse

_WORDS = (
    *("推进", "均衡", "发展", "义务教育", "学校", "安全", "落实", "责任", "提高", "质量", "队伍"),
    *("建设", "管理", "加强", "深化", "改革", "教师", "培训", "开展", "活动", "12", "2021", "xx"),
    *("，", "。", "、", "；", "“", "”", "的", "和", "全面", "进一步", "工作", "创新", "机制"),
)
# Of the ways to ask, one of each kind that the grammar has.
QUERIES = (
    *("", "均衡发展", "教育质量", '"均衡"', "安全 责任", "安全|质量", "学校 -安全", "育学"),
    *("年:2019..2021", "专题:专题3 发展", "推进…发展", "[推进|加强]…{0,4}质量", "#。", "没有的词"),
    *("形式:heading", "-推进…发展 学校", "章节:节1", "标题:总结 安全", "（均衡|安全） -年:2020.."),
)

Document = tuple[Paragraph, ...]


def documents(count: int, length: int = 10, seed: int = 1) -> list[Document]:
    """So many documents of so many paragraphs, with values for every facet."""
    draw = random.Random(seed)
    return [_document(draw, f"d{number:05}", length) for number in range(count)]


def clusters(archive: Sequence[Document], seed: int = 1) -> Clusters:
    """Near-duplicate clusters of some of the paragraphs, ranked at random."""
    draw = random.Random(seed)
    rest = [p for document in archive for p in document]
    draw.shuffle(rest)
    found: dict[str, Membership] = {}
    for _ in range(len(rest) // 8):
        members = [rest.pop() for _ in range(draw.randint(2, 4))]
        first = min(members, key=lambda p: p.order).paragraph_id
        found |= {p.paragraph_id: Membership(first, rank) for rank, p in enumerate(members)}
    return found


def queries() -> list[Query]:
    """One query of each kind."""
    return [parse(text) for text in QUERIES]


def load(engine: Engine, archive: Iterable[Document], grouped: Clusters) -> None:
    """Put an archive into an engine in one batch."""
    with engine.writer() as writer:
        for document in archive:
            writer.add(document)
        writer.set_clusters(grouped)


def both(address: str, archive: Sequence[Document]) -> tuple[OpenSearchEngine, MemoryEngine]:
    """The same archive in the cluster and in the reference implementation."""
    kept, reference = OpenSearchEngine(address), MemoryEngine()
    for engine in (kept, reference):
        load(engine, archive, clusters(archive))
    return kept, reference


def _document(draw: random.Random, name: str, length: int) -> Document:
    year = draw.choice((None, 2018, 2019, 2020, 2021, 2022))
    basis = YearBasis.UNKNOWN if year is None else YearBasis.STATED
    return tuple(
        Paragraph(
            document_id=name,
            ordinal=ordinal,
            text="".join(draw.choices(_WORDS, k=draw.randint(5, 40))),
            form=draw.choice((Form.BODY, Form.BODY, Form.HEADING)),
            heading_path=(f"一、节{int(draw.paretovariate(0.5)) % 400}",),
            # Skewed, as sections are: few are everywhere, hundreds are somewhere.
            section=f"节{int(draw.paretovariate(0.5)) % 400}",
            topics=(f"专题{draw.randint(0, 20)}",),
            record=Record(draw.choice(("总结", "要点", None)), f"{draw.randint(0, 30)}.cn"),
            title=f"{name}工作总结",
            dating=Dating(stated=year, year=year, basis=basis),
        )
        for ordinal in range(length)
    )
