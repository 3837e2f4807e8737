"""The grammar by table, its refusals with their places, and the way to and from a URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.fields import FIELDS, named
from archive.model import Form, Paragraph, Record, YearBasis
from archive.query.ast import And, FieldFilter, Node, Not, Or, Phrase, Word, rewrite, walk
from archive.query.filters import Filters
from archive.query.parser import DEEPEST_NESTING, MAX_CLAUSES, MAX_QUERY_LENGTH
from archive.query.patterns import Choice, Pattern
from archive.query.query import DEEPEST_HIT, LARGEST_PAGE, Query, Sort, from_args, parse
from archive.ranges import Range
from archive.search.matching import Subject, matches, spans
from tests.fixtures.strategies import FACET_VALUES, FACETS, PIECES, VALUE_FIELDS, YEARS

PARAMETERS = tuple(field.parameter for field in FIELDS)
A, B, C = Word("甲"), Word("乙"), Word("丙")
NUMBER = Pattern(
    "甲发〔2019〕6号",
    (
        Choice(
            tuple(
                f"甲发{year}{serial}"
                for year in ("(2019)", "[2019]", "2019年", "2019")
                for serial in ("6号", "第6号")
                if (year, serial) != ("2019", "6号")
            )
        ),
    ),
)
NOT_A = Not(Phrase("甲"))


@pytest.mark.parametrize(
    ("typed", "node"),
    [
        ("甲发[2019]6号", NUMBER),
        ("甲发［２０１９］6号", replace(NUMBER, text="甲发〔２０１９〕6号")),
        ("甲发(2019)6号", NUMBER),
        ("甲发2019年第6号文", replace(NUMBER, text="甲发2019年第6号文")),
        ("文号:甲发[2019]6号", FieldFilter("number", "甲发〔2019〕6号")),
        ("文号:甲发（2019）第6号", FieldFilter("number", "甲发〔2019〕第6号")),
        ("甲发[2019]", Word("甲发〔2019〕")),
        ('"甲发[2019]6号"', Phrase("甲发[2019]6号")),
        ("甲发 (2019) 6号", And((Word("甲发"), Word("2019"), Word("6号")))),
        ("安全(2019)", And((Word("安全"), Word("2019")))),
    ],
)
def test_four_figures_in_brackets_are_the_year_of_a_number(typed: str, node: Node) -> None:
    assert parse(typed).node == node


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2023年3月15日", 20230315, 20230315),
        ("2023年3月", 20230300, 20230399),
        ("2023年", 20230000, 20239999),
        ("2023.8.1..2023/11/2", 20230801, 20231102),
        ("..２０２３年３月", None, 20230399),
    ],
)
def test_a_day_is_read_as_it_is_usually_written(
    typed: str, first: int | None, last: int | None
) -> None:
    assert parse(f"日期:{typed}").node == FieldFilter("issued", Range(first, last))


@pytest.mark.parametrize("typed", ["2023年13月", "2023.2.30", "2023/0/1", "2023年3日"])
def test_a_day_that_there_is_not_is_refused(typed: str) -> None:
    with pytest.raises(QueryError):
        parse(f"日期:{typed}")


@pytest.mark.parametrize(
    ("typed", "held", "found"),
    [
        *(("柳州", held, True) for held in ("柳州", "柳州市", "柳州县", "柳州自治区")),
        *(("柳州市", held, held == "柳州市") for held in ("柳州", "柳州市", "柳州县")),
        ("柳", "柳州市", False),
    ],
)
def test_a_region_is_found_without_its_ending(typed: str, held: str, found: bool) -> None:
    subject = Subject(Paragraph("d", 0, "", record=Record(region=("甲省", held))))
    assert matches(parse(f"地区:{typed}").node, subject) is found
    assert matches(parse(f"-地区:{typed}").node, subject) is not found


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("opening", ("版头与主送", "版头", "主送", "称谓", "head", "salutation")),
        ("closing", ("文尾", "落款", "附件与落款", "end", "signature")),
    ],
)
def test_a_form_is_known_by_its_label_and_its_former_names(
    form: str, typed: tuple[str, ...]
) -> None:
    assert {parse(f"形式:{name}").node for name in typed} == {FieldFilter("form", form)}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" 　\n", None),
        ("甲", A),
        (" 甲　", A),
        # Words in sequence are all wanted, whatever white space parts them.
        ("甲 乙", And((A, B))),
        ("甲　乙\t丙", And((A, B, C))),
        # A choice binds loosest; brackets bind tightest.
        ("甲|乙", Or((A, B))),
        ("甲｜乙", Or((A, B))),
        ("甲 OR 乙", Or((A, B))),
        ("甲 OR 乙｜丙", Or((A, B, C))),
        ("甲 乙|丙", Or((And((A, B)), C))),
        ("甲|乙 丙", Or((A, And((B, C))))),
        ("甲 (乙|丙)", And((A, Or((B, C))))),
        ("甲（乙｜丙）", And((A, Or((B, C))))),
        ("((甲))", A),
        ("(甲)(乙)", And((A, B))),
        ("（甲 OR 乙）OR(丙)", Or((Or((A, B)), C))),
        # OR is a word of its own, in capitals.
        ("甲OR乙", Word("甲OR乙")),
        ("甲 or 乙", And((A, Word("or"), B))),
        ("ORDER", Word("ORDER")),
        ('"甲"OR"乙"', Or((Phrase("甲"), Phrase("乙")))),
        # Right behind a bracket or a quotation a blank may be missing.
        ("(甲)OR乙", Or((A, B))),
        ("“甲”ＯＲ-2021", Or((Phrase("甲"), Not(Phrase("2021"))))),
        ("(甲)AND乙", And((A, B))),
        ("(甲)ORDER", And((A, Word("ORDER")))),
        ("(甲) OR乙", And((A, Word("OR乙")))),
        ('"OR"', Phrase("OR")),
        # Quotes, in either width and mixed; signs inside are characters.
        ('"甲 乙"', Phrase("甲 乙")),
        ("“甲”", Phrase("甲")),
        ('“甲"', Phrase("甲")),
        ('"甲|(乙) -丙:*?…[]{}#"', Phrase("甲|(乙) -丙:*?…[]{}#")),
        ('"（甲）：｜？"', Phrase("（甲）：｜？")),
        ('" "', Phrase(" ")),
        ('甲"乙"丙', And((A, Phrase("乙"), C))),
        ("‘甲’", Word("‘甲’")),
        # A minus excludes the characters; inside a word it is one of them.
        ("-甲", NOT_A),
        ('-"甲"', NOT_A),
        ("-甲 乙", And((NOT_A, B))),
        ("乙|-甲", Or((B, NOT_A))),
        ("甲-乙", Word("甲-乙")),
        ("-甲-乙", Not(Phrase("甲-乙"))),
        ("-(甲|乙)", Not(Or((Phrase("甲"), Phrase("乙"))))),
        ("-（乙 -甲）", Not(And((Phrase("乙"), NOT_A)))),
        ("-年:2020", Not(FieldFilter("year", Range(2020, 2020)))),
        ("-标题:甲", Not(FieldFilter("title", "甲"))),
        ("-OR", Not(Phrase("OR"))),
        # So do its wide forms and the minus sign, which are dashes behind a quotation or bracket.
        ("－甲", NOT_A),
        ("﹣甲 乙", And((NOT_A, B))),
        ("乙 −甲", And((B, NOT_A))),
        ("乙｜－“甲”", Or((B, NOT_A))),
        ("（－甲 乙）", And((NOT_A, B))),
        ("－（甲｜乙）", Not(Or((Phrase("甲"), Phrase("乙"))))),
        ("－年：2020", Not(FieldFilter("year", Range(2020, 2020)))),
        ("甲－乙", Word("甲－乙")),
        ("2019−2021", Word("2019−2021")),
        ("－甲－乙", Not(Phrase("甲－乙"))),
        ("“甲”－乙", And((Phrase("甲"), Word("－乙")))),
        ("（甲）−“乙”", And((A, Word("−"), Phrase("乙")))),
        ('"甲"-乙', And((Phrase("甲"), Not(Phrase("乙"))))),
        ("标题:－甲", FieldFilter("title", "－甲")),
        ("甲—乙 —丙", And((Word("甲—乙"), Word("—丙")))),
        # OR and AND in either width, by themselves; AND is what a blank says already.
        ("甲 ＯＲ 乙", Or((A, B))),
        ("“甲”ＯＲ“乙”", Or((Phrase("甲"), Phrase("乙")))),
        ("甲 OＲ（乙）", Or((A, B))),
        ("甲 ｏｒ 乙", And((A, Word("ｏｒ"), B))),
        ("ＯＲＤ", Word("ＯＲＤ")),
        ("甲 AND 乙", And((A, B))),
        ("甲 ＡＮＤ 乙 丙", And((A, B, C))),
        ("甲 OR 乙 AND 丙", Or((A, And((B, C))))),
        ("甲 AND (乙|丙)", And((A, Or((B, C))))),
        ("甲 AND -乙", And((A, Not(Phrase("乙"))))),
        ('"甲"AND"乙"', And((Phrase("甲"), Phrase("乙")))),
        ("甲 and 乙", And((A, Word("and"), B))),
        ("ANDROID", Word("ANDROID")),
        ('"AND"', Phrase("AND")),
        ("-AND", Not(Phrase("AND"))),
        # A plus is AND between two clauses with blanks around it; else it is a character.
        ("甲 + 乙", And((A, B))),
        ("甲　＋　乙 ﹢ 丙", And((A, B, C))),
        ("“甲” + -乙", And((Phrase("甲"), Not(Phrase("乙"))))),
        ("互联网+", Word("互联网+")),
        ("A+B", Word("A+B")),
        ("甲＋乙", Word("甲＋乙")),
        ("甲 +乙", And((A, Word("+乙")))),
        ("甲+ 乙", And((Word("甲+"), B))),
        ("甲 +", And((A, Word("+")))),
        ("+ 甲", And((Word("+"), A))),
        ("(甲 + )", And((A, Word("+")))),
        ("甲 + OR 乙", Or((And((A, Word("+"))), B))),
        ("＂甲 乙＂", Phrase("甲 乙")),
        # Fields, under either name and with either colon; their values may be quoted.
        ("章节:安全", FieldFilter("heading", "安全")),
        ("section：安全", FieldFilter("heading", "安全")),
        ("专题:校园安全 甲", And((FieldFilter("topic", "校园安全"), A))),
        ("topic:x", FieldFilter("topic", "x")),
        ("部分:x", FieldFilter("part", "x")),
        ("PART:x", FieldFilter("part", "x")),
        ("文种：总结", FieldFilter("kind", "总结")),
        ("kind:x", FieldFilter("kind", "x")),
        ("形式:heading", FieldFilter("form", "heading")),
        ("form:article_title", FieldFilter("form", "article_title")),
        ("来源:a.cn", FieldFilter("site", "a.cn")),
        ("site:a.cn", FieldFilter("site", "a.cn")),
        ("依据:inferred", FieldFilter("basis", "inferred")),
        ("basis:unknown", FieldFilter("basis", "unknown")),
        ("标题:总结", FieldFilter("title", "总结")),
        ('title:"甲 乙"', FieldFilter("title", "甲 乙")),
        ("标题：“甲（1）”乙", And((FieldFilter("title", "甲（1）"), B))),
        ("标题:a:b", FieldFilter("title", "a:b")),
        ("標題:甲", FieldFilter("title", "甲")),
        ("專題:安全", FieldFilter("topic", "安全")),
        ("ｙｅａｒ：2020", FieldFilter("year", Range(2020, 2020))),
        ("章节:=安全", FieldFilter("section", "安全")),
        ("一级标题:安全", FieldFilter("section", "安全")),
        ("exact_section:安全", FieldFilter("section", "安全")),
        (
            "形式:小标题 依据:原文写明",
            And((FieldFilter("form", "heading"), FieldFilter("basis", "stated"))),
        ),
        ("年:不明", FieldFilter("year", Range(unknown=True))),
        ("年份:2021", FieldFilter("year", Range(2021, 2021))),
        ('标题:"a*b"', FieldFilter("title", "a*b")),
        # A colon behind any other name is a character.
        ("时间:12", Word("时间:12")),
        (":甲", Word(":甲")),
        ("https://a.cn", Word("https://a.cn")),
        # Years.
        ("年:2021", FieldFilter("year", Range(2021, 2021))),
        ("年：２０２１", FieldFilter("year", Range(2021, 2021))),
        ("year:2019..2021", FieldFilter("year", Range(2019, 2021))),
        ('年:"2019..2021"', FieldFilter("year", Range(2019, 2021))),
        ("年:..2021", FieldFilter("year", Range(last=2021))),
        ("年:2019..", FieldFilter("year", Range(first=2019))),
        ("年:2021..2021", FieldFilter("year", Range(2021, 2021))),
        ("年:unknown", FieldFilter("year", Range(unknown=True))),
        ("年:未知", FieldFilter("year", Range(unknown=True))),
        # Characters without a meaning here are characters.
        ("〔2022〕1号", Word("〔2022〕1号")),
        ("50%", Word("50%")),
        ("^v^", Word("^v^")),
        ("甲AND乙", Word("甲AND乙")),
        ("甲~2", Word("甲~2")),
        ("+甲", Word("+甲")),
    ],
)
def test_a_query_is_read_as_its_tree(text: str, tree: Node | None) -> None:
    assert parse(text).node == tree
    assert parse(text).text == text.strip()


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        # A word is missing.
        ("|", 0, "a word is missing at character 1"),
        ("｜甲", 0, "missing"),
        ("甲|", 2, "missing"),
        ("甲 OR", 4, "missing"),
        ("OR 甲", 0, "missing"),
        ("甲||乙", 2, "missing"),
        ("甲 OR | 乙", 5, "missing"),
        ("甲 (|乙)", 3, "missing"),
        ("(甲|)", 3, "missing"),
        ("）", 0, "missing"),
        # Brackets.
        ("甲)", 1, "the closing bracket at character 2 was never opened"),
        ("(甲))乙", 3, "never opened"),
        ("甲 (乙", 2, "the bracket at character 3 is never closed"),
        ("（甲", 0, "never closed"),
        ("甲()", 1, "the brackets at character 2 are empty"),
        ("（　）", 0, "empty"),
        ("(" * (DEEPEST_NESTING + 1) + "甲", DEEPEST_NESTING + 1, "nest at most 16"),
        ("-(" * (DEEPEST_NESTING + 1) + "甲", 2 * DEEPEST_NESTING + 2, "nest at most 16"),
        # Quotes.
        ('甲 "乙', 2, "the quotation mark at character 3 is never closed"),
        ("“甲", 0, "never closed"),
        ("－", 0, "needs a word right behind it"),
        ("甲 － 乙", 2, "needs a word right behind it"),
        ("－－甲", 0, "needs a word right behind it"),
        ("AND 甲", 0, "a word is missing"),
        ("甲 AND", 5, "a word is missing"),
        ("甲 AND AND 乙", 6, "a word is missing"),
        ("甲 AND OR 乙", 6, "a word is missing"),
        ("(甲 ＡＮＤ )", 7, "a word is missing"),
        ("甲 ＯＲ", 4, "a word is missing"),
        ('标题:"甲', 3, "never closed"),
        ('甲""', 1, "nothing between the quotation marks at character 2"),
        ("“”", 0, "nothing between"),
        ('标题:""', 3, "nothing between"),
        # A minus.
        ("-", 0, "the minus at character 1 needs a word"),
        ("甲 - 乙", 2, "needs a word"),
        ("--甲", 0, "needs a word"),
        ("甲 -|乙", 2, "needs a word"),
        ("(甲 -)", 3, "needs a word"),
        ("-（）", 1, "empty"),
        # Fields.
        ("标题:", 3, "“标题:” needs a value"),
        ("甲 year: 2020", 7, "needs a value"),
        ("章节:(甲)", 3, "needs a value"),
        ("专题：|甲", 3, "needs a value"),
        ('标题:" "', 3, "needs a value"),
        ("形式:body2", 3, "form has no value “body2”: use one of article_title, heading, body"),
        ("甲 依据：猜", 5, "basis has no value “猜”"),
        ("年:20", 2, "cannot read the year “20”"),
        ("甲 年:2020年", 4, "cannot read"),
        ("年:..", 2, "cannot read"),
        ("年:2019...2021", 2, "cannot read"),
        ("年:2019…2021", 2, "cannot read"),
        ("年:20xx", 2, "cannot read"),
        ("年:٢٠٢٠", 2, "cannot read"),
        ("年:2021..2019", 2, "the year “2021..2019” runs backwards: write 2019..2021"),
        # Patterns that cannot be read, or would match nearly everything.
        ("甲 [乙]…[", 6, "“[” is never closed"),
        ("甲]", 1, "“]” was never opened"),
        ("{甲", 0, "“{” is never closed"),
        ("甲}", 1, "“}” was never opened"),
        ("[甲|]…乙", 0, "lack characters"),
        ("[]…乙", 0, "lack characters"),
        ("{ }乙", 0, "lack characters"),
        ("[甲?]乙", 2, "not “?”"),
        ("{一 二 三 四 五}", 0, "at most 4 words"),
        ("甲…{6,2}乙", 2, "from fewer to more"),
        ("甲…{0,5000}乙", 2, "1000 at most"),
        ("甲 ?…#", 2, "no character of its own"),
        ("？", 0, "no character of its own"),
        ("甲" + "?乙" * 32, 0, "at most 32 elements"),
        ("段内:", 3, "“段内:” needs a value"),
        ("标题:推进*发展", 5, "“*” at character 6"),
        ("来源:*.cn", 3, "“*” at character 4"),
        # What folds to nothing.
        ("\u200b", 0, "a word is missing at character 1"),
        ("甲 -\ufeff", 3, "a word is missing at character 4"),
        ('"\u2060\u3164"', 0, "there is nothing"),
        ("章节:\u200b", 3, "needs a value"),
        ("[\u200b|甲]…乙", 0, "lack characters"),
        ("\u200b…?", 1, "no character of its own"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.position == position
    assert says in refused.value.english
    assert refused.value.chinese


@pytest.mark.parametrize(
    "text", ["义务教\u200b育", "\ufeff义务教育", "义务教育 \u200b", "义\u3164务教育"]
)
def test_what_is_not_seen_changes_no_query(text: str) -> None:
    subject = Subject(Paragraph("a", 0, "推进义务\ufe0f教育均衡发展"))
    assert matches(parse(text).node, subject)
    (span,) = spans(parse(text), subject)
    assert subject.paragraph.text[slice(*span)] == "义务\ufe0f教育"
    with pytest.raises(QueryError):
        from_args([("section", "\u200b")])


def test_what_would_cost_too_much_is_refused_and_what_just_fits_is_read() -> None:
    assert parse("甲" * MAX_QUERY_LENGTH).node == Word("甲" * MAX_QUERY_LENGTH)
    with pytest.raises(QueryError, match=f"at most {MAX_QUERY_LENGTH} characters"):
        parse("甲" * (MAX_QUERY_LENGTH + 1))
    assert parse("甲 " * MAX_CLAUSES).node == And((A,) * MAX_CLAUSES)
    with pytest.raises(QueryError, match=f"at most {MAX_CLAUSES} clauses") as refused:
        parse("甲 " * (MAX_CLAUSES + 1))
    assert refused.value.position == 2 * MAX_CLAUSES
    deepest = DEEPEST_NESTING - 1
    assert parse("(" * deepest + "甲" + ")" * deepest).node == A


Asked = TypeVar("Asked")


def attempt(ask: Callable[[Asked], Query], asked: Asked) -> Query | QueryError:
    """The query, or the refusal; any other exception is a failure."""
    try:
        return ask(asked)
    except QueryError as error:
        return error


signs = st.text(
    '甲乙ORANDＯＲ －−+＋-|()"“”：｜（）？:?*…[]{}#=. 　年标题段内章节形式0123456789\n\t',
    max_size=40,
)
fragments = st.lists(
    st.sampled_from(
        (
            *(
                "甲",
                "乙",
                " ",
                "|",
                "OR",
                " OR ",
                "-",
                "(",
                ")",
                "（",
                "）",
                '"',
                "“",
                "”",
                "：",
                ":",
            ),
            *("年:", "year：", "2020", "..", "标题:", "章节:", "form:", "body", "段内:", "*", "，"),
        )
    ),
    max_size=25,
).map("".join)


@given(text=signs | fragments | st.text(st.characters(exclude_categories=()), max_size=60))
@example("\x1c甲")
@example("-" * 2000)
@example("(" * 2000)
@example("年:" * 1000)
@example("\ud800")
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    answer = attempt(parse, text)
    if isinstance(answer, QueryError):
        assert answer.chinese
        assert answer.english
        assert answer.position is None or 0 <= answer.position <= len(text)
    else:
        assert (answer.node is None) == (not text.strip())
        assert parse(answer.text) == answer


def words_of(node: Node | None) -> str:
    match node:
        case None:
            return ""
        case Word(text) | Phrase(text) | Pattern(text):
            return text
        case FieldFilter():
            return node.text
        case Not(child):
            return words_of(child)
        case And(children) | Or(children):
            return "".join(map(words_of, children))


@given(text=fragments)
def test_no_character_that_was_typed_is_lost_but_the_signs(text: str) -> None:
    answer = attempt(parse, text)
    assume(isinstance(answer, Query))
    assert isinstance(answer, Query)
    read = words_of(answer.node)
    for character in "甲乙，":
        assert read.count(character) == text.count(character)


@given(
    trees=st.lists(
        st.recursive(
            st.sampled_from(
                (
                    A,
                    B,
                    Phrase("甲 乙"),
                    FieldFilter("title", "丙"),
                    FieldFilter("year", Range(2019, 2021)),
                )
            ),
            lambda inner: st.one_of(
                st.lists(inner, min_size=2, max_size=3).map(lambda c: And(tuple(c))),
                st.lists(inner, min_size=2, max_size=3).map(lambda c: Or(tuple(c))),
            ),
            max_leaves=8,
        ),
        min_size=1,
        max_size=1,
    ),
    wide=st.booleans(),
)
def test_a_tree_written_out_with_all_its_brackets_reads_back(trees: list[Node], wide: bool) -> None:
    def write(node: Node) -> str:
        match node:
            case And(children):
                return "(" + " ".join(map(write, children)) + ")"
            case Or(children):
                return "(" + "|".join(map(write, children)) + ")"
            case Phrase(text):
                return f'"{text}"'
            case FieldFilter(field):
                return f"{named(field).keys[0]}:{node.text}"
            case _:
                return words_of(node)

    text = write(trees[0])
    if wide:
        text = text.translate(str.maketrans('"|():', "“｜（）："))
    assert parse(text).node == trees[0]


# To and from the URL.

year_values = st.sampled_from(
    ("2021", "2019..2021", "..2021", "2019..", "unknown", "未知", "２０２０", " 2020 ", "20")
)
arguments = st.lists(
    st.one_of(
        st.tuples(st.just("q"), fragments | st.sampled_from(PIECES)),
        st.sampled_from(VALUE_FIELDS).flatmap(
            lambda name: st.tuples(
                st.just(named(name).parameter), st.sampled_from(FACET_VALUES[name])
            )
        ),
        st.tuples(st.sampled_from(("topic", "kind", "section")), st.text(max_size=4)),
        # As the first version wrote a section.
        st.tuples(st.sampled_from(("section", "not_section")), st.sampled_from(("=安全", "="))),
        st.tuples(st.sampled_from(("year", "not_year")), year_values),
        st.sampled_from(VALUE_FIELDS).flatmap(
            lambda name: st.tuples(
                st.just(f"not_{named(name).parameter}"), st.sampled_from(FACET_VALUES[name])
            )
        ),
        st.tuples(st.just("sort"), st.sampled_from(("", *(sort.value for sort in Sort)))),
        st.tuples(st.just("limit"), st.sampled_from(("", "0", "20", "007", "100"))),
        st.tuples(st.just("offset"), st.sampled_from(("", "0", "20", "9900"))),
        st.tuples(st.just("fold"), st.sampled_from(("", "0", "1", "no", "false"))),
        st.tuples(st.text(max_size=3), st.text(max_size=3)),
    ),
    max_size=8,
)


def read(args: list[tuple[str, str]]) -> Query:
    """The query of `args`, refusals put aside."""
    answer = attempt(from_args, args)
    assume(isinstance(answer, Query))
    assert isinstance(answer, Query)
    return answer


@given(args=arguments)
def test_a_query_survives_its_url(args: list[tuple[str, str]]) -> None:
    query = read(args)
    assert from_args(query.to_args()) == query
    assert all(value for _, value in query.to_args())


@given(
    args=st.lists(
        st.tuples(
            st.sampled_from(
                (
                    *(*PARAMETERS, *(f"not_{name}" for name in PARAMETERS)),
                    *("q", "sort", "limit", "offset", "fold"),
                )
            ),
            st.text(max_size=12) | signs,
        ),
        max_size=5,
    )
)
def test_any_url_is_read_or_refused(args: list[tuple[str, str]]) -> None:
    answer = attempt(from_args, args)
    if isinstance(answer, QueryError):
        assert answer.chinese
        assert answer.english
    else:
        assert from_args(answer.to_args()) == answer


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([("limit", "101")], "limit must lie between 0 and 100"),
        ([("limit", "-1")], "limit must be a whole number"),
        ([("limit", "x")], "limit must be a whole number"),
        ([("limit", "１")], "limit must be a whole number"),
        ([("limit", "9" * 5000)], "limit must be a whole number"),
        ([("offset", "1.5")], "offset must be a whole number"),
        ([("offset", "9981")], "offset + limit must lie between 0 and 10000"),
        ([("sort", "new")], "unknown sort “new”: use one of relevance, year, -year"),
        ([("form", "BODY")], "form has no value “BODY”"),
        ([("basis", "x")], "basis has no value “x”"),
        ([("not_basis", "x")], "basis has no value “x”"),
        ([("not_year", "x")], "cannot read the year “x”"),
        ([("year", "2020-2021")], "cannot read the year “2020-2021”"),
        ([("year", "2021..2020")], "runs backwards"),
        ([("q", "(")], "missing"),
    ],
)
def test_a_url_that_cannot_be_read_is_refused(args: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(QueryError) as refused:
        from_args(args)
    assert says in refused.value.english


def test_a_url_means_what_a_form_would_send() -> None:
    query = from_args(
        [
            *[("q", " 均衡 "), ("topic", "a"), ("topic", ""), ("topic", "b"), ("topic", "a")],
            *[("year", "2019..2021"), ("sort", "-year"), ("limit", "5"), ("offset", "10")],
            *[("fold", "0"), ("basis", "inferred"), ("form", "body"), ("csrf", "x")],
        ]
    )
    assert query == replace(
        parse("均衡"),
        filters=Filters(
            {
                "topic": ("a", "b"),
                "year": (Range(2019, 2021),),
                "basis": ("inferred",),
                "form": ("body",),
            }
        ),
        sort=Sort.NEWEST,
        limit=5,
        offset=10,
        fold=False,
    )
    assert from_args([]) == Query()
    assert from_args([("limit", str(LARGEST_PAGE)), ("offset", "9900")]).offset == DEEPEST_HIT - 100


# What facet links are made of.

buckets = st.one_of(
    st.sampled_from([name for name in FACETS if name != "year"]).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(FACET_VALUES[name]))
    ),
    st.tuples(st.just("year"), st.sampled_from((*map(str, YEARS), "unknown"))),
)


@given(args=arguments, bucket=buckets)
def test_toggling_twice_changes_nothing_but_the_page(
    args: list[tuple[str, str]], bucket: tuple[str, str]
) -> None:
    query = read(args)
    once = query.toggle(*bucket)
    assert once.offset == 0
    if not query.is_selected(*bucket):
        assert once.is_selected(*bucket)
        assert once.toggle(*bucket) == replace(query, offset=0)
    else:
        assert from_args(once.to_args()) == once


@given(args=arguments, bucket=buckets)
def test_a_toggle_leaves_the_other_facets_alone(
    args: list[tuple[str, str]], bucket: tuple[str, str]
) -> None:
    query = read(args)
    once = query.toggle(*bucket)
    assert once.without(bucket[0]) == query.without(bucket[0])
    assert once.node == query.node


@given(args=arguments, facet=st.sampled_from(FACETS))
def test_without_leaves_nothing_chosen_in_its_facet(
    args: list[tuple[str, str]], facet: str
) -> None:
    query = read(args)
    bare = query.without(facet)
    assert not bare.values(facet)
    assert not bare.excluding(facet)
    assert bare.offset == 0
    assert bare.without(facet) == bare
    for other in FACETS:
        if other != facet:
            assert bare.values(other) == query.values(other)
            assert bare.excluding(other) == query.excluding(other)


@given(args=arguments, bucket=buckets)
def test_excluding_twice_lets_in_again_and_a_value_is_never_chosen_and_excluded(
    args: list[tuple[str, str]], bucket: tuple[str, str]
) -> None:
    query = read(args)
    once = query.exclude(*bucket)
    assert once.is_excluded(*bucket) != query.is_excluded(*bucket)
    assert from_args(once.to_args()) == once
    if once.is_excluded(*bucket) and bucket[0] != "year":
        assert not once.is_selected(*bucket)
    if not query.is_excluded(*bucket) and not query.is_selected(*bucket):
        assert once.exclude(*bucket) == replace(query, offset=0)


def test_a_section_as_the_first_version_wrote_it_means_the_same() -> None:
    old = from_args([("section", "=安全"), ("not_section", "=校园")])
    assert old == from_args([("exact_section", "安全"), ("not_exact_section", "校园")])
    # Either was enough; two fields of today are both wanted.
    either = from_args([("section", "=安全"), ("section", "消防"), ("q", "校园|食堂")])
    assert either == parse('(一级标题:"安全" | 章节:"消防") (校园|食堂)')
    assert from_args([("section", "=")]) == Query()


def test_a_section_is_excluded_by_its_name_and_let_in_as_it_was_excluded() -> None:
    named_so = [("not_exact_section", "安全")]
    assert parse("甲").exclude("section", "安全").to_args()[1:] == named_so
    loose = from_args([("not_section", "安全"), ("not_year", "unknown")])
    assert loose.is_excluded("heading", "安全")
    assert not loose.is_excluded("section", "安全")
    assert loose.is_excluded("year", "unknown")
    assert loose.exclude("heading", "安全").to_args() == [("not_year", "unknown")]


def test_toggling_a_chosen_value_takes_it_away() -> None:
    query = from_args([("section", "安全"), ("exact_section", "消防"), ("topic", "a")])
    assert (query.values("heading"), query.values("section")) == (("安全",), ("消防",))
    assert query.toggle("section", "消防").values("section") == ()
    assert query.toggle("heading", "安全").values("heading") == ()
    assert query.toggle("section", "校园").values("section") == ("消防", "校园")
    assert query.toggle("topic", "a").values("topic") == ()
    assert query.toggle("year", "unknown").values("year") == (Range(unknown=True),)


def test_what_is_wanted_is_ranked_and_what_is_not_comes_newest_first() -> None:
    query = parse('甲 -乙 ("丙"|标题:丁) 年:2020')
    assert query.terms == (A, Phrase("丙"))
    assert query.ranked
    assert query.order is Sort.RELEVANCE
    for text in ("", "-甲", "年:2020", "标题:甲", "-(甲|乙)"):
        assert not parse(text).ranked
        assert parse(text).order is Sort.NEWEST
        assert replace(parse(text), sort=Sort.OLDEST).order is Sort.OLDEST


def test_labels_are_checked_wherever_a_query_is_built() -> None:
    assert Filters({"form": tuple(form.value for form in Form)})
    assert Filters({"basis": tuple(basis.value for basis in YearBasis)})
    with pytest.raises(QueryError, match="form"):
        Filters({"form": ("title",)})
    with pytest.raises(QueryError, match="limit"):
        Query(limit=-1)
    with pytest.raises(QueryError, match="offset"):
        Query(offset=-1)


@pytest.mark.parametrize(
    ("text", "other", "tree"),
    [
        ("甲 +", "乙", And((And((A, Word("+"))), B))),
        ("甲", "＋ 乙", And((A, And((Word("＋"), B))))),
        ("甲", "－乙", And((A, Not(Phrase("乙"))))),
    ],
)
def test_a_sign_at_the_edge_of_a_query_means_the_same_within_another(
    text: str, other: str, tree: Node
) -> None:
    assert parse(text).within(other).node == tree


def test_a_walk_goes_through_the_whole_tree_in_the_order_of_the_query() -> None:
    node = parse("甲 (乙 | -(丙 丁)) 年:2021").node
    below = [part.text for part in walk(node) if isinstance(part, Word | Phrase)]
    assert below == ["甲", "乙", "丙", "丁"]
    wanted = [part.text for part in walk(node, excluded=False) if isinstance(part, Word | Phrase)]
    assert wanted == ["甲", "乙"]
    assert list(walk(None)) == []


def test_a_rewrite_changes_children_before_their_parent() -> None:
    def change(node: Node) -> Node:
        if isinstance(node, Word):
            return Word(node.text + "了")
        return Or(node.children) if isinstance(node, And) and len(node.children) == 2 else node

    assert rewrite(Not(And((Word("甲"), Word("乙")))), change) == Not(
        Or((Word("甲了"), Word("乙了")))
    )
