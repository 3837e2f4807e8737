"""Print how well precedents are found: python -m tests.measure.precedents_report

$XIANLI_TESTDATA says where the real paragraphs and laws lie. Recall at 1 and within 5 with
bootstrap intervals, by grade, for all drafts and for the half that no weight was tuned on;
nDCG@10 on the questions to laws; each beside its baselines in the same run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.measure.precedents_eval import (
    GRADES,
    Baseline,
    Drafted,
    Laws,
    Ranker,
    build_home,
    halves,
    interval,
    open_contents,
    our_ranker,
    pairs,
    ranks,
    recall,
    word_features,
)


def main() -> None:
    """Measure everything, print one table after the other."""
    folder = os.environ.get("XIANLI_TESTDATA")
    if not folder:
        sys.exit("XIANLI_TESTDATA is not set: no third-party test data here")
    real = Path(folder) / "real"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        files = [real / "10k.jsonl.gz", real / "gov_reports.jsonl.gz"]
        archive, contents = open_contents(build_home(root / "home", files))
        drafts = contents.drafts()
        texts = [p.text for p in contents.paragraphs]
        keys = [contents.keys[p.paragraph_id] for p in contents.paragraphs]
        rankers: dict[str, Ranker] = {
            "xianli": our_ranker(archive, contents),
            "BM25 pairs": Baseline(texts, keys, pairs),
            "BM25 words": Baseline(texts, keys, word_features),
        }
        for name, ranker in rankers.items():
            found = ranks(drafts, ranker)
            tuned, held = halves(drafts)
            for half, places in (("all", range(len(drafts))), ("tuned", tuned), ("held", held)):
                _row(name, half, [drafts[i] for i in places], [found[i] for i in places])
        archive.close()
        laws = Laws(real / "stard", root / "laws")
        for name, ranker in (
            ("xianli", laws.ours),
            ("BM25 pairs", Baseline(laws.texts, laws.names, pairs)),
            ("BM25 words", Baseline(laws.texts, laws.names, word_features)),
        ):
            scores = laws.ndcg(ranker)
            low, high = interval(scores)
            _say(f"{name:12} laws nDCG@10 {sum(scores) / len(scores):.4f} [{low:.3f}, {high:.3f}]")


def _row(name: str, half: str, drafts: Sequence[Drafted], found: Sequence[int]) -> None:
    for grade in GRADES:
        own = [rank for draft, rank in zip(drafts, found, strict=True) if draft.grade == grade]
        low, high = interval([float(rank == 0) for rank in own])
        _say(
            f"{name:12} {half:6} {grade:7} n={len(own):3}  "
            f"R@1 {recall(own, 1):.3f} [{low:.2f}, {high:.2f}]  R@5 {recall(own, 5):.3f}"
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
