"""Section: the level-1 heading of a paragraph's path, without its numbering."""

from __future__ import annotations

import re

# The numbering that GB/T 9704 and regulations put before a heading, in either width, and
# what sites make of it (a mask for the figure).
_FIGURES = "0-9０-９一二三四五六七八九十百零〇两xX×*_○"
_NUMBERING = re.compile(
    rf"""^\s*(?:
        第[{_FIGURES}]+[编章节条部篇][\s、:：.．]*   # 第一章
      | [(（〔][{_FIGURES}]+[)）〕][\s、.．]*        # (一)
      | [{_FIGURES}]+\s*[、.．,，:：)）]\s*          # 一、 1. 1)
      | [①-⑳]\s*                                   # ①
    )""",
    re.VERBOSE,
)
_END_MARKS = "。．.：:；;，,、 \u3000\t"


def section_of(heading_path: tuple[str, ...]) -> str | None:
    """Return the section of a paragraph with this heading path, None above any heading.

    >>> section_of(("一、加强教师队伍建设。", "(一)师德师风"))
    '加强教师队伍建设'
    >>> section_of(("第三章 附则",)), section_of(())
    ('附则', None)
    """
    if not heading_path:
        return None
    printed = heading_path[0]
    bare = _NUMBERING.sub("", printed, count=1).strip(_END_MARKS)
    return bare or printed.strip() or None
