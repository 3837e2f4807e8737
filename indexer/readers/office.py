"""Office formats: read as what they are, or converted by LibreOffice.

Document sites serve web pages, MHTML and RTF under .doc, so the content decides, not the
name. What only an office program can read (.doc, .wps, .rtf, .odt) is converted to DOCX by
LibreOffice where it is installed, in a profile folder of its own and within a time.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path, PurePosixPath

from archive.errors import SourceError
from indexer.page import Page
from indexer.readers.docx.reader import read_docx
from indexer.readers.encoding import decode
from indexer.readers.html.reader import read_html
from indexer.readers.mhtml import looks_like_mhtml, read_mhtml
from indexer.readers.pdf.reader import read_pdf
from indexer.readers.text import read_text

# A long document takes LibreOffice ten seconds on a slow machine, its first start as many.
SECONDS = 90.0

_PROGRAMS = ("soffice", "libreoffice")
# Where it is installed without being on the path.
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream that holds an encrypted DOCX. Where it is named depends on the file's size.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_HEAD = 2048
_HTML = re.compile(r"<(?:!doctype html|html|head|body|meta|table|div|p|font|span)\b", re.I)
_XML_WORD = re.compile(r"<(?:\w+:)?(?:wordDocument|package)\b|progid=\"Word\.Document\"", re.I)
_OFFICE = (".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".fodt")


def read_doc(data: bytes, relative: str) -> Page:
    """The page of an office document in any format, told by its content.

    Raises SourceError where LibreOffice is needed and missing, fails, or takes too long.
    """
    if data.startswith(b"%PDF"):
        return read_pdf(data, relative)
    if data.startswith(_COMPOUND) and _ENCRYPTED in data:
        raise SourceError("reader.encrypted", relative=relative)
    if data.startswith(_ZIP):
        # An OpenDocument file begins with its type, stored as it is.
        if b"application/vnd.oasis.opendocument.text" in data[:256]:
            return _convert(data, relative, ".odt")
        return read_docx(data, relative)
    if data.startswith(b"{\\rtf"):
        return _convert(data, relative, ".rtf")
    if data.startswith(_COMPOUND):
        suffix = PurePosixPath(relative).suffix.lower()
        return _convert(data, relative, suffix if suffix in _OFFICE else ".doc")
    if looks_like_mhtml(data):
        return read_mhtml(data, relative)
    head, _ = decode(data[:_HEAD])
    if _XML_WORD.search(head):
        return _convert(data, relative, ".xml")
    if _HTML.search(head):
        return read_html(data, relative)
    if "office:document" in head:
        return _convert(data, relative, ".fodt")
    return read_text(data, relative)


def _convert(data: bytes, relative: str, suffix: str) -> Page:
    found = (path for name in (*_PROGRAMS, *_PLACES) if (path := shutil.which(name)))
    program = next(found, None)
    if program is None:
        raise SourceError("doc.no_libreoffice", relative=relative)
    with tempfile.TemporaryDirectory(prefix="xianli-") as folder:
        source = Path(folder, f"source{suffix}")
        source.write_bytes(data)
        said = _run(
            [
                program,
                # A profile of its own: no settings, no macros, no other instance to ask.
                f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
                *("--headless", "--norestore", "--convert-to", "docx"),
                *("--outdir", str(Path(folder, "out")), str(source)),
            ],
            relative,
        )
        try:
            converted = Path(folder, "out", "source.docx").read_bytes()
        except OSError as error:
            raise SourceError("doc.cannot_convert", relative=relative, said=said) from error
    return read_docx(converted, relative)


def _run(command: list[str], relative: str) -> str:
    """Run `command` to its end or the end of its time; the last line that it said."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            # What it started ends too: its command is a script around the real program.
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            raise SourceError("doc.timeout", seconds=SECONDS, relative=relative) from error
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"exit {process.returncode}"
