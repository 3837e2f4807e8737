"""The working copy of a block while it is being labelled, and what can be asked of it."""

from __future__ import annotations

import re

from archive.text.fold import fold
from indexer.page import LabelledBlock, PageBlock

_NOT_HAN = re.compile("[^\u3400-\u9fff\uf900-\ufaff]+")
_SENTENCE = re.compile("[。！？；!?;，,]")
# A sentence of the text: shorter lines are headings, cells, captions, menus.
MIN_PROSE = 16
# Above this share of linked characters a block is a menu. jusText takes 0.2, which drops
# paragraphs that link a law's name; menus of the measured pages lie above 0.6.
MAX_LINK_DENSITY = 0.5

# A sentence broken by page decoration or by a block goes on behind it; a heading of this
# length never does.
MIN_BROKEN = 18
CELLS = frozenset(("tr", "td", "th"))

_NUMBER = "[一二三四五六七八九十百0-9]{1,3}"
_ARTICLE_TITLE = re.compile(
    rf"^\(篇{_NUMBER}\).{{0,40}}$|^第{_NUMBER}篇(?:[:、\s].{{0,40}})?$|^.{{2,40}}?\(?篇{_NUMBER}\)?[:：]?.{{0,30}}$"
    r"|^.{4,36}(?:总结|计划|报告|方案|要点|汇报|讲话|体会|材料|范文|制度|意见|规划|简短|精选|述职|心得|发言|稿|书|信|记|感|文|词)"
    rf"(?:范文|简短|精选|模板|怎么写|最新)?\(?{_NUMBER}\)?$"
    rf"|^(?:范文|例文|样本|模板|范例)\(?{_NUMBER}\)?(?:[:、\s].{{0,40}})?$"
)
_HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条编部分]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|"
    r"\d{1,2}(?:[.、)]|\.\d)|[①-⑳]|[一二三四五六七八九十]+是|其[一二三四五]|[●◆■▲★*·-])"
)
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百千\d]+[章节条款项编部]|[一二三四五六七八九十]{1,3}[、.]|"
    r"\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}(?:[.、)](?!\d{4})|\.\d)|[①-⑳]|附件\d{0,2}[:.])"
)
_VERSE = re.compile("[“‘《]?[\u3400-\u9fff][\u3400-\u9fff,、“”‘’《》]{3,}[。,;!?]”?")
_BROKEN_OFF = re.compile(r"(?:\.\.\.+|…+)(?:[\[(]?(?:详细|全文|更多|阅读全文|查看全文)[\])]?)?>*$")
_ENDING = 40
_CLOSING = frozenset("。！？!?;；：:…”’」』）)]】.")


# Enough of a block to see what it is made of.
_SAMPLE = 2000
_MAX_TITLE_LENGTH = 60
_PAUSE = re.compile("[。,;!?]")
_MAX_LINE_LENGTH = 200


def key_of(text: str) -> str:
    """A text as texts are compared: folded, without its spaces."""
    return "".join(fold(text).split())


def _prose(text: str) -> int:
    if len(text) < MIN_PROSE:
        return 0
    sample = text[:_SAMPLE]
    if not _SENTENCE.search(sample) or len(_NOT_HAN.sub("", sample)) * 3 < len(sample):
        return 0
    return len(text)


class Mark:
    """A block on its way to a label: its text as cleaned so far, the cuts, the rule."""

    __slots__ = (
        "block",
        "cut",
        "disabled",
        "goes_on",
        "key",
        "last_line",
        "line",
        "pinned",
        "prose",
        "rule",
        "text",
        "weak",
    )

    def __init__(self, block: PageBlock, disabled: frozenset[str] = frozenset()) -> None:
        self.block = block
        self.cut: list[str] = list(block.cut)
        self.rule: str | None = None
        # The labels that it never gets, and whether it is kept whatever the rules say.
        self.disabled = disabled
        self.pinned = False
        # Whether a weak rule dropped it, and nothing else has spoken for it yet.
        self.weak = False
        # Its last printed line, and whether it goes on from the block before.
        self.last_line = block.text[:_MAX_LINE_LENGTH]
        self.goes_on = False
        self.retext(block.text)

    def retext(self, text: str) -> None:
        """Take `text` as the cleaned text."""
        self.text = text
        self.line = fold(text)
        self.key = "".join(self.line.split())
        # Its length where it is running text, else 0.
        self.prose = 0 if self.linked else _prose(text)

    def drop(self, rule: str) -> None:
        """Label as boilerplate, unless an earlier rule did."""
        if self.rule is None and not self.pinned and rule not in self.disabled:
            self.rule = rule

    def spare(self) -> None:
        """Take the label back: it is text."""
        self.rule = None
        self.weak = False

    def restore(self) -> None:
        """Take back what was cut out of its text."""
        self.cut = list(self.block.cut)
        self.retext(self.block.text)

    @property
    def kept(self) -> bool:
        """Whether no rule has dropped it so far."""
        return self.rule is None

    @property
    def linked(self) -> bool:
        """Whether it is a menu or a list of links by its share of linked characters."""
        return self.block.link_density >= MAX_LINK_DENSITY

    @property
    def teaser(self) -> bool:
        """Whether it breaks off as the preview of another page does."""
        return _BROKEN_OFF.search(self.key[-_ENDING:]) is not None

    @property
    def is_article_title(self) -> bool:
        """Whether it heads one 篇 of a compilation (…工作总结篇一, 【篇一】, …范文1)."""
        if len(self.key) > _MAX_TITLE_LENGTH or _PAUSE.search(self.key):
            return False
        return _ARTICLE_TITLE.match(self.key) is not None

    @property
    def is_heading(self) -> bool:
        """Whether it opens with the number of a heading or of an item."""
        return _HEADING.match(self.key) is not None

    @property
    def verse(self) -> int:
        """The length of a short line that goes on or ends as a sentence does, else 0."""
        return len(self.text) if not self.linked and _VERSE.fullmatch(self.key) else 0

    @property
    def is_numbered(self) -> bool:
        """Whether it opens with a number that a document gives its parts."""
        return _NUMBERED.match(self.key) is not None

    @property
    def is_closed(self) -> bool:
        """Whether it ends as a sentence ends."""
        return self.text[-1:] in _CLOSING

    def labelled(self) -> LabelledBlock:
        """The finished value."""
        return LabelledBlock(self.block, self.text, self.rule, tuple(self.cut))
