"""What document sites do to a text, for the tests of near-duplicates."""

from __future__ import annotations

import random
import re

from archive.analysis import words

# Words that rewriting programs put in the place of others.
SPUN = {
    "坚持": "始终",
    "提高": "进步",
    "实现": "到达",
    "全面": "周全",
    "组织": "举行",
    "问题": "难题",
    "学生": "同学",
    "教师": "老师",
    "开展": "展开",
    "完成": "做完",
    "建立": "树立",
    "工作": "任务",
    "全县": "我县",
    "学校": "校园",
    "明显": "显著",
    "家长": "父母",
    "推进": "促进",
    "落实": "落地",
}
_MASKS = ("xx", "__", "*", "○○", "x")


def masked(text: str, rng: random.Random) -> str:
    """Put masks in the place of the figures."""
    return re.sub(r"\d+", lambda _: rng.choice(_MASKS), text)


def spun(text: str, rng: random.Random, share: float = 0.8) -> str:
    """Replace words that a rewriting program knows."""
    for word, other in SPUN.items():
        if rng.random() < share:
            text = text.replace(word, other)
    return text


def thinned(text: str, rng: random.Random, share: float = 0.07) -> str:
    """Delete words here and there."""
    for word in words(text):
        if len(word) > 1 and rng.random() < share:
            text = text.replace(word, "", 1)
    return text


def swapped(text: str, rng: random.Random) -> str:
    """Swap quotes, brackets and the width of stops."""
    table = {",": "，", ";": "；", "(": "〔", ")": "〕", "“": "〞", "%": "％"}
    return "".join(table[c] if c in table and rng.random() < 0.7 else c for c in text)
