"""Documents that a text names, and what it does with them."""

from __future__ import annotations

import pytest

from archive.model import Form, Relation
from archive.text.document_numbers import number_key
from indexer.page import DraftParagraph
from indexer.record.relations import relations


def found(
    *texts: str, title: str = "", form: Form = Form.BODY, own: tuple[str, ...] = ()
) -> list[Relation]:
    return list(relations(0, title, [DraftParagraph(text, form) for text in texts], own))


def said(*texts: str, title: str = "", form: Form = Form.BODY) -> list[str]:
    together = found(*texts, title=title, form=form)
    return [" ".join(filter(None, (one.link.value, one.number, one.title))) for one in together]


A, B = "《云溪县养犬办法》", "《云溪县绿化规定》（云政发〔2008〕22号）"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"本办法自2021年1月1日起施行，{A}同时废止。", "repeals"),
        (f"2016年1月1日发布的{A}自本办法施行之日起废止。", "repeals"),
        (f"原{A}和{B}即行废止。", "repeals repeals"),
        (f"根据{A}规定，{B}予以废止。", "based_on repeals"),
        (f"根据{A}，{B}同时废止。", "based_on repeals"),
        (f"根据{A}第三条、{B}第五条规定，制定本办法。", "based_on based_on"),
        (f"决定废止{A}、{B}。", "repeals repeals"),
        ("此前印发的云政发〔2001〕1号文同时停止执行。", "repeals"),
        ("（云政发〔2001〕1号）同时废止。", "repeals"),
        (f"{A}已于2019年废止。", "cites"),
        (f"{A}尚未废止。", "cites"),
        (f"不得擅自废止{A}。", "cites"),
        (f"{A}第三条、第七条的规定作相应修改。", "amends"),
        (f"现决定对{A}作如下修改：", "amends"),
        (f"请研究{A}修改稿。", "cites"),
        (f"现将{A}印发给你们。", "issues"),
        (f"{A}业经县人大批准，现予公布。", "issues"),
        (f"县政府印发{A}后，各地行动迅速。", "cites"),
        (f"省民政厅{A}已经县政府同意，现转发给你们。", "forwards"),
        (f"按照县委{A}和县教育局等部门{B}精神，制定本方案。", "based_on based_on"),
        (f"以{A}为依据，落实责任。", "based_on"),
        (f"按照工作安排，各单位学习{A}。", "cites"),
        ("（依据国发〔2021〕3号）", "based_on"),
        (f"参照{B}执行。", "cites"),
    ],
)
def test_the_words_around_a_document_tell_what_is_done_with_it(text: str, links: str) -> None:
    assert [one.link.value for one in found(text)] == links.split()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("有关政策见国发 ［2019］ 5 号文件。", "国发 ［2019］ 5 号"),
        ("详见云办字【2021】第3号。", "云办字【2021】第3号"),
        ("依国发〔２０２１〕２９号办理。", "国发〔２０２１〕２９号"),
        ("附件（公通字[84]12号）。", "公通字[84]12号"),
        ("执行住房和城乡建设部令第40号。", "住房和城乡建设部令第40号"),
        ("中华人民共和国主席令（第二十四号）公布。", "中华人民共和国主席令（第二十四号）"),
        ("依据云溪县人民政府第8号令。", "云溪县人民政府第8号令"),
        ("按财政部公告2021年第15号办理。", "财政部公告2021年第15号"),
        ("经县编委青编〔1984〕6号文件批准。", "青编〔1984〕6号"),
        ("区城管局作出渌城罚决字〔2022〕第61号决定。", "渌城罚决字〔2022〕第61号"),
        ("区教委发〔2021〕3号。", "区教委发〔2021〕3号"),
        ("省政府办公厅以云政办发〔2021〕3号文件印发。", "云政办发〔2021〕3号"),
    ],
)
def test_a_number_is_cut_out_as_printed(text: str, number: str) -> None:
    assert [one.number for one in found(text)] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "《人民日报》《云河晚报》头版报道。",
        "诵读《论语》《孙子兵法》，推荐《县域商业建设指南》一书。",
        "签订《战略合作协议》，填报《项目申请登记规定》。",
        "依据（2021）云0110民初123号判决书。",
        "编号2021第6号楼，第3号门。",
        "今年《政府工作报告》提出。",
        "云政发〔2021〕4号",
    ],
)
def test_what_is_no_document_or_the_own_one_is_left_out(text: str) -> None:
    assert said(text, title="云溪县情况") == []


def test_a_document_is_no_relation_of_itself() -> None:
    title = "云溪县防汛通知"
    texts = (
        "《云溪县防汛通知》已通过，即云水〔2021〕4号，附《云溪县防汛预案》（云水〔2021〕5号）。",
    )
    own = found(*texts, title=title, own=("云水 [2021] 4 号",))
    assert [one.number for one in own] == ["云水〔2021〕5号"]


@pytest.mark.parametrize(
    ("title", "links"),
    [
        ("云溪县政府关于印发云溪县养犬办法的通知", ["issues 云溪县养犬办法"]),
        ("关于印发《云溪县养犬办法（试行）》的通知", ["issues 云溪县养犬办法（试行）"]),
        (
            "关于转发云江省教育厅关于招生工作的通知的通知",
            ["forwards 云江省教育厅关于招生工作的通知"],
        ),
        ("批转县发改局关于深化改革意见的通知", ["endorses 县发改局关于深化改革意见"]),
        ("关于转发云财农〔2020〕45号文件的通知", ["forwards 云财农〔2020〕45号"]),
        (
            "关于修改《云溪县养犬办法》和废止《云溪县绿化规定》的决定",
            ["amends 云溪县养犬办法", "repeals 云溪县绿化规定"],
        ),
        ("关于废止云溪县养犬办法的决定", ["repeals 云溪县养犬办法"]),
        ("关于废止部分文件的决定", []),
        ("关于贯彻《云溪县养犬条例》的意见", ["based_on 云溪县养犬条例"]),
        ("关于暂时调整实施《云溪县养犬条例》有关规定的决定", ["cites 云溪县养犬条例"]),
        ("关于公布优秀教师名单的通知", []),
    ],
)
def test_a_title_names_what_it_issues(title: str, links: list[str]) -> None:
    assert said("各乡镇：", title=title) == links


def test_a_notice_that_endorses_says_so_in_its_text_too() -> None:
    title = "批转县发改局关于深化改革意见的通知"
    text = "县政府同意县发改局《关于深化改革的意见》，现转发给你们。"
    assert [one.link.value for one in found(text, title=title)] == ["endorses", "endorses"]


def test_a_list_has_the_link_of_the_line_above_it() -> None:
    assert said(
        "经研究，废止下列文件：",
        "1.云溪县政府关于集市管理的通知（云政发〔1998〕12号）",
        "二、《云溪县殡葬通告》（云政发〔2001〕3号）；《云溪县养犬办法》",
        "本通知自印发之日起执行。",
        "1.执行云政发〔2020〕1号。",
    ) == [
        "repeals 云政发〔1998〕12号 云溪县政府关于集市管理的通知",
        "repeals 云政发〔2001〕3号 云溪县殡葬通告",
        "repeals 云溪县养犬办法",
        "based_on 云政发〔2020〕1号",
    ]


def test_a_table_of_abolished_documents_is_a_list() -> None:
    rows = (
        "序号\t名称\t文号",
        "1\t关于集市管理的通知\t云政发〔1998〕12号",
        "2\t《养犬管理办法》\t",
    )
    assert said(*rows, title="废止的文件目录", form=Form.ROW) == [
        "repeals 云政发〔1998〕12号 关于集市管理的通知",
        "repeals 养犬管理办法",
    ]
    assert said(*rows, title="继续有效的文件目录", form=Form.ROW) == []
    assert said(*rows, title="文件一览表", form=Form.ROW) == []


def test_each_document_counts_once_with_its_closest_link_and_its_words() -> None:
    (one,) = found(
        "各地认真学习《云溪县养犬办法》（以下简称《养犬办法》）。",
        "贯彻《养犬办法》要求。",
        "《云溪县养犬办法》（云政发〔2008〕22号）同时废止。",
        "见云政发[2008]22号。",
    )
    assert (one.link.value, one.number, one.title) == (
        "repeals",
        "云政发〔2008〕22号",
        "云溪县养犬办法",
    )
    assert one.words == "《云溪县养犬办法》（云政发〔2008〕22号）同时废止"


def test_two_documents_of_one_title_are_two() -> None:
    assert said(
        "见《养犬管理办法》（云政发〔2008〕22号）和《养犬管理办法》（清政发〔2009〕1号）。"
    ) == [
        "cites 云政发〔2008〕22号 养犬管理办法",
        "cites 清政发〔2009〕1号 养犬管理办法",
    ]


@pytest.mark.parametrize("bracket", ["〔〕", "［］", "[]", "【】", "()", "（）", "〖〗"])
def test_a_number_has_one_key_in_any_bracket(bracket: str) -> None:
    left, right = bracket
    assert number_key(f"国发 {left}2021{right} 第029号") == number_key("国发〔2021〕29号")


@pytest.mark.parametrize("text", ["甲 乙丙" * 20_000, "以" * 60_000, "《" * 50_000, "号" * 50_000])
def test_a_hostile_text_is_read(text: str) -> None:
    assert said(text + "《") == []


@pytest.mark.parametrize(
    "title",
    ["云溪县犬只条例（征求意见稿）", "《云溪县犬只条例》政策解读", "云溪县犬只条例起草说明"],
)
def test_a_draft_or_a_text_about_a_document_abolishes_nothing(title: str) -> None:
    (one,) = found(f"{B}同时废止。", title=title)[-1:]
    assert one.link.value == "cites"
    assert said("各单位：", title="关于废止《云溪县养犬办法》的决定（征求意见稿）") == [
        "cites 云溪县养犬办法"
    ]


def test_an_earlier_document_of_the_same_title_is_another_one() -> None:
    text = "原《云溪县养犬办法》（云政发〔2008〕22号）同时废止。"
    for own in ((), ("云政发〔2021〕5号",)):
        assert [one.number for one in found(text, title="云溪县养犬办法", own=own)] == [
            "云政发〔2008〕22号"
        ]
    said_of_itself = found(
        "《云溪县养犬办法》（云政发〔2021〕5号）的说明。", title="云溪县养犬办法"
    )
    assert said_of_itself == []
