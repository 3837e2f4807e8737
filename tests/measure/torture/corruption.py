"""Files that change by themselves: what is damaged is named and mended, and never answers.

One byte of one file of the index is changed, or the file is cut short, or a stretch of it
reads as zeros. Then questions are asked through the command and the API, each of which must
get the true answer or the sentence that names the file and the command that mends it.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.store.home import Home
from tests.measure.torture import homes
from tests.measure.torture.trial import BrokenError, in_fork
from web import create_app

_TRIALS = 500

# What mends whatever is found; every error must say so.
MENDING = "xianli reindex --full"

# Of which the texts are made: two characters each.
_WORDS = (
    "教育均衡发展推进落实责任安全生产检查深化改革评价建设学校培训教师管理加强提高质量"
    "工作计划总结全县统筹城乡义务普惠资源配置完善制度监督考核群众服务保障投入"
)
_DOCUMENTS = 60
_PARAGRAPHS = 30
# How much of a file reads as zeros where a write never reached the disk, in bytes.
_HOLES = (16, 512, 4_096)

# What an answer may differ in from another one to the same question.
_FLEETING = ("took_ms", "generation", "built")
# Asked through the command, and through the API under the same name.
_ASKED: tuple[tuple[str, ...], ...] = (
    ("search", "均衡发展", "--json"),
    ("search", "“推进落实”", "--year", "2019..2021", "--json"),
    ("search", "教", "--sort", "year", "--limit", "100", "--json"),
    ("wording", "推进[落实|改革]", "--json"),
    ("export", "质量"),
    ("stats", "--json"),
)
_ADDRESSES = (
    "/api/search?q=均衡发展",
    "/api/search?q=安全&year=2019..2021&sort=-year&limit=100",
    "/api/wording?q=推进…责任",
    "/api/stats",
)

Answer = tuple[str, int, str]


@dataclass
class Figures:
    """What was done; there is no field for wrong answers, for the first one ends it."""

    corruptions: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    refusals: int = 0
    mended: int = 0


@dataclass(frozen=True, slots=True)
class Damage:
    """What happens to a file: a bit turns over, the rest is gone, or a hole of so many zeros."""

    kind: str
    at: int
    size: int = 0

    def done_to(self, content: bytes) -> bytes:
        """The content of the file afterwards."""
        before, after = content[: self.at], content[self.at :]
        if self.kind == "cut":
            return before
        if self.kind == "hole":
            return before + bytes(min(self.size, len(after))) + after[self.size :]
        return before + bytes([after[0] ^ (1 << self.size)]) + after[1:]


def build(home: Path) -> None:
    """Make and index a home whose index has arrays of several blocks."""
    chance = random.Random(7)
    words = [_WORDS[at : at + 2] for at in range(0, len(_WORDS), 2)]
    (home / "corpus").mkdir(parents=True)
    for number in range(_DOCUMENTS):
        year = 2015 + number % 9
        lines = [f"{year}年第{number}号县教育工作总结", "一、主要做法"]
        for _ in range(_PARAGRAPHS):
            lines.append("".join(chance.choices(words, k=chance.randrange(8, 40))) + "。")
        (home / "corpus" / f"{number:03d}.txt").write_text("\n\n".join(lines), "utf-8")
    _must(home, "reindex")


def corrupt(home: Path, trials: int, chance: random.Random) -> Figures:
    """Damage the index of `home` so many times, each time one file, and put it back.

    Raises BrokenError at the first answer that is neither true nor an error of ours.
    """
    figures = Figures()
    truth = answers(home)
    if wrong := [said for _, code, said in truth if code]:
        raise BrokenError(f"questions fail without damage: {wrong}")
    unmended = {path.name for path in files(home)}
    for _ in range(trials):
        path = chance.choice(files(home))
        content = path.read_bytes()
        damage = draw(len(content), chance)
        changed = damage.done_to(content)
        if changed == content:
            continue
        path.write_bytes(changed)
        label = f"{path.name}, {damage}"
        refused = compare(label, path, truth, answers(home))
        figures.corruptions[damage.kind] += 1
        figures.answers += len(truth)
        figures.refusals += refused
        for command in ("verify", "reindex"):
            _named(f"{label}: {command}", path, in_fork(_command(home, command), home).said)
        if path.name in unmended:
            # Once for each file: it takes longer than all the rest.
            unmended.discard(path.name)
            _check_mending(label, home, truth)
            figures.mended += 1
        path.write_bytes(content)
    return figures


def part(base: Path, share: float, chance: random.Random) -> dict[str, object]:
    """The part of the torture that this is."""
    build(base / "home")
    figures = corrupt(base / "home", max(1, int(_TRIALS * share)), chance)
    return {
        "corruptions": ", ".join(f"{kind} {count}" for kind, count in figures.corruptions.items()),
        "answers": f"{figures.answers - figures.refusals} true, {figures.refusals} refused",
        "mended": figures.mended,
    }


def files(home: Path) -> list[Path]:
    """The files of the index that may be damaged: those of the generation that answers."""
    opened = Home.open(home)
    generation = opened.current()
    assert generation is not None
    inside = sorted(p for p in generation.folder.rglob("*") if p.is_file() and p.stat().st_size)
    return [opened.state / "current", *inside]


def draw(size: int, chance: random.Random) -> Damage:
    """Any damage of a file of so many bytes."""
    kind = chance.choice(("bit", "cut", "hole"))
    extent = chance.choice(_HOLES) if kind == "hole" else chance.randrange(8)
    return Damage(kind, chance.randrange(size), extent)


def answers(home: Path) -> list[Answer]:
    """What each question is answered, in a process that knows nothing of the home yet."""
    ended = in_fork(lambda: _answer(home), home)
    if ended.code:
        raise BrokenError(f"the questions end with {ended.code}\n{ended.said}")
    return [(name, code, said) for name, code, said in json.loads(ended.said)]


def compare(label: str, path: Path, truth: Sequence[Answer], given: Sequence[Answer]) -> int:
    """How many questions were refused, because of the file at `path`. Raises BrokenError."""
    refused = 0
    for (name, _, true), (_, code, said) in zip(truth, given, strict=True):
        if code:
            refused += 1
            _named(f"{label}: {name}", path, said)
        elif said != true:
            raise BrokenError(f"{label}: {name} is answered otherwise\n{said[:500]}\n{true[:500]}")
    return refused


def _named(label: str, path: Path, said: str) -> None:
    """Make sure of a refusal: one line that names the file and what mends it."""
    lines = said.strip().splitlines()
    if len(lines) != 1 or path.name not in said or MENDING not in said:
        raise BrokenError(f"{label}: not one line that names the file and the way out\n{said}")


def _check_mending(label: str, home: Path, truth: Sequence[Answer]) -> None:
    mended = home.with_name(f"{home.name}-mended")
    shutil.copytree(home, mended)
    _must(mended, "reindex", "--full")
    _must(mended, "verify")
    if answers(mended) != list(truth):
        raise BrokenError(f"{label}: {MENDING} does not mend it")
    shutil.rmtree(mended)


def _must(home: Path, *arguments: str) -> None:
    ended = in_fork(_command(home, *arguments), home)
    if ended.code:
        raise BrokenError(f"{arguments} ends with {ended.code}\n{ended.said}")


def _command(home: Path, *arguments: str) -> Callable[[], int]:
    return lambda: homes.xianli(home, *arguments)


def _answer(home: Path) -> int:
    """Ask everything, and print the answers as JSON."""
    given: list[Answer] = []
    for question in _ASKED:
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = homes.xianli(home, *question)
        given.append((" ".join(question), code, errors.getvalue() or _steady(out.getvalue())))
    client = create_app(home).test_client()
    document = Home.open(home).corpus / "007.txt"
    for address in (*_ADDRESSES, f"/api/document/{document.name}"):
        answer = client.get(address)
        well = answer.status_code == 200
        said = _steady(answer.text) if well else str(answer.get_json()["detail"])
        given.append((address, 0 if well else answer.status_code, said))
    print(json.dumps(given))  # noqa: T201
    return 0


def _steady(said: str) -> str:
    """An answer without what differs from one run to the next."""
    try:
        given: Any = json.loads(said)
    except ValueError:
        return said
    if isinstance(given, dict):
        given = {name: value for name, value in given.items() if name not in _FLEETING}
    return json.dumps(given, ensure_ascii=False, sort_keys=True)
