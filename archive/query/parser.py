"""Reading the query grammar: characters to clauses to a tree.

`archive.query.query` draws the grammar, `archive.query.ast` defines the tree; this file only
reads. What cannot be read is refused with the place and the reason: no sign is dropped in
silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.errors import QueryError
from archive.fields import Field, field_of_key
from archive.query.ast import And, FieldFilter, Node, Not, Or, Phrase, Word, by_characters, joined
from archive.query.first_version import EXACT
from archive.query.pattern_parser import SIGNS, has_signs, read_pattern, unit_end
from archive.query.patterns import Choice, Pattern
from archive.text.document_numbers import written_forms
from archive.text.fold import fold

# A query is written by a person; what is longer is a paste by mistake or an attack.
MAX_QUERY_LENGTH = 2_000
MAX_CLAUSES = 64
DEEPEST_NESTING = 16

# What excludes: the hyphen-minus, its full-width and small forms, and the minus sign.
MINUS = "-－﹣−"
PLUS = "+＋﹢"

# The full-width signs that input methods type by themselves, the letters of OR and AND too.
_ASCII_SIGNS = str.maketrans(
    "“”：｜（）？＊［］｛｝＃＾＄＼ＯＲＡＮＤ" + MINUS + PLUS,
    '""' + ":|()?*[]{}#^$\\ORAND" + "-" * len(MINUS) + "+" * len(PLUS),
)
# What stands in `signs` for a character that a backslash makes literal.
_LITERAL = "\ue000"
_ESCAPED = re.compile(r"[\\＼]([^\w\s])")

_FULL_WIDTH_QUOTE = "＂"

# Four figures in brackets are the year of a document's number, 国办发[2019]6号 and
# 国办发(2019)6号: neither a choice nor a group.
_YEAR = re.compile(r"\[(\d{4})\]|(?<=[㐀-鿿])\((\d{4})\)(?=第?\d)")

# Not a field: it widens a pattern from the sentence to the paragraph.
_PARAGRAPH = "段内"


def read(text: str) -> Node | None:
    """Return the tree of a query's text, None where it is empty. Raises QueryError."""
    if len(text) > MAX_QUERY_LENGTH:
        raise QueryError("query.too_long", longest_query=MAX_QUERY_LENGTH, count=len(text))
    check_text(text)
    reader = _Reader(*_numbered(*_literal(text)))
    reader.skip_spaces()
    if reader.at_end():
        if text.strip():
            # Nothing but characters that are not seen: it would find everything.
            raise QueryError("query.word_missing", position=0, at=1)
        return None
    node = reader.choice(0)
    if not reader.at_end():
        raise QueryError("query.bracket_not_opened", position=reader.at, at=reader.at + 1)
    return node


def _literal(text: str) -> tuple[str, str]:
    r"""Return `text` without the backslashes that make a sign literal, and its signs in ASCII.

    >>> _literal(r"甲\*乙")[0]
    '甲*乙'
    """
    if not _ESCAPED.search(text):
        return text, _signs(text)
    plain, literal = "", set[int]()
    at = 0
    for escape in _ESCAPED.finditer(text):
        plain += text[at : escape.start()]
        literal.add(len(plain))
        plain, at = plain + escape[1], escape.end()
    plain += text[at:]
    kept = "".join(_LITERAL if n in literal else one for n, one in enumerate(plain))
    return plain, _signs(kept)


def check_text(text: str) -> None:
    """Refuse halves of characters: they come from a terminal that is not in UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        at = error.start
        raise QueryError("query.not_text", position=at, at=at + 1) from error


def _signs(text: str) -> str:
    """Return `text` with ASCII signs.

    A full-width quotation mark (＂) is one where it stands outside a quotation of the others:
    inside it is a character, which folds to the straight one.

    >>> _signs("＂甲＂－“乙＂”")
    '"甲"-"乙＂"'
    """
    signs = text.translate(_ASCII_SIGNS)
    if _FULL_WIDTH_QUOTE not in signs:
        return signs
    parts = signs.split('"')
    return '"'.join(
        part if at % 2 else part.replace(_FULL_WIDTH_QUOTE, '"') for at, part in enumerate(parts)
    )


def _numbered(text: str, signs: str) -> tuple[str, str]:
    """Return both with the brackets of numbers as they are printed, which are no signs.

    >>> _numbered("国办发［2019］6号", "国办发[2019]6号")
    ('国办发〔2019〕6号', '国办发〔2019〕6号')
    """
    parts = signs.split('"')
    parts[::2] = [_YEAR.sub(lambda found: f"〔{found[1] or found[2]}〕", p) for p in parts[::2]]
    signs = '"'.join(parts)
    pairs = zip(text, signs, strict=True)
    return "".join([sign if sign in "〔〕" else own for own, sign in pairs]), signs


@dataclass
class _Reader:
    """A cursor over the query: `text` as typed, `signs` the same with ASCII signs."""

    text: str
    signs: str
    at: int = 0
    clauses: int = 0

    def at_end(self) -> bool:
        return self.at >= len(self.signs)

    def peek(self) -> str:
        return self.signs[self.at] if self.at < len(self.signs) else ""

    def skip_spaces(self) -> None:
        while not self.at_end() and not fold(self.peek()).strip():
            self.at += 1

    def choice(self, depth: int) -> Node:
        if depth > DEEPEST_NESTING:
            raise QueryError("query.too_deep", position=self.at, deepest_nesting=DEEPEST_NESTING)
        options = [self.sequence(depth)]
        while self.takes_or():
            options.append(self.sequence(depth))
        return joined(Or, options)

    def takes_or(self) -> bool:
        self.skip_spaces()
        width = 1 if self.peek() == "|" else 2 if self.stands_alone("OR") else 0
        self.at += width
        return width > 0

    def stands_alone(self, word: str) -> bool:
        """Whether `word`, OR or AND, stands here by itself."""
        if not self.signs.startswith(word, self.at):
            return False
        after = self.signs[self.at + len(word) : self.at + len(word) + 1]
        if not after or after.isspace() or after in '()|"':
            return True
        # Right behind a bracket or a quotation no word begins with it, but for a Latin one.
        before = self.signs[self.at - 1 : self.at]
        return before in (")", '"') and not (after.isascii() and after.isalpha())

    def begins_clause(self) -> bool:
        """Whether a clause begins here, and not an operator or the end of a group."""
        if self.at_end() or self.peek() in "|)":
            return False
        return not (self.stands_alone("OR") or self.stands_alone("AND"))

    def takes_and(self) -> bool:
        """Step over AND, or over a `+` that stands between two clauses with blanks around it."""
        if self.stands_alone("AND"):
            self.at += 3
            self.skip_spaces()
            return True
        start, around = self.at, self.signs[self.at - 1 : self.at + 2]
        if len(around) == 3 and around[1] == "+" and around.split() == ["+"]:
            self.at += 1
            self.skip_spaces()
            if self.begins_clause():
                return True
            self.at = start
        return False

    def sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        self.skip_spaces()
        wanted = True
        while self.begins_clause():
            parts.append(self.clause(depth))
            self.skip_spaces()
            wanted = self.takes_and()
        if wanted:
            raise QueryError("query.word_missing", position=self.at, at=self.at + 1)
        return joined(And, parts)

    def clause(self, depth: int) -> Node:
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise QueryError("query.too_many_clauses", position=self.at, most_clauses=MAX_CLAUSES)
        if self.is_minus():
            start = self.at
            self.at += 1
            if self.at_end() or self.peek().isspace() or self.peek() in "-|)":
                raise QueryError("query.minus_alone", position=start, start=start + 1)
            # What a minus excludes is characters: a word's scattered tokens exclude nothing.
            return Not(by_characters(self.clause(depth)))
        if self.peek() == "(":
            return self.group(depth)
        end = self.run_end(self.at)
        if self.peek() == '"' and not has_signs(self.signs, self.at, end):
            return Phrase(self.quoted())
        return self.field_or_word(end)

    def is_minus(self) -> bool:
        """Whether a minus that excludes stands here, at the beginning of a clause.

        Right behind a quotation or a bracket the wide forms are dashes: “十三五”－“十四五”.
        """
        if self.peek() != "-":
            return False
        before = self.signs[self.at - 1] if self.at else " "
        return self.text[self.at] == "-" or before.isspace() or before in "(|"

    def group(self, depth: int) -> Node:
        start = self.at
        self.at += 1
        self.skip_spaces()
        if self.peek() == ")":
            raise QueryError("query.brackets_empty", position=start, start=start + 1)
        node = self.choice(depth + 1)
        if self.peek() != ")":
            raise QueryError("query.bracket_not_closed", position=start, start=start + 1)
        self.at += 1
        return node

    def quoted(self) -> str:
        start = self.at
        end = self.signs.find('"', start + 1)
        if end < 0:
            raise QueryError("query.quotation_not_closed", position=start, start=start + 1)
        self.at = end + 1
        if not fold(self.text[start + 1 : end]):
            raise QueryError("query.quotation_empty", position=start, start=start + 1)
        return self.text[start + 1 : end]

    def run_end(self, start: int) -> int:
        """Where the run of characters at `start` ends; brackets and quotations are inside."""
        end = start
        while end < len(self.signs) and not (self.signs[end].isspace() or self.signs[end] in "()|"):
            end = unit_end(self.signs, end)
        return end

    def field_or_word(self, end: int) -> Node:
        start = self.at
        name, colon, _ = self.signs[start:end].partition(":")
        # Folded: 專題 and ｙｅａｒ are the same names, typed by another input method.
        field = field_of_key(name) if colon else None
        if field or (colon and fold(name) == _PARAGRAPH):
            self.at = start + len(name) + 1
            return self.field(field, name) if field else self.paragraph_pattern(name)
        if has_signs(self.signs, start, end):
            self.at = end
            return read_pattern(self.text, self.signs, start, end, whole=False)
        # Without pattern signs a quotation is a clause of its own.
        quote = self.signs.find('"', start, end)
        self.at = end if quote < 0 else quote
        if not fold(self.text[start : self.at]):
            raise QueryError("query.word_missing", position=start, at=start + 1)
        text = self.text[start : self.at]
        forms = written_forms(text)
        return Pattern(text, (Choice(forms),)) if forms else Word(text)

    def field(self, field: Field, name: str) -> Node:
        value_start = self.at
        if self.peek() == '"':
            value = self.quoted()
        else:
            while not (self.at_end() or self.peek().isspace() or self.peek() in '()|"'):
                if self.peek() in SIGNS and not field.ordered:
                    at, sign = self.at, self.text[self.at]
                    raise QueryError("query.sign_out_of_place", position=at, i=at + 1, text=sign)
                self.at += 1
            value = self.text[value_start : self.at]
        if not fold(value).strip():
            raise _missing_value(name, value_start)
        if field.name == "heading" and value.startswith(EXACT):
            return FieldFilter("section", value.removeprefix(EXACT))
        wanted = field.read(value, value_start)
        filters = [FieldFilter(field.name, wanted)]
        if isinstance(wanted, str) and not wanted.endswith(field.endings or ("",)):
            filters += [FieldFilter(field.name, wanted + ending) for ending in field.endings]
        return joined(Or, filters)

    def paragraph_pattern(self, name: str) -> Node:
        start = self.at
        end = self.run_end(start)
        if start == end:
            raise _missing_value(name, start)
        self.at = end
        return read_pattern(self.text, self.signs, start, end, whole=True)


def _missing_value(name: str, position: int) -> QueryError:
    return QueryError("query.value_missing", position=position, name=name)
