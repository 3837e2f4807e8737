"""From read blocks to labelled blocks: what is the document and what is boilerplate, and why.

Readable steps, each a rule with a name: the mark-up (hidden, decoration, links), the text
(lines, fragments), the main content by density, the ends of the page, what to keep where
that left nothing, and joining what the page tore apart. Nothing is deleted: a dropped block
carries the rule that dropped it.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.model import Record
from indexer.extract import fallback, line_rules, main_content, position_rules, rejoin, templates
from indexer.extract.rules import Rules, load_rules
from indexer.extract.templates import Seen, Templates
from indexer.features import Mark
from indexer.page import LabelledPage, Page
from indexer.record import page_date, page_metadata

__all__ = ["Seen", "Templates", "kept_text", "label", "label_and_observe"]

_NOTHING_LEARNED = Templates()


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A page whose blocks are labelled one by one; templates and the page as a whole are not."""

    page: Page
    marks: list[Mark]
    title: str
    site: str | None


def label(
    page: Page, rules: Rules | None = None, learned: Templates = _NOTHING_LEARNED
) -> LabelledPage:
    """`page` with every block labelled, and what the boilerplate says of the page.

    `rules` are the boilerplate rules to use (None: the project's own), `learned` the templates
    that were learned of its site.
    """
    return _finish(_label_blocks(page, rules or load_rules()), learned)


def label_and_observe(page: Page, rules: Rules | None = None) -> tuple[LabelledPage, Seen | None]:
    """The same without templates, with what the page shows of those of its site."""
    labelled = _label_blocks(page, rules or load_rules())
    seen = templates.observe(labelled.marks, labelled.site)
    return _finish(labelled, _NOTHING_LEARNED), seen


def _label_blocks(page: Page, rules: Rules) -> _Labelled:
    marks = [Mark(block, rules.disabled) for block in page.blocks]
    for mark in marks:
        mark.pinned = rules.keep.matches(mark.key)
    main_content.label_hidden(marks)
    main_content.label_links(marks)
    line_rules.cut_fragments(marks, rules)
    line_rules.label_lines(marks, rules)
    title = page_metadata.page_title(page, marks)
    profile = page.profile
    content = main_content.label_profile(marks, profile.name) if profile else None
    if profile and content:
        if edges := rules.edges.get(profile.name):
            position_rules.label_titles(marks, title)
            line_rules.label_edges([marks[n] for n in content], edges, profile.site)
    else:
        main_content.label_decoration(marks, rules)
        main_content.label_replies(marks, rules)
        content = main_content.label_outside(marks, rules)
    line_rules.spare_weak(marks, content)
    position_rules.label_titles(marks, title)
    position_rules.label_tail(marks, rules)
    line_rules.label_ends(marks, rules, content)
    position_rules.label_lead_in(marks, rules)
    return _Labelled(page, marks, title, page_metadata.site_name(page, marks))


def _finish(labelled: _Labelled, learned: Templates) -> LabelledPage:
    page, marks = labelled.page, labelled.marks
    templates.label_learned(marks, labelled.site, learned)
    position_rules.label_neighbours(marks)
    position_rules.label_listing(marks)
    warnings = fallback.keep_visible(marks)
    for mark in marks:
        if mark.pinned:
            mark.restore()
    marks = rejoin.join_lines(marks)
    return LabelledPage(
        page=page,
        blocks=tuple(mark.labelled() for mark in marks),
        title=labelled.title,
        record=Record(
            kind=page_metadata.kind(page, marks),
            site=labelled.site,
            published=page_date.published(page, marks),
            warnings=tuple(dict.fromkeys((*page.warnings, *warnings))),
        ),
    )


def kept_text(page: LabelledPage) -> str:
    """The kept blocks of a page, one a line."""
    return "\n".join(block.text for block in page.blocks if block.keep)
