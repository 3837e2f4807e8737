"""Names under which a file from outside may stand in the corpus."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from archive.errors import SourceError

# Bytes of UTF-8 that the usual file systems keep of one name: 85 Chinese characters.
MAX_NAME_LENGTH = 255
# Folders above a file; archives of offices are four or five deep.
DEEPEST = 8
# Characters shown of a name that is refused.
_SHOWN = 60

# What Windows keeps for itself, in any case and with any suffix: an archive may be moved there.
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE
)
_FORBIDDEN = frozenset('\\/:*?"<>|')
# Control, format (bidirectional and invisible signs), surrogate, private; line and paragraph
# separators: none can be seen in a list of files, and some turn what is seen around.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def checked_path(path: str, suffixes: Collection[str]) -> str:
    """Return a relative path with `/` as it may stand in the corpus.

    `suffixes` are those that can be read, in lower case. Raises SourceError with the reason.

    >>> checked_path("2021/工作总结.html", (".html",))
    '2021/工作总结.html'
    """
    parts = unicodedata.normalize("NFC", path).split("/")
    if len(parts) > DEEPEST + 1:
        raise SourceError("upload.too_deep", path=shown(path), deepest=DEEPEST)
    for part in parts:
        if fault := _fault(part):
            raise SourceError(
                "upload.bad_name", path=shown(path), chinese=fault[0], english=fault[1]
            )
    if not parts[-1].lower().endswith(tuple(suffixes)):
        known = " ".join(sorted(suffixes))
        raise SourceError("upload.unknown_type", path=shown(path), known=known)
    return "/".join(parts)


def shown(name: str) -> str:
    """Return a name as a message may show it: short, and nothing in it unseen.

    >>> shown("通知\\u202egpj.html")
    '通知\\\\u202egpj.html'
    """
    plain = "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in _UNSEEN else c
        for c in name[: _SHOWN + 1]
    )
    return plain if len(name) <= _SHOWN else plain[:_SHOWN] + "…"


def _fault(part: str) -> tuple[str, str] | None:
    """What is wrong with one part of a path, in two languages."""
    if part in ("", ".", ".."):
        return "指向别的文件夹", "leads to another folder"
    if any(unicodedata.category(c) in _UNSEEN for c in part):
        return "含有换行、方向控制等看不见的字符", "has unseen characters (line breaks, directions)"
    if "\N{REPLACEMENT CHARACTER}" in part:
        return "在传送中成了乱码", "was garbled on its way"
    if _FORBIDDEN & set(part):
        return '含有不能用的符号（\\ / : * ? " < > |）', 'has a sign of \\ / : * ? " < > |'
    if part.startswith((".", "~$")):
        return "是隐藏文件或临时文件的名称", "is that of a hidden or temporary file"
    if part != part.strip() or part.endswith("."):
        return "首尾有空格，或以句点结尾", "begins or ends with a space, or ends with a dot"
    if _RESERVED.fullmatch(part):
        return "是系统保留的名称", "is reserved by the system"
    if len(part.encode()) > MAX_NAME_LENGTH:
        return (
            f"太长（最多 {MAX_NAME_LENGTH} 字节）",
            f"is too long (at most {MAX_NAME_LENGTH} bytes)",
        )
    return None
