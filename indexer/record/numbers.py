"""Numbers of documents (发文字号) as they are printed, in every form that offices use.

清政办发〔2021〕8号 has the code of an office, a year and a serial number; brackets of any form,
or none of a width, count. Minutes have an issue (〔2022〕第7期), orders and announcements are cited
by their name (市人民政府令第8号, 公告2023年第6号).
"""

from __future__ import annotations

import re

_OPEN, _CLOSE = r"[〔\[［【（(﹝〖]", r"[〕\]］】）)﹞〗]"
_YEAR = r"(?:(?:19|20|１９|２０)?[0-9０-９]{2})"
_FIGURE = r"(?:\d{1,5}(?:[-—－]\d{1,3})?|[一二三四五六七八九十百]{1,5})"
_CODE = r"[\u4e00-\u9fff〇A-Za-zＡ-Ｚａ-ｚ]"
# What stands before a cited number is no office's code.
_OWN = "(?!根据|依据|按照|依照|参照|参见|详见|[见按依据由以即原经])"
# 云政发〔2021〕48号, 云水司〔2022〕第33号, 〔2021〕青应急字第5号.
_CODED = (
    rf"{_OWN}{_CODE}{{1,24}}(?:\s?[（(]{_CODE}{{1,6}}[）)])?\s*{_OPEN}\s*{_YEAR}\s*{_CLOSE}\s*"
    rf"(?:{_CODE}{{0,6}}字)?\s*第?\s*{_FIGURE}\s*号"
    rf"|{_OPEN}\s*{_YEAR}\s*{_CLOSE}\s*{_CODE}{{1,10}}第?\s*{_FIGURE}\s*号"
)
# 〔2022〕第7期, 2023年第6号, 第8号.
_SERIAL = rf"(?:(?:{_OPEN}\s*{_YEAR}\s*{_CLOSE}|\d{{4}}\s*年)\s*第?|第)\s*{_FIGURE}\s*[号期]"
# What is cited by its name: 令第8号.
_NAMED = (
    rf"{_OWN}[\u4e00-\u9fff]{{0,40}}(?:令|公告|通告)\s*"
    rf"(?:{_OPEN}?\s*\d{{4}}\s*{_CLOSE}?\s*年?\s*)?第\s*{_FIGURE}\s*号"
)

CODED = re.compile(_CODED)
SERIAL = re.compile(rf"[（(]?({_SERIAL})[）)]?(?:\s*[（(]总第\s*\d+\s*[期号][）)])?")
NAMED = re.compile(rf"[（(]?({_NAMED})[）)]?")


def is_number(text: str) -> bool:
    """Whether `text` is a document's number and nothing else, brackets around it aside.

    >>> [is_number(t) for t in ("清政办发〔2021〕8号", "（清教 [2020] 12 号）", "国务院令第714号")]
    [True, True, True]
    >>> [is_number(t) for t in ("按清政办发〔2021〕8号执行", "第8号", "2021年")]
    [False, False, False]
    """
    bare = text.strip()
    if bare[:1] in "（(" and bare[-1:] in "）)":
        bare = bare[1:-1].strip()
    return bool(CODED.fullmatch(bare) or NAMED.fullmatch(bare))
