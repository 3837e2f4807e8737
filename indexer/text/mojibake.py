"""Text that was once decoded wrongly: how it is known, and brought back where it can be.

Three ways are common: GBK and UTF-8 taken for Latin-1 (or Windows' cp1252), UTF-8 taken for
GBK. The way back is tried run by run, and counts where it yields what reads like Chinese.
"""

from __future__ import annotations

import re
from itertools import islice

# The most frequent characters of written Chinese, Simplified and Traditional, with the
# commonest signs. Running text has about four in ten of its non-ASCII characters in here;
# text decoded wrongly has hardly any.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
    "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体"
    "制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内"
    "数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提"
    "直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计"
    "别手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口"
    "市教育院发导这为个国时来们对会"
    "這為個國時來們對會產種後過說從進業質氣變條沒結問無系軍題員總統見計別論運農幾區強戰處隊給門規"
    "熱領當體與關內數點實現動開還應發學經電機長將組"
    "，。、；：！？“”（）《》　—…"
)
_SAMPLE = 200_000
_ASCII = re.compile("[\x00-\x7f]+")
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]+")

# Each byte as Windows' cp1252 and Latin-1 show it.
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)}
_BYTES |= {
    shown: byte for byte in range(0x80, 0xA0) if (shown := bytes([byte]).decode("cp1252", "ignore"))
}
_HIGH = re.escape("".join(_BYTES))
# Bytes shown as Latin letters and signs: four in a row or more, and what stands between such.
# The first is written by itself: a search passes over all that cannot begin a match.
_LATIN = re.compile(rf"[{_HIGH}][{_HIGH}]{{3,}}(?:[ -~]{{0,20}}[{_HIGH}]{{2,}})*")
_LETTER = re.compile("[À-ÖØ-öø-ÿ]")
_LETTER_SHARE = 0.2
# Stands in bytes for a character that is lost; U+FFFD itself would come back with figures in it.
_LOST = b"\xff"
# UTF-8 taken for GBK: its commas, full stops and 的 make these. It is looked for line by line.
_AS_GBK = "锛銆鈥鐨紝"
_LINE = re.compile(r"([\n<>]+)")
# What is left where the bytes themselves are gone.
_GONE = ("锟斤拷", "烫烫烫", "屯屯屯", "\ufffd\ufffd")
# A run of less is a name or a formula; what was brought back reads this much like Chinese.
_SHORTEST = 4
_CHINESE = 0.3
# What has this little in common with written Chinese is garbled, if there is so much of it.
_GARBLED = 0.05
_ENOUGH = 40
_GARBLED_SHARE = 0.03
# So many characters tell whether a text layer is believed: the share of common ones among its
# ideographs (of real paragraphs 0.6), of letters and figures in one of ASCII.
_LAYER = 200
_OTHER, _WORDS = 0.15, 0.5
# Fewer different ones are a form's or a drill's, repeated.
_DIFFERENT = 50
_IDEOGRAPH = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


def plausibility(text: str) -> float:
    """How much `text` reads like Chinese: -1 to 1.

    The share of common characters among the non-ASCII ones, less the share of signs that
    only wrong decoding yields.

    >>> plausibility("我们的工作") > 0.5 > plausibility("鎴戜滑鐨勫伐浣�")
    True
    """
    foreign = _ASCII.sub("", text[:_SAMPLE])
    if not foreign:
        return 0.0
    common = sum(map(COMMON.__contains__, foreign))
    broken = len(foreign) - len(_BROKEN.sub("", foreign))
    return (common - broken) / len(foreign)


def repair(text: str) -> str:
    """`text` with what was decoded wrongly decoded rightly, where that reads like Chinese.

    >>> repair("ÒªÂäÊµÖ÷ÌåÔðÈÎ (naïve café)"), repair("æˆ‘ä»¬çš„å·¥ä½œ")
    ('要落实主体责任 (naïve café)', '我们的工作')
    """
    if _LATIN.search(text):
        text = _LATIN.sub(_from_latin, text)
    if _may_be_gbk(text):
        text = "".join(_from_gbk(line) for line in _LINE.split(text))
    return text


def is_garbled(text: str) -> bool:
    """Whether a good part of `text` is neither Chinese nor any other writing.

    >>> [is_garbled(text) for text in ("锟斤拷锟斤拷的工作", "推进义务教育均衡发展", "Ünïcödé")]
    [True, False, False]
    """
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    broken = sum(map(len, _BROKEN.findall(text)))
    lost = sum(map(len, filter(_is_latin, _LATIN.findall(text))))
    lost += sum(len(run) * text.count(run) for run in _GONE)
    if broken + lost > _GARBLED_SHARE * foreign:
        return True
    # Whether it is plausible is known as soon as so many common characters are found.
    common = islice(filter(COMMON.__contains__, text), int(_GARBLED * foreign + broken), None)
    return foreign >= _ENOUGH and next(common, None) is None


def is_other_text(text: str) -> bool:
    """Whether a text layer names other characters than the page shows.

    Where a font's codes are taken for characters, Chinese turns to ideographs of which hardly any
    is common, or to signs of ASCII. Lists of names have every fourth common character at least.

    >>> is_other_text("$%&'()*+,-./0" * 20), is_other_text("推进义务教育均衡发展" * 20)
    (True, False)
    """
    ideographs = _IDEOGRAPH.findall(text)
    if len(ideographs) >= _LAYER and len({*ideographs}) >= _DIFFERENT:
        return sum(map(COMMON.__contains__, ideographs)) < _OTHER * len(ideographs)
    shown = "".join(text.split())
    words = sum(map(str.isalnum, shown))
    return not ideographs and len(shown) >= _LAYER and words < _WORDS * len(shown)


def _is_latin(run: str) -> bool:
    """Whether a run has letters: dots that lead through a table of contents have none."""
    return len(_LETTER.findall(run)) > _LETTER_SHARE * len(run)


def _from_latin(match: re.Match[str]) -> str:
    run = match.group()
    if not _is_latin(run):
        return run
    data = bytes(_BYTES.get(character, ord(character) & 0x7F) for character in run)
    return _best(run, data, ("utf-8", "gb18030"))


def _may_be_gbk(text: str) -> bool:
    return any(character in text for character in _AS_GBK)


def _from_gbk(line: str) -> str:
    if not _may_be_gbk(line) or plausibility(line) > _CHINESE / 2:
        return line
    data = _LOST.join(part.encode("gb18030", "replace") for part in line.split("\ufffd"))
    return _best(line, data, ("utf-8",))


def _best(run: str, data: bytes, codecs: tuple[str, ...]) -> str:
    """What the bytes of a run are in one of `codecs`, or the run itself."""
    for codec in codecs:
        text = re.sub("\ufffd+", "\ufffd", data.decode(codec, "replace"))
        if len(run) >= _SHORTEST and plausibility(text) >= max(_CHINESE, plausibility(run) * 2):
            return text
    return run
