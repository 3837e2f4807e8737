"""How often each boilerplate rule acts rightly and wrongly on the sets.

A rule acts rightly where the block that it drops is no part of the gold text, and wrongly
where it is. A rule that acts rightly nowhere helps no set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from indexer.extract import label
from indexer.extract.rules import load_rules
from indexer.page import LabelledPage
from indexer.readers import read_page
from tests.measure.quality.gold import GoldSet
from tests.measure.quality.scores import squeeze

# Shorter texts stand in many a gold text by accident.
_SHORTEST = 6


def actions(sets: Iterable[GoldSet]) -> dict[str, tuple[int, int]]:
    """How often each label is given rightly and wrongly, over pages whose text is known."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for page in (page for gold in sets for page in gold.pages):
        if page.text is not None:
            read = label(read_page(page.path, page.path.name))
            _count(read, squeeze(page.text), right, wrong)
    return {rule: (right[rule], wrong[rule]) for rule in sorted(right.keys() | wrong.keys())}


def _count(read: LabelledPage, gold: str, right: Counter[str], wrong: Counter[str]) -> None:
    title = squeeze(read.title)
    for block in read.blocks:
        if block.rule is None:
            continue
        text = squeeze(block.source.text)
        # The headline of a gold text is the page's title.
        falsely = len(text) >= _SHORTEST and text in gold and text != title
        (wrong if falsely else right)[block.rule] += 1


def idle(found: dict[str, tuple[int, int]]) -> list[str]:
    """The labels of our rules that are given rightly nowhere."""
    rules = load_rules()
    edges = [rule for choice in rules.edges.values() for rule in choice.rules]
    lines = (*rules.lines.rules, *rules.ends.rules, *edges)
    named = (("line", lines), ("tail", rules.tails), ("dom", rules.words))
    labels = {f"{kind}:{rule.name}" for kind, rules in named for rule in rules}
    return sorted(label for label in labels if not found.get(label, (0, 0))[0])


def table(sets: Sequence[GoldSet]) -> str:
    """The rules with their actions, as a table."""
    found = actions(sets)
    rows = [f"| {rule} | {right} | {wrong} |" for rule, (right, wrong) in found.items()]
    rest = idle(found)
    said = [f"No set is helped by: {', '.join(rest)}."] if rest else []
    return "\n".join(["| rule | right | wrong |", "|---|---:|---:|", *rows, *said])
