"""PDF that a screen reader can follow: tagged, with title, language, bookmarks and table headings.

Typst sets it and refuses to write a file that breaks PDF/UA-1. Texts travel as data and are never markup. It reads no
fonts but its own and nothing from the network, so every machine writes the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from coordination.briefing.writing.paper import Block, Grid, Paper, Points, Text

MEDIA_TYPE = "application/pdf"
TEMPLATE = Path(__file__).with_name("paper.typ")


def write(paper: Paper) -> bytes:
    # 84 MB of library: only who writes a PDF pays for it.
    import typst

    written = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(_as_data(paper), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(paper.at.timestamp()),
    )
    assert isinstance(written, bytes)  # noqa: S101 - one file, as no output was named
    return written


def _as_data(paper: Paper) -> dict[str, Any]:
    at = paper.at.astimezone(UTC)
    return {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "author": _("National centre for police live facial recognition"),
        "date": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "facts": [list(fact) for fact in paper.facts],
        "notes": list(paper.notes),
        "contents": _("Contents") if len(paper.sections) > 3 else "",
        "sections": [
            {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]}
            for section in paper.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"kind": "text", "said": block.said, "href": block.href}
        case Points():
            return {"kind": "points", "said": list(block.said)}
        case Grid():
            return {
                "kind": "grid",
                "caption": block.caption,
                "headings": list(block.headings),
                "numeric": list(block.numeric),
                "rows": [[{"text": cell.text, "href": cell.href} for cell in row] for row in block.rows],
                "href": block.href,
            }
