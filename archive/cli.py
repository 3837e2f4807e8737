"""The front door: `xianli …`. The only file that may open all rooms; nothing imports it.

Exit codes: 0 done; 1 refused or failed, with one line on stderr; 2 wrong usage.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive.cli_options import as_json, as_query, with_filters
from archive.cli_precedents import precedents_command
from archive.cli_wording import wording
from archive.errors import ArchiveError, HomeError
from archive.export import Format, rows
from archive.home import Home
from archive.library import Archive
from archive.query import Sort
from archive.results import Hit, Results, snippet

# Whether a path exists and can be read is said by us, with what to do.
_PATH = click.Path(path_type=Path, readable=False)

# How much of a passage `search` prints, in characters: about three lines of a terminal.
SNIPPET_WIDTH = 110


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except ArchiveError as error:
        click.echo(f"xianli: {_say(error)}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no failure of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        click.echo(
            f"xianli:{place} {error.strerror or error}；请检查磁盘空间和权限 "
            "(check disk space and permissions)",
            err=True,
        )
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    "home",
    envvar="XIANLI_HOME",
    default=".",
    show_default="$XIANLI_HOME, else .",
    type=_PATH,
    help="档案文件夹：来源在其 corpus/ 下 / the archive's folder",
)
@click.version_option(package_name="xianli")
@click.pass_context
def cli(context: click.Context, home: Path) -> None:
    """先例：公文全文检索与档案 / full-text search and archive for Chinese official documents."""
    context.obj = home


@cli.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--full", is_flag=True, help="全部重读 / read every source again")
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="进程数 / processes"
)
@click.option("--dry-run", is_flag=True, help="只列出要做的事 / only say what would be done")
@as_json
@click.pass_obj
def reindex(
    home: Path, paths: tuple[Path, ...], full: bool, jobs: int, dry_run: bool, machine: bool
) -> None:
    """重建索引：读入新增和改动的文件 / read what is new or changed, and update the index."""
    from indexer.reindex import Options

    opened = Home.open(home)
    options = Options(_within(opened, paths), full, jobs, dry_run)
    _run_reindex(opened, options, machine)


@cli.command("import")
@click.argument("files", nargs=-1, required=True, type=_PATH)
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="进程数 / processes"
)
@as_json
@click.pass_obj
def import_files(home: Path, files: tuple[Path, ...], jobs: int, machine: bool) -> None:
    """把文件复制进档案并建立索引 / copy files into the corpus and index them."""
    from indexer.reindex import Options

    opened = Home.open(home)
    targets = _copy_in(opened, files)
    _run_reindex(opened, Options(paths=targets, jobs=jobs), machine)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=_PATH)
@as_json
@click.option(
    "--text", "plain", is_flag=True, help="只输出保留的段落 / kept paragraphs, one a line"
)
@click.pass_obj
def explain(home: Path, files: tuple[Path, ...], machine: bool, plain: bool) -> None:
    """说明一个文件是怎样读的 / show how a file is read: kept, cut, dated, and by which rule."""
    from indexer.explain import explain_file

    failed = False
    for file in files:
        try:
            for explanation in explain_file(file, _relative(home, file), Home.open(home)):
                if machine:
                    click.echo(json.dumps(explanation.to_dict(), ensure_ascii=False))
                elif plain:
                    for paragraph in explanation.reading.paragraphs:
                        click.echo(paragraph.text)
                else:
                    click.echo(explanation.to_text())
        except ArchiveError as error:
            failed = True
            click.echo(f"xianli: {file}: {_say(error)}", err=True)
    if failed:
        sys.exit(1)


@cli.command()
@click.argument("query", default="")
@with_filters
@click.option(
    "--sort", type=click.Choice([s.value for s in Sort]), default="relevance", help="排序 / order"
)
@click.option("--limit", type=int, default=20, help="条数 / hits on a page")
@click.option("--offset", type=int, default=0, help="从第几条起 / hits to pass over")
@click.option("--no-fold", is_flag=True, help="列出全部近似重复 / list every near-duplicate")
@as_json
@click.pass_obj
def search(home: Path, /, query: str, no_fold: bool, machine: bool, **options: Any) -> None:
    """检索 / search. 例 xianli search '"控辍保学"' --year 2019..2021"""
    asked = replace(as_query(query, options), fold=not no_fold)
    with Archive(Home.open(home)) as archive:
        results = archive.search(asked)
    if machine:
        click.echo(json.dumps(results.to_dict(), ensure_ascii=False))
    else:
        _print_results(results)


@cli.command()
@click.argument("query", default="")
@with_filters
@click.option(
    "--format", "form_", type=click.Choice(["csv", "ndjson"]), default="csv", help="格式 / format"
)
@click.pass_obj
def export(home: Path, /, query: str, form_: Format, **options: Any) -> None:
    """导出全部结果 / write every match, complete, in id order."""
    asked = as_query(query, options)
    with Archive(Home.open(home)) as archive:
        for line in rows(archive.scan(asked), form_):
            click.echo(line, nl=False)


@cli.command()
@as_json
@click.pass_obj
def stats(home: Path, machine: bool) -> None:
    """档案的状况 / the state of the archive."""
    with Archive(Home.open(home)) as archive:
        state = archive.stats()
    click.echo(json.dumps(state.to_dict(), ensure_ascii=False) if machine else state.to_text())


@cli.command()
@as_json
@click.pass_obj
def verify(home: Path, machine: bool) -> None:
    """核对索引与来源 / compare the index with its sources; exit 1 where they differ."""
    from indexer.verify import verify as verify_home

    found = list(verify_home(Home.open(home)))
    if machine:
        listed = [d.to_dict() for d in found]
        click.echo(json.dumps({"differences": listed}, ensure_ascii=False))
    else:
        for difference in found:
            click.echo(f"{difference.path}: {_say(difference.reason)}")
        click.echo(f"{len(found)} 处不一致 / differences" if found else "一致 / in agreement")
    if found:
        sys.exit(1)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="端口 / port"
)
@click.pass_obj
def serve(home: Path, host: str, port: int) -> None:
    """在浏览器里使用 / serve the archive to the browser."""
    from indexer.reindex import Options
    from indexer.reindex import reindex as run
    from web import create_app
    from web.serving import serve_app

    opened = Home.open(home)
    app = create_app(opened.root, reindex=lambda: run(opened, Options()))
    serve_app(app, host, port, announce=lambda address: click.echo(f"xianli: {address}"))


cli.add_command(wording)
cli.add_command(precedents_command)


def _run_reindex(home: Home, options: Any, machine: bool) -> None:
    """Run with a progress bar, print the closing table, leave with 1 if a source failed."""
    from indexer.reindex import reindex as run

    hidden = machine or not sys.stderr.isatty()
    with click.progressbar(length=1, label="读入 / reading", file=sys.stderr, hidden=hidden) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        report = run(home, options, progress)
    click.echo(json.dumps(report.to_dict(), ensure_ascii=False) if machine else report.to_text())
    if report.failed:
        sys.exit(1)


def _copy_in(home: Home, files: tuple[Path, ...]) -> tuple[str, ...]:
    """Copy files into the corpus; return their paths there. Nothing is overwritten."""
    for file in files:
        if not file.is_file():
            raise HomeError(
                f"找不到文件 {file}，请检查路径", f"there is no file {file}: check the path"
            )
        target = home.corpus / file.name
        if target.exists() and target.read_bytes() != file.read_bytes():
            raise HomeError(
                f"语料中已有另一个 {file.name}，请改名后再导入",
                f"the corpus already has another {file.name}: rename the file and import again",
            )
    home.corpus.mkdir(exist_ok=True)
    for file in files:
        target = home.corpus / file.name
        if not target.exists():
            draft = target.with_name(f".{file.name}.part")
            shutil.copyfile(file, draft)
            os.replace(draft, target)
    return tuple(file.name for file in files)


def _within(home: Home, paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Paths as typed to paths relative to the corpus."""
    found = []
    for path in paths:
        for candidate in (path, home.corpus / path):
            absolute = candidate.resolve()
            if absolute.is_relative_to(home.corpus) and (
                absolute.exists() or candidate is not path
            ):
                found.append(absolute.relative_to(home.corpus).as_posix())
                break
        else:
            raise HomeError(
                f"{path} 不在语料文件夹 {home.corpus} 里；要加入文件请用 xianli import",
                f"{path} is not in {home.corpus}: to add a file use xianli import",
            )
    return tuple("" if path == "." else path for path in found if path != ".")


def _relative(home: Path, file: Path) -> str:
    """The path that a reindex of this home would know a file by; its name elsewhere."""
    corpus = (home / "corpus").resolve()
    absolute = file.resolve()
    if absolute.is_relative_to(corpus):
        return absolute.relative_to(corpus).as_posix()
    return file.name


def _print_results(results: Results) -> None:
    shown = f"{results.total} 段" + (
        f"，合并近似后 {results.clusters} 条"
        if results.clusters not in (None, results.total)
        else ""
    )
    click.echo(f"{shown}  ({results.took_ms:.1f} ms)")
    for at, hit in enumerate(results.hits, results.query.offset + 1):
        _print_hit(f"{at}.", hit)
    if results.nearest:
        click.echo("没有符合的段落。用词最接近的： / nothing matches; nearest in wording:")
        for hit in results.nearest:
            _print_hit("~", hit)


def _print_hit(mark: str, hit: Hit) -> None:
    paragraph = hit.paragraph
    year = str(paragraph.year or "年份不明")
    place = " > ".join(filter(None, (paragraph.article, *paragraph.heading_path)))
    more = f"  (+{len(hit.variants)})" if hit.variants else ""
    click.echo(f"\n{mark} {paragraph.title}  [{year}]{more}  {paragraph.paragraph_id}")
    if place:
        click.echo(f"   {place}")
    piece = snippet(paragraph.text, hit.spans, SNIPPET_WIDTH)
    text = "".join(
        click.style(part, bold=True, fg="red") if matched else part
        for part, matched in piece.pieces()
    )
    click.echo(f"   {'…' if piece.before else ''}{text}{'…' if piece.after else ''}")


def _say(error: ArchiveError) -> str:
    """The sentence in the system's language; in both where that is neither of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if language := os.environ.get(name):
            return error.message(language) if language.startswith(("zh", "en")) else str(error)
    return str(error)
