"""Pages as accidents and spite make them: mutations of whole pages, and heavy ones by name.

A mutation is known by its kind, its page and its number, and is the same on every run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

MEGABYTE = 1 << 20
KILOBYTE = 1 << 10
# Just under the largest file that is read at all.
LARGEST = 31 * MEGABYTE
DEEP = 10_000
MARKUP = (".html", ".htm", ".mhtml")

_CODECS = ("utf-8", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "shift_jis", "latin-1")
_TAG = re.compile(rb"<[a-zA-Z][^<>]*>")
_CLOSING = re.compile(rb"</[a-zA-Z0-9]+>")
_DECLARED = re.compile(rb"(charset\s*=\s*[\"']?)[\w-]+", re.IGNORECASE)
# Characters that programs trip over: controls, marks that turn or join, halves, beyond the plane.
_ODD = (
    "\x00\x01\x0b\x1b\x7f\x85\xad\u0300\u0488\u200b\u200d\u202e\u2028\u2029\ufeff\ufffd\uffff𠮷🧾"
)
_ENTITIES = (b"&#xD800;", b"&#0;", b"&#99999999999;", b"&nosuch;", b"&amp;amp;lt;", b"&#x1F;", b"&")


@dataclass(frozen=True)
class Mutation:
    """One mutated page: `page` is the path of its original, "" for one made from nothing."""

    kind: str
    page: str
    number: int = 0

    @property
    def name(self) -> str:
        """The file name that it is read under."""
        page = Path(self.page)
        return f"{self.kind}-{self.number}-{page.name}" if self.page else f"{self.kind}"

    def data(self) -> bytes:
        """The bytes of the mutated page."""
        if not self.page:
            return HEAVY[self.kind]()
        chance = random.Random(f"{self.kind} {Path(self.page).name} {self.number}")
        return LIGHT[self.kind](Path(self.page).read_bytes(), chance)


def mutations(pages: Sequence[Path], count: int) -> Iterator[Mutation]:
    """Yield `count` mutations of `pages`, every kind on every page in turn."""
    # A step that shares no factor with the number of kinds walks through all pairs.
    kinds = [*LIGHT]
    for number, page in enumerate(islice(cycle(pages), count)):
        kind = kinds[(number + number // len(pages)) % len(kinds)]
        if kind in _OF_MARKUP and page.suffix not in MARKUP:
            kind = "flipped"
        yield Mutation(kind, str(page), number)


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _tag_place(data: bytes, chance: random.Random) -> int:
    ends = [match.end() for match in _TAG.finditer(data)]
    return chance.choice(ends) if ends else _place(data, chance)


def _insert(data: bytes, at: int, more: bytes) -> bytes:
    return data[:at] + more + data[at:]


def truncated(data: bytes, chance: random.Random) -> bytes:
    """A download that broke off."""
    return data[: _place(data, chance)]


def beheaded(data: bytes, chance: random.Random) -> bytes:
    """A file without its beginning."""
    return data[_place(data, chance) :]


def torn(data: bytes, chance: random.Random) -> bytes:
    """Broken off inside a tag."""
    at = _tag_place(data, chance)
    return data[: max(0, at - chance.randint(1, 12))]


def holed(data: bytes, chance: random.Random) -> bytes:
    """Stretches are missing."""
    for _ in range(chance.randint(1, 8)):
        at = _place(data, chance)
        data = data[:at] + data[at + chance.randint(1, 400) :]
    return data


def unclosed(data: bytes, chance: random.Random) -> bytes:
    """Closing tags are missing: some of them, or all."""
    share = chance.choice((0.3, 0.7, 1.0))
    return _CLOSING.sub(lambda m: b"" if chance.random() < share else m.group(), data)


def unopened(data: bytes, chance: random.Random) -> bytes:
    """Opening tags are missing."""
    return _TAG.sub(lambda m: b"" if chance.random() < 0.5 else m.group(), data)


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """The tags stand in another order than the text."""
    tags = _TAG.findall(data)
    chance.shuffle(tags)
    given = iter(tags)
    return _TAG.sub(lambda _: next(given), data)


def misdeclared(data: bytes, chance: random.Random) -> bytes:
    """The declared charset is another, or none that there is."""
    word = chance.choice((b"gb2312", b"big5", b"utf-16", b"iso-8859-1", b"nonsense", b"utf-7"))
    return _DECLARED.sub(lambda m: m[1] + word, data)


def transcoded(data: bytes, chance: random.Random) -> bytes:
    """Stored in another encoding than declared."""
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(_CODECS), "replace")


def twice_encoded(data: bytes, chance: random.Random) -> bytes:
    """UTF-8 read as something else and stored as UTF-8 again."""
    return data.decode(chance.choice(("gb18030", "latin-1", "cp437")), "replace").encode()


def mixed(data: bytes, chance: random.Random) -> bytes:
    """Two encodings in one file."""
    at = _place(data, chance)
    tail = data[at:].decode("utf-8", "ignore").encode(chance.choice(_CODECS), "replace")
    return data[:at] + tail


def nulls(data: bytes, chance: random.Random) -> bytes:
    """Zero bytes: a few, or as many as there are others."""
    for _ in range(chance.choice((3, 60, 600))):
        data = _insert(data, _place(data, chance), b"\x00" * chance.randint(1, 4))
    return data


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Random bytes are others."""
    changed = bytearray(data)
    for _ in range(chance.choice((5, 50, 500))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def binary(data: bytes, chance: random.Random) -> bytes:
    """A picture's bytes in the middle of the text."""
    return _insert(data, _place(data, chance), chance.randbytes(chance.choice((64, 4096, 65536))))


def odd(data: bytes, chance: random.Random) -> bytes:
    """Characters that no one types."""
    for _ in range(chance.choice((5, 100))):
        more = chance.choice(_ODD) * chance.randint(1, 5)
        data = _insert(data, _place(data, chance), more.encode())
    return data


def entities(data: bytes, chance: random.Random) -> bytes:
    """References to characters that are none."""
    for _ in range(chance.choice((5, 200))):
        data = _insert(data, _place(data, chance), chance.choice(_ENTITIES))
    return data


def attributes(data: bytes, chance: random.Random) -> bytes:
    """Attributes twice, without value, with signs of mark-up in them."""
    more = b' class=\'a b\' class="c" style style=display:none id=x id=x data-<>=\' hidden="no" =='

    def changed(match: re.Match[bytes]) -> bytes:
        return match.group()[:-1] + more + b">" if chance.random() < 0.3 else match.group()

    return _TAG.sub(changed, data)


def giant_attribute(data: bytes, chance: random.Random) -> bytes:
    """A tag with an attribute of a megabyte."""
    filler = chance.choice((b"a ", b"\xe4\xb8\x80", b"display:none;", b"<p>"))
    more = b'<div class="' + filler * (MEGABYTE // len(filler)) + b'">'
    return _insert(data, _tag_place(data, chance), more)


def nested(data: bytes, chance: random.Random) -> bytes:
    """Ten thousand levels around what follows a tag."""
    tag = chance.choice((b"div", b"span", b"font", b"table", b"td", b"ul", b"b", b"section", b"p"))
    return _insert(data, _tag_place(data, chance), b"<%s>" % tag * DEEP)


def nested_whole(data: bytes, chance: random.Random) -> bytes:
    """Ten thousand levels around the whole page, closed again."""
    tag = chance.choice((b"div", b"i", b"blockquote", b"a"))
    return b"<%s>" % tag * DEEP + data + b"</%s>" % tag * DEEP


def left_open(data: bytes, chance: random.Random) -> bytes:
    """A comment, a script, a style, a title that never ends."""
    openers = (
        b"<!--",
        b"<script>",
        b"<style>",
        b"<title>",
        b"<textarea>",
        b"<![CDATA[",
        b"<?",
        b"<",
    )
    return _insert(data, _tag_place(data, chance), chance.choice(openers))


def doubled(data: bytes, chance: random.Random) -> bytes:
    """One page behind the other, the second from its middle."""
    return data + data[_place(data, chance) :]


def repeated(data: bytes, chance: random.Random) -> bytes:
    """One stretch a thousand times."""
    at = _tag_place(data, chance)
    return _insert(data, at, data[at : at + 300] * 1000)


def one_line(data: bytes, chance: random.Random) -> bytes:
    """No line breaks, or no line breaks but carriage returns."""
    return data.replace(b"\r", b"").replace(b"\n", chance.choice((b"", b"\r")))


def stripped(data: bytes, chance: random.Random) -> bytes:
    """All tags gone, or turned into text."""
    return _TAG.sub(chance.choice((b"", b" ", b"&lt;p&gt;")), data)


def marked(data: bytes, chance: random.Random) -> bytes:
    """A mark of another encoding in front."""
    return (
        chance.choice(
            (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"PK\x03\x04", b"%PDF-")
        )
        + data
    )


LIGHT: dict[str, Callable[[bytes, random.Random], bytes]] = {
    function.__name__: function
    for function in (
        truncated, beheaded, torn, holed, unclosed, unopened, shuffled, misdeclared, transcoded,
        twice_encoded, mixed, nulls, flipped, binary, odd, entities, attributes, giant_attribute,
        nested, nested_whole, left_open, doubled, repeated, one_line, stripped, marked,
    )
}  # fmt: skip
# These need tags to work on.
_OF_MARKUP = frozenset(("nested", "nested_whole", "giant_attribute", "left_open", "attributes"))


def _filled(unit: str, size: int = LARGEST, before: str = "", after: str = "") -> bytes:
    filler = unit.encode()
    return before.encode() + filler * (size // len(filler)) + after.encode()


_SENTENCE = "我们认真落实各项要求，扎实推进重点工作，取得了新的成效。"

# Pages whose size or shape is the trouble, made from nothing: file name and contents. Work
# grows with the number of lines, 0.3 ms each: what is made of lines is kept to some thousands.
HEAVY: dict[str, Callable[[], bytes]] = {
    "one-tag-50mb.html": lambda: _filled("<div>", 50 * MEGABYTE),
    "one-tag-31mb.html": lambda: _filled("<div>"),
    "one-closing-tag.html": lambda: _filled("</p>"),
    "few-tags-much-text.html": lambda: _filled(f"<p>{_SENTENCE * 40}</p>", 2 * MEGABYTE),
    "deep-100000.html": lambda: b"<div>" * 99_000 + _SENTENCE.encode(),
    "deep-tables.html": lambda: b"<table><tr><td>" * 30_000 + _SENTENCE.encode(),
    "wide-100000.html": lambda: b"<i>a</i>" * 49_000,
    "breaks.html": lambda: f"{_SENTENCE}<br>".encode() * 4_000,
    "spans.html": lambda: ("<div>" + "<span>工作总结一</span>" * 45_000 + "</div>").encode(),
    "links.html": lambda: '<a href="#">工作总结</a>'.encode() * 45_000,
    "rows.html": lambda: b"<table>" + "<tr><td>一</td><td>二</td></tr>".encode() * 4_000,
    "smaller-than.html": lambda: _filled("<", 90_000, after=_SENTENCE),
    "ampersands.html": lambda: _filled("&amp;&#20013;&", 2 * MEGABYTE),
    "open-comment.html": lambda: _filled("一", 4 * MEGABYTE, "<!--"),
    "open-attribute.html": lambda: _filled("一", LARGEST, '<p class="'),
    "attribute-words.html": lambda: _filled("a ", 2 * MEGABYTE, '<div class="', '">' + _SENTENCE),
    "many-attributes.html": lambda: (
        b"<div " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">"
    ),
    "script-brackets.html": lambda: _filled("[", 3 * MEGABYTE, "<script>" + _SENTENCE * 9),
    "script-quotes.html": lambda: _filled("\\'", 3 * MEGABYTE, "<script>" + _SENTENCE * 9 + "'"),
    "script-text.html": lambda: _filled(_SENTENCE, 2 * MEGABYTE, '<script>var a="', '"</script>'),
    "style-rules.html": lambda: _filled(".a{display:none}", 8 * MEGABYTE, "<style>"),
    "one-line.txt": lambda: _filled(_SENTENCE, 2 * MEGABYTE),
    "one-word.txt": lambda: _filled("一", 2 * MEGABYTE),
    "many-lines.txt": lambda: _filled(f"{_SENTENCE}\n", 384 * KILOBYTE),
    "short-lines.txt": lambda: _filled("一、\n", 64 * KILOBYTE),
    "spaces.txt": lambda: _filled(" ", 16 * MEGABYTE, _SENTENCE, _SENTENCE),
    "wide-spaces.txt": lambda: _filled("\u3000", 16 * MEGABYTE, _SENTENCE, _SENTENCE),
    "line-ends.txt": lambda: _filled("\r\n", 4 * MEGABYTE, _SENTENCE, _SENTENCE),
    "zeros.txt": lambda: bytes(16 * MEGABYTE),
    "numbers-glued.txt": lambda: _filled("一、工作(一)总结1.抓好落实。", 128 * KILOBYTE),
    "numbers-only.txt": lambda: _filled("一、1.（一）(1)①", 256 * KILOBYTE),
    "brackets.txt": lambda: _filled("（《“【", MEGABYTE),
    "years.txt": lambda: _filled("2021年20xx年庆祝建党100周年", 512 * KILOBYTE),
    "masks.txt": lambda: _filled("_x×*○[]^v^", MEGABYTE),
    "titles.txt": lambda: "".join(f"工作总结篇{n}\n{_SENTENCE}\n" for n in range(2_000)).encode(),
    "titles-glued.txt": lambda: "".join(
        f"工作总结篇{n}{_SENTENCE}" for n in range(20_000)
    ).encode(),
    "tail-markers.txt": lambda: _filled(f"相关推荐：\n{_SENTENCE}\n", 256 * KILOBYTE),
    "counters.txt": lambda: _filled("工作 2、教书 3、育人", 512 * KILOBYTE),
    "dots.txt": lambda: _filled("新.", MEGABYTE),
    "mhtml-parts.mhtml": lambda: _filled(
        "--b\r\nContent-Type: text/html\r\n\r\n<p>一</p>\r\n",
        8 * MEGABYTE,
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n",
    ),
    "mhtml-nested.mhtml": lambda: (
        b"MIME-Version: 1.0\r\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(DEEP)
        )
    ),
    "noise.html": lambda: random.Random(1).randbytes(4 * MEGABYTE),
    "noise.docx": lambda: b"PK\x03\x04" + random.Random(2).randbytes(MEGABYTE),
    "noise.pdf": lambda: b"%PDF-1.7\n" + random.Random(3).randbytes(MEGABYTE),
    "noise.txt": lambda: random.Random(4).randbytes(MEGABYTE),
    "empty.html": lambda: b"",
    "empty.docx": lambda: b"",
    "empty.pdf": lambda: b"",
    "empty.mhtml": lambda: b"",
    "empty.txt": lambda: b"",
}
