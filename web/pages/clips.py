"""Clips: passages taken along from any page, ordered, noted, and written out as a export."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import ArchiveError
from archive.notes.anchors import Anchor, Source
from archive.notes.citation import cite, export_words
from archive.notes.clips import DEFAULT, MAX_NAME_LENGTH, MAX_NOTE_LENGTH, Clip
from archive.notes.export import ExportFormat, export_clips
from web.auth.csrf import safe_redirect
from web.context import archive, page_links, words
from web.http.downloads import attachment
from web.pages.quote import paragraph_of
from web.presenters.notes import asked_collection, done, notes, number, require_own_form
from web.presenters.tables import column_heads
from web.presenters.years import year_mark
from web.urls.links import Links

pages = Blueprint("clips", __name__)

# Clips taken out that a page offers to put back.
MAX_REMOVED_SHOWN = 20
TYPES = {
    ExportFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}


@pages.get("/clips")
def page() -> str:
    """A collection of clips, the current one where none is named."""
    links = page_links()
    kept = notes().clips
    kept.settle(archive())
    shown = asked_collection(kept).collection_id
    removed = kept.removed(shown)
    undo = request.args.get("undo", "")
    return render_template(
        "clips.html",
        collections=kept.collections(),
        shown=shown,
        current=kept.current(),
        default=DEFAULT,
        clips=[_row(clip, links) for clip in kept.listed(shown)],
        removed=removed[:MAX_REMOVED_SHOWN],
        undo=next((clip for clip in removed if str(clip.clip_id) == undo), None),
        longest_note=MAX_NOTE_LENGTH,
        longest_name=MAX_NAME_LENGTH,
        formats=[
            (form.value, links.to("clips.download", suffix=form.value, collection=shown))
            for form in ExportFormat
        ],
    )


@pages.post("/clips")
def take() -> BaseResponse:
    """Take a passage into the current collection, or out of it, and lead back.

    `paragraph` is its id; `start` and `end` in the address name a stretch of its text.
    """
    require_own_form()
    paragraph = paragraph_of(request.form.get("paragraph", ""))
    anchor = Anchor(paragraph.paragraph_id, paragraph.text)
    if "start" in request.args:
        start, stop = (number(request.args.get(name, "")) for name in ("start", "end"))
        if not start < stop <= len(paragraph.text):
            abort(400)
        anchor = Anchor(paragraph.paragraph_id, paragraph.text, start, stop)
    source = Source.of(paragraph, archive().document(paragraph.document_id))
    source = replace(source, heads=column_heads(paragraph))
    own, t = notes(), words()
    _, inside = own.clips.toggle(anchor, source, archive().generation)
    _, count = own.clipped()
    back = safe_redirect(request.form.get("back", ""), page_links().to("clips.page"))
    if back.startswith("/document/"):
        back += f"#p{paragraph.ordinal}"
    said = t("clips.taken", n=count) if inside else t("clips.untaken", n=count)
    return done(back, inside=inside, count=count, said=said)


@pages.post("/clips/<clip>")
def change(clip: str) -> BaseResponse:
    """Note, move, take out or put back a clip, as the pressed button says (`do`)."""
    require_own_form()
    clip_id = number(clip)
    kept, t = notes().clips, words()
    shown = number(request.form.get("collection", str(DEFAULT)))
    to = page_links().to("clips.page", collection=shown)
    # The note goes along with every button: what was typed is never lost to another one.
    if "note" in request.form:
        kept.annotate(clip_id, request.form["note"])
    match request.form.get("do", "note"):
        case "note":
            said = t("clips.noted")
        case "up" | "down" as way:
            kept.move(clip_id, -1 if way == "up" else 1)
            said = t("clips.moved")
        case "remove":
            kept.remove(clip_id)
            said = t("clips.removed")
            to = page_links().to("clips.page", collection=shown, undo=clip_id)
        case "restore":
            kept.restore(clip_id)
            said = t("clips.restored")
        case "transfer":
            kept.transfer(clip_id, number(request.form.get("to", "")))
            said = t("clips.transferred")
        case _:
            abort(400)
    mark = "" if "undo=" in to else f"#clip-{clip_id}"
    return done(to + mark, said=said, count=notes().clipped()[1])


@pages.post("/clips/collections")
def collections() -> BaseResponse:
    """Make, name, choose or drop a collection, as the pressed button says (`do`)."""
    require_own_form()
    kept = notes().clips
    shown = number(request.form.get("collection", str(DEFAULT)))
    match request.form.get("do"):
        case "make":
            shown = kept.make(request.form.get("name", ""))
        case "rename":
            kept.rename(shown, request.form.get("name", ""))
        case "choose":
            kept.choose(shown)
        case "drop":
            kept.drop(shown)
            shown = DEFAULT
        case _:
            abort(400)
    return done(page_links().to("clips.page", collection=shown))


@pages.get("/clips.<suffix>")
def download(suffix: str) -> Response:
    """A collection as a file: `docx`, `md` or `csv`."""
    form = next((form for form in ExportFormat if form.value == suffix), None) or abort(404)
    kept = notes().clips
    kept.settle(archive())
    shown = asked_collection(kept)
    answer = Response(
        export_clips(kept.listed(shown.collection_id), shown.name, form, words().code)
    )
    answer.headers["Content-Type"] = TYPES[form]
    name = shown.name or export_words(words().code)["default"]
    answer.headers["Content-Disposition"] = attachment(f"{name}.{suffix}")
    return answer


def _row(clip: Clip, links: Links) -> dict[str, object]:
    """A clip as the page shows it."""
    source = clip.source
    start, stop = clip.anchor.start, clip.anchor.stop
    span = None if start is None or stop is None else (start, stop)
    href = ""
    if clip.attached:
        try:
            href = links.paragraph(paragraph_of(clip.anchor.paragraph_id))
        except ArchiveError:
            # A reindex has just come between, or the index cannot be used.
            href = ""
    return {
        "clip": clip,
        "source": source,
        "year": year_mark(source.dating, words()),
        "href": href,
        "quote": links.quote(clip.anchor.paragraph_id, span),
        "lost": cite(clip, export_words(words().code)).lost,
        "action": links.to("clips.change", clip=clip.clip_id),
    }
