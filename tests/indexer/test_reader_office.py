"""Office documents: told by their content, converted by LibreOffice where it is needed."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer.readers import office, read_page
from indexer.readers.office import read_doc
from tests.fixtures.docx import docx, par
from tests.fixtures.mhtml import message, page, part
from tests.fixtures.pdf import pdf_file, sentences, typeset

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
RTF = b"{\\rtf1\\ansi text}"
ODT = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text"

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with #!")


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No LibreOffice on this machine, whatever is installed."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(office, "_PLACES", ())


def stand_in(folder: Path, script: str) -> None:
    """A program in LibreOffice's place: `source`, `out` and `arguments` are there for it."""
    install(
        folder,
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        "arguments = sys.argv[1:]\n"
        "source = pathlib.Path(arguments[-1])\n"
        "out = pathlib.Path(arguments[arguments.index('--outdir') + 1])\n"
        f"folder = pathlib.Path({str(folder)!r})\n" + script,
    )


def install(folder: Path, script: str) -> None:
    program = folder / "bin" / "soffice"
    program.write_text(script)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def texts(data: bytes, name: str = "a.doc") -> list[str]:
    return [block.text for block in read_doc(data, name).blocks]


# What it is in truth


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (page("gb2312"), "云溪县教育工作总结"),
        (message(part(page())), "云溪县教育工作总结"),
        (docx(par("正文。")), "正文。"),
        ("一、工作\n正文。".encode("gbk"), "一、工作"),
    ],
    ids=["html", "mhtml", "docx", "text"],
)
@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.docx"])
def test_a_file_is_read_as_what_it_is(data: bytes, first: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert read_page(path, name).blocks[0].text == first


def test_a_pdf_under_another_name_is_read() -> None:
    wanted = sentences(3)
    assert texts(pdf_file(typeset(wanted))) == wanted


def test_what_is_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="not a text file"):
        read_doc(bytes(range(256)) * 100, "a.doc")


def test_an_encrypted_document_is_named_as_such() -> None:
    with pytest.raises(SourceError, match="encrypted"):
        read_doc(COMPOUND + "EncryptedPackage".encode("utf-16-le"), "a.docx")


# Without and with LibreOffice


@pytest.mark.parametrize("data", [COMPOUND, RTF, ODT], ids=["doc", "rtf", "odt"])
def test_without_libreoffice_the_refusal_says_what_to_do(data: bytes) -> None:
    with pytest.raises(SourceError) as refused:
        read_doc(data, "总结.doc")
    assert "LibreOffice" in refused.value.chinese
    assert ".docx" in refused.value.chinese
    assert "总结.doc" in refused.value.english


@posix
@pytest.mark.parametrize(
    ("data", "name", "suffix"),
    [
        (COMPOUND, "a.doc", ".doc"),
        (COMPOUND, "a.wps", ".wps"),
        (COMPOUND, "a.docx", ".doc"),
        (RTF, "a.doc", ".rtf"),
        (ODT, "a.odt", ".odt"),
    ],
)
def test_the_converted_document_is_read(
    data: bytes, name: str, suffix: str, tmp_path: Path
) -> None:
    (tmp_path / "made.docx").write_bytes(docx(par("德育工作。")))
    stand_in(
        tmp_path,
        "assert any(a.startswith('-env:UserInstallation=file:///') for a in arguments)\n"
        "assert arguments[arguments.index('--convert-to') + 1] == 'docx'\n"
        "out.mkdir()\n"
        "(folder / 'seen').write_text(source.suffix)\n"
        "(folder / 'where').write_text(str(source.parent))\n"
        "(out / 'source.docx').write_bytes((folder / 'made.docx').read_bytes())\n",
    )
    assert texts(data, name) == ["德育工作。"]
    assert (tmp_path / "seen").read_text() == suffix
    assert not Path((tmp_path / "where").read_text()).exists()


@posix
def test_a_failed_conversion_says_what_the_program_said(tmp_path: Path) -> None:
    stand_in(tmp_path, "sys.exit('source file could not be loaded')\n")
    with pytest.raises(SourceError, match="could not be loaded"):
        read_doc(COMPOUND, "a.doc")


@posix
def test_a_conversion_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A shell is there at once, also beside other work.
    script = "#!/bin/sh\n/bin/sleep 60 &\necho $! > {}\n/bin/sleep 60\n"
    install(tmp_path, script.format(tmp_path / "child"))
    monkeypatch.setattr(office, "SECONDS", 2.0)
    with pytest.raises(SourceError, match="longer than 2 seconds"):
        read_doc(COMPOUND, "a.doc")
    assert is_gone(int((tmp_path / "child").read_text()))


def is_gone(pid: int) -> bool:
    """Whether a process has ended, or ends soon (its parent has to notice)."""
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
