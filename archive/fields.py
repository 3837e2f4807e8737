"""The one table of fields: what paragraphs are filtered, counted, exported and labelled by.

The grammar, `Query` and its URL form, completion, the command line's options, the API and its
description, facets, the engines' columns, exports and text sizes loop over FIELDS. A new field
is one row here, an attribute of archive.model, two labels in web/strings (the test of the
table names what is missing) and the reader that finds its value.

`section` and `heading` are two fields of what the front calls 章节. The facet `section` counts
the level-1 heading without its number, and one of its values is asked for under the parameter
`exact_section` (一级标题:). `heading` has no counts; under the parameter `section` (章节:) it
finds what stands under a heading that contains the value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Literal

from archive.errors import QueryError
from archive.model import (
    Document,
    Form,
    Level,
    Paragraph,
    ReadingWarning,
    Record,
    Status,
    YearBasis,
)
from archive.ranges import Range, number_of, read_range
from archive.text.document_numbers import number_key
from archive.text.fold import fold

Value = str | int | None | tuple[str, ...]
# What a filter asks for: a value, or a range of an ordered field.
Wanted = str | Range
# The value that stands for "no value" in the facet of an ordered field, and in its filter.
UNKNOWN = "unknown"

_UNKNOWN_NAMES: dict[str, tuple[str, ...]] = {UNKNOWN: ("未知", "不明", "年份不明", "year unknown")}
_FORMS: dict[str, tuple[str, ...]] = {
    Form.ARTICLE_TITLE.value: ("文章标题", "篇题", "article title"),
    Form.HEADING.value: ("小标题", "标题"),
    Form.BODY.value: ("正文",),
    Form.ROW.value: ("表格行", "表格", "table row"),
    Form.OPENING.value: ("版头与主送", "版头", "主送", "称谓", "head", "salutation"),
    Form.CLOSING.value: ("文尾", "落款", "附件与落款", "end", "signature"),
}
_WARNINGS: dict[str, tuple[str, ...]] = {
    ReadingWarning.EMPTY.value: ("没有文字", "no text"),
    ReadingWarning.LITTLE.value: ("所取正文偏少", "little text kept"),
    ReadingWarning.HIDDEN.value: ("取自网页隐藏部分", "from hidden markup"),
    ReadingWarning.FRAMES.value: ("取自网页框架", "from frames"),
    ReadingWarning.GARBLED.value: ("有乱码", "garbled"),
    ReadingWarning.MIXED.value: ("编码混杂", "mixed encodings"),
    ReadingWarning.PICTURES.value: ("只有图片", "pictures only"),
    ReadingWarning.UNREAD.value: ("有未读部分", "parts unread"),
}
_LEVELS: dict[str, tuple[str, ...]] = {
    Level.CENTRAL.value: ("中央", "central party"),
    Level.STATE_COUNCIL.value: ("国务院", "state council"),
    Level.MINISTRY.value: ("部委", "ministry"),
    Level.PROVINCE.value: ("省", "省级", "province"),
    Level.CITY.value: ("市", "市级", "city"),
    Level.COUNTY.value: ("县", "县级", "区", "county"),
    Level.TOWN.value: ("乡", "乡镇", "街道", "town"),
    Level.VILLAGE.value: ("村社区", "村", "社区", "village"),
    Level.INSTITUTION.value: ("企事业单位", "企业", "事业单位", "institution"),
    Level.SCHOOL.value: ("学校", "school"),
}
_STATUSES: dict[str, tuple[str, ...]] = {
    Status.VALID.value: ("有效", "in force"),
    Status.EXPIRED.value: ("失效", "expired"),
    Status.REPEALED.value: ("废止", "已废止", "repealed"),
    Status.AMENDED.value: ("已修改", "amended"),
}
_BASES: dict[str, tuple[str, ...]] = {
    YearBasis.STATED.value: ("原文写明",),
    YearBasis.INFERRED.value: ("由事实推定",),
    YearBasis.CONFLICT.value: ("原文与事实矛盾", "contradicted"),
    YearBasis.UNKNOWN.value: ("不明",),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """One thing that paragraphs are filtered or counted by.

    `name` names the field's facet, column and labels. `keys` are its names in the grammar
    beside `parameter`: Chinese first, the labels of the front among them. `parameter` is its
    name in addresses, options and the API (the name itself, if not said otherwise).

    `paragraph` or `record` gives the value: one, none, or, `several`, a tuple. An `int` (of
    four digits) or a `day` (ISO 8601) is asked for by ranges and has one value. `vocabulary`
    has the only values of a fixed field, each with the other names that a query may use.

    A `facet` is counted, a `lookup` is not. Of a `sized` facet the catalog keeps how much text
    each value has. `column` is the name in exports and `--json` (None: not printed). `shown`
    are printed with each hit. `normal` gives the form in which values of a keyword are compared.
    `completes` names the facet whose values complete the field's keys, `offered` says that they
    are completed without a key too. In the grammar a value may stand without one of `endings`.
    """

    name: str
    keys: tuple[str, ...]
    paragraph: Callable[[Paragraph], Value] | None = None
    record: Callable[[Record], Value] | None = None
    parameter: str = ""
    type: Literal["keyword", "int", "day"] = "keyword"
    vocabulary: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=dict)
    match: Literal["equal", "contains"] = "equal"
    normal: Callable[[str], str] = fold
    several: bool = False
    role: Literal["facet", "lookup"] = "facet"
    sized: bool = True
    column: str | None = ""
    shown: bool = False
    completes: str = ""
    offered: bool = False
    endings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for attribute in ("parameter", "column", "completes"):
            if getattr(self, attribute) == "":
                object.__setattr__(self, attribute, self.name)
        if self.role == "lookup":
            object.__setattr__(self, "sized", False)
        assert not (self.ordered and self.several), f"{self.name}: an ordered field has one value"

    @property
    def ordered(self) -> bool:
        """Whether the field is asked for by ranges."""
        return self.type != "keyword"

    @property
    def names(self) -> tuple[str, ...]:
        """The field's names in the grammar."""
        return (*self.keys, self.parameter)

    @property
    def columned(self) -> bool:
        """Whether engines keep its values as a column: to count them, or to compare them."""
        return self.role == "facet" or self.ordered

    def values(self, paragraph: Paragraph | Document) -> tuple[str, ...]:
        """The values that a paragraph has, none of them empty.

        Of a document only those of its record.
        """
        found: Value = None
        if self.record is not None:
            found = self.record(paragraph.record)
        elif self.paragraph is not None and isinstance(paragraph, Paragraph):
            found = self.paragraph(paragraph)
        if found is None or found == "":
            return ()
        if isinstance(found, tuple):
            return tuple(dict.fromkeys(filter(None, found)))
        value = str(found)
        if self.type != "day":
            return (value,)
        return (value[:10],) if self.number(value) is not None else ()

    def printed(self, paragraph: Paragraph | Document) -> str | int | list[str] | None:
        """The value in the words of `--json`."""
        values = self.values(paragraph)
        if self.several:
            return list(values)
        if not values:
            return None
        return int(values[0]) if self.type == "int" else values[0]

    def number(self, value: str) -> int | None:
        """The number by which a value of an ordered field is compared."""
        return number_of(value, days=self.type == "day")

    def normalised(self, value: str) -> str:
        """The form in which a value of a keyword is compared."""
        return _normal(self.normal, value)

    def holds(self, values: Sequence[str], wanted: Wanted) -> bool:
        """Whether something that has `values` is what is wanted, after folding."""
        if isinstance(wanted, Range):
            return any(self.number(v) in wanted for v in values) if values else wanted.unknown
        needle = self.normalised(wanted)
        if self.match == "contains":
            return any(needle in self.normalised(value) for value in values)
        return any(needle == self.normalised(value) for value in values)

    def read(self, value: str, position: int | None = None) -> Wanted:
        """Read what a query asks of the field. Raises QueryError over what it cannot be.

        >>> named("form").read("小标题"), str(named("year").read("2019.."))
        ('heading', '2019..')
        """
        if not self.normalised(value):
            # It would be contained in everything.
            raise QueryError("query.value_missing", position=position, name=self.keys[0])
        value = self.canonical(value)
        if self.ordered:
            return self._read_range(value, position)
        if self.vocabulary and value not in self.vocabulary:
            told = {"name": self.name, "value": value, "choices": ", ".join(self.vocabulary)}
            raise QueryError("query.unknown_value", position=position, **told)
        return value

    def canonical(self, value: str) -> str:
        """The value that has `value` among its other names, else `value` itself."""
        plain = self.normalised(value.strip()) if self.vocabulary else value
        for own, others in self.vocabulary.items():
            if plain in map(self.normalised, others):
                return str(own)
        return value

    def _read_range(self, value: str, position: int | None) -> Range:
        plain = fold(value).strip()
        if plain == UNKNOWN:
            return Range(unknown=True)
        told = {"keys": self.keys[0], "name": self.name, "value": value}
        found = read_range(plain, days=self.type == "day")
        if found is None:
            one, more = _EXAMPLES[self.type]
            raise QueryError("query.range", position=position, one=one, more=more, **told)
        low, high = found.first, found.last
        if low is not None and high is not None and low > high:
            told["first"], _, told["last"] = plain.partition("..")
            raise QueryError("query.range_backwards", position=position, **told)
        return found


_EXAMPLES = {
    "int": ("2021", "2019..2021, ..2021"),
    "day": ("2021-03-05", "2021-03..2021-06, ..2021"),
}

FIELDS: tuple[Field, ...] = (
    Field(
        name="year",
        keys=("年", "年份"),
        paragraph=lambda p: p.year,
        type="int",
        vocabulary=_UNKNOWN_NAMES,
    ),
    Field(
        name="number",
        keys=("文号", "发文字号"),
        record=lambda r: r.number,
        match="contains",
        normal=number_key,
        role="lookup",
        shown=True,
        offered=True,
    ),
    Field(
        name="issuer",
        keys=("机关", "发文机关"),
        record=lambda r: r.issuer,
        several=True,
        shown=True,
        offered=True,
    ),
    Field(
        name="issued",
        keys=("日期", "成文日期"),
        record=lambda r: r.issued,
        type="day",
        role="lookup",
        shown=True,
    ),
    Field(name="kind", keys=("文种",), record=lambda r: r.kind, shown=True, offered=True),
    Field(
        name="domain",
        keys=("领域",),
        paragraph=lambda p: p.domains,
        several=True,
        column="domains",
    ),
    Field(
        name="topic",
        keys=("专题",),
        paragraph=lambda p: p.topics,
        several=True,
        column="topics",
        shown=True,
        offered=True,
    ),
    Field(
        name="section",
        keys=("一级标题",),
        parameter="exact_section",
        paragraph=lambda p: p.section,
        sized=False,
        column=None,
    ),
    Field(
        name="heading",
        keys=("章节",),
        parameter="section",
        paragraph=lambda p: p.heading_path,
        several=True,
        match="contains",
        role="lookup",
        column=None,
        completes="section",
        offered=True,
    ),
    Field(name="part", keys=("部分",), paragraph=lambda p: p.part, offered=True),
    Field(
        name="level",
        keys=("级别",),
        record=lambda r: r.level if r.level in _LEVELS else None,
        vocabulary=_LEVELS,
    ),
    Field(
        name="region",
        keys=("地区",),
        record=lambda r: r.region,
        several=True,
        offered=True,
        endings=("省", "市", "县", "区", "自治区", "自治州", "自治县"),
    ),
    Field(
        name="status",
        keys=("状态", "有效性"),
        record=lambda r: r.status if r.status in _STATUSES else None,
        vocabulary=_STATUSES,
    ),
    Field(name="site", keys=("来源",), record=lambda r: r.site, shown=True, offered=True),
    Field(name="form", keys=("形式",), paragraph=lambda p: p.form.value, vocabulary=_FORMS),
    Field(
        name="basis",
        keys=("依据", "年份依据", "year_basis"),
        paragraph=lambda p: p.dating.basis.value,
        vocabulary=_BASES,
        column="year_basis",
    ),
    Field(
        name="warnings",
        keys=("警告", "读取提示"),
        parameter="warning",
        record=lambda r: tuple(w for w in r.warnings if w in _WARNINGS),
        several=True,
        vocabulary=_WARNINGS,
    ),
    Field(
        name="title",
        keys=("标题",),
        paragraph=lambda p: (p.title, p.article or ""),
        several=True,
        match="contains",
        role="lookup",
        column=None,
        offered=True,
    ),
)

# Those that are counted, in the order of display; those of whose values text is measured.
FACETS = tuple(field for field in FIELDS if field.role == "facet")
SIZED = tuple(field for field in FIELDS if field.sized)
EXPORTED = tuple(field for field in FIELDS if field.column is not None)

_BY_NAME = {field.name: field for field in FIELDS}
_BY_KEY = {fold(key): field for field in FIELDS for key in field.names}


# A query asks for the same few values in all that it looks at.
@lru_cache(maxsize=1_024)
def _normal(normal: Callable[[str], str], value: str) -> str:
    return normal(value)


def named(name: str) -> Field:
    """Return the field called `name`. Raises QueryError where there is none."""
    field = _BY_NAME.get(name)
    if field is None:
        raise QueryError("query.no_field", name=name, choices=", ".join(_BY_NAME))
    return field


def field_of_key(key: str) -> Field | None:
    """Return the field that the grammar names `key`, after folding; None where none does."""
    return _BY_KEY.get(fold(key))


def printed(fields: Iterable[Field], paragraph: Paragraph | Document) -> dict[str, object]:
    """The values of `fields` in the words of `--json`."""
    return {field.column or field.name: field.printed(paragraph) for field in fields}


def digest() -> str:
    """A digest of all that engines keep by the table: another table needs another index."""
    table = [
        (f.name, f.type, f.match, f.normal.__name__, f.several, f.role, f.sized, [*f.vocabulary])
        for f in FIELDS
    ]
    return hashlib.blake2b(repr(table).encode(), digest_size=4).hexdigest()
