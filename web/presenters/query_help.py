"""The query card: what may be written, what it means, and an example that can be opened."""

from __future__ import annotations

Row = tuple[str, str, str]

# Sign, key of its meaning in the strings, example.
PATTERNS: tuple[Row, ...] = (
    ("?", "one", "坚持?个结合"),
    ("甲…乙", "gap", "抓…促…"),
    ("…{0,6}", "bounded", "推进…{0,6}均衡"),
    ("[甲|乙]", "choice", "[推进|加快|深化]改革"),
    ("{甲 乙}", "any_order", "{城 乡}一体"),
    ("#", "figures", "新建学校#所"),
    ("段内:", "whole", "段内:以…为…"),
)

EXAMPLES: tuple[Row, ...] = (
    ("甲 乙", "words", "学前教育 普惠"),
    ("“原句”", "phrase", "“立德树人根本任务”"),
    ("甲|乙", "either", "校园安全|食品安全"),
    ("-甲", "without", "均衡发展 -高中"),
    ("（ ）", "group", "（师德|师风） 培训"),
    *PATTERNS,
    ("年:2019..2021", "field_year", "控辍保学 年:2019..2021"),
    ("章节:甲", "field_section", "安全 章节:下一步"),
    ("标题:甲", "field_title", "督导 标题:工作总结"),
    ("专题:甲", "field_value", "经费 部分:存在问题"),
)

# What the first page opens to show how a thing is done.
STARTS = {"search": "学前教育 普惠", "wording": "抓…促…", "precedents": "", "clips": ""}

# Keys, and the key of their meaning in the strings.
SHORTCUTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("/",), "focus"),
    (("j", "k"), "move"),
    (("Enter",), "enter"),
    (("o",), "open_variants"),
    (("c", "s"), "copy_similar"),
    (("v",), "switch_view"),
    (("w",), "search_within"),
    (("f", "y"), "filters"),
    (("[", "]"), "turn"),
    (("n", "p"), "jump"),
    (("b",), "go_back"),
    (("z",), "clip"),
    (("?",), "question"),
)
