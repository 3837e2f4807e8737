"""`xianli clips` and `xianli notes`: the readers' own work, to take along and to check."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from archive.commands.options import FILE, as_json
from archive.commands.output import language, print_json
from archive.errors import NotesError
from archive.files import write_atomically
from archive.notes import Clips, Corrections, Searches, Store
from archive.notes.clips import Collection
from archive.notes.export import ExportFormat, export_clips
from archive.store.home import Home
from archive.store.library import Archive


@click.command()
@click.option(
    "--collection", "name", default=None, help="摘录夹（默认：正在用的）/ which collection"
)
@click.option(
    "--format",
    "form",
    type=click.Choice([f.value for f in ExportFormat]),
    default=ExportFormat.MARKDOWN.value,
    show_default=True,
    help="格式 / format",
)
@click.option("--output", type=FILE, default=None, help="写入文件 / write to a file")
@click.pass_obj
def clips(home: Path, name: str | None, form: str, output: Path | None) -> None:
    """导出摘录 / write a collection of clips with their sources."""
    opened = Home.open(home)
    with Archive(opened) as archive, closing(Store(opened.notes)) as store:
        kept = Clips(store)
        kept.settle(archive)
        chosen = _collection(kept, name)
        listed = kept.listed(chosen.collection_id)
        written = export_clips(listed, chosen.name, ExportFormat(form), language())
    if output is not None:
        try:
            write_atomically(output, written)
        except OSError as error:
            # Not the draft's, which nobody typed.
            error.filename = str(output)
            raise
    elif form == ExportFormat.DOCX and sys.stdout.isatty():
        raise click.UsageError("docx 请用 --output 写入文件 / write docx to a file with --output")
    else:
        sys.stdout.buffer.write(written)


@click.command()
@as_json
@click.pass_obj
def notes(home: Path, machine: bool) -> None:
    """核对笔记 / list what is gone or damaged of clips, corrections and searches; exit 1 if any."""
    opened = Home.open(home)
    with Archive(opened) as archive, closing(Store(opened.notes)) as store:
        kept = Clips(store)
        kept.settle(archive)
        count = sum(collection.count for collection in kept.collections())
        lost = kept.lost()
        corrections = Corrections(store)
        known = corrections.all()
        damaged = {
            "clip": kept.damaged(),
            "correction": corrections.damaged(),
            "search": Searches(store).damaged(),
        }
        idle = [c for c in known if not (opened.corpus / c.path).is_file()]
    if machine:
        print_json(
            {
                "clips": count,
                "corrections": len(known),
                "damaged": [
                    {"table": table, "row": row} for table, rows in damaged.items() for row in rows
                ],
                "lost_clips": [
                    {
                        "clip_id": clip.clip_id,
                        "held": clip.held,
                        "paragraph_id": clip.anchor.paragraph_id,
                        "title": clip.source.title,
                        "file": clip.source.path,
                        "passage": clip.anchor.passage,
                        "note": clip.note,
                    }
                    for clip in lost
                ],
                "idle_corrections": [
                    {"document_id": c.document_id, "file": c.path, "title": c.title} for c in idle
                ],
            }
        )
    else:
        for clip in lost:
            said = f"#{clip.clip_id} 涉密未读 / held back" if clip.held else clip.anchor.passage
            click.echo(f"摘录 / clip: {clip.source.path}: {said}")
        for correction in idle:
            click.echo(f"更正 / correction: {correction.path}")
        for table, rows in damaged.items():
            for row in rows:
                click.echo(f"损坏 / damaged {table}: {row}")
        if any(damaged.values()):
            click.echo("→ xianli restore FILE，备份见 / backups in backups/")
        gone = len(lost) + len(idle)
        found = (
            f"{gone} 处在档案里找不到 / not found in the archive" if gone else "都在 / all found"
        )
        click.echo(f"摘录 / clips {count}, 更正 / corrections {len(known)}: {found}")
    if lost or idle or any(damaged.values()):
        sys.exit(1)


def _collection(kept: Clips, name: str | None) -> Collection:
    """The collection of that name; without one the one that new clips go to."""
    if name is None:
        return kept.one(kept.current())
    collections = kept.collections()
    for collection in collections:
        if collection.name == name:
            return collection
    known = "、".join(c.name for c in collections if c.name) or "（无 / none）"
    raise NotesError("notes.no_collection_named", name=name, known=known)
