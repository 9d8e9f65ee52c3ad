"""PDF that a screen reader can follow: tagged, with title, language, bookmarks and table headings.

Typst sets it and refuses to write a file that breaks PDF/UA-1. Texts travel as data and are never markup. It reads no
fonts but its own and nothing from the network, so every machine writes the same bytes. A character that those fonts do
not have stands as its code: no text of a record keeps a file from being written.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from coordination.briefing.writing.paper import Block, Grid, Paper, Points, Text

MEDIA_TYPE = "application/pdf"
TEMPLATE = Path(__file__).with_name("paper.typ")
# What the fonts surely have: Latin with its accents, Greek, Cyrillic, and signs of print, money and arithmetic.
SURE: tuple[tuple[str, str], ...] = (
    (" ", "~"),
    ("\u00a0", "\u024f"),
    ("\u0370", "\u04ff"),
    ("\u1e00", "\u1eff"),
    ("\u2010", "\u2027"),
    ("\u2030", "\u2040"),
    ("\u20a0", "\u20bf"),
    ("\u2190", "\u22ff"),
)
_NOT_SURE = re.compile(f"[^{''.join(f'{first}-{last}' for first, last in SURE)}]")


def write(paper: Paper) -> bytes:
    # 84 MB of library: only who writes a PDF pays for it.
    import typst

    try:
        return _compiled(paper, _as_data(paper))
    except typst.TypstError:
        # A PDF that a screen reader can follow must not hold what its fonts lack, such as emoji or Chinese.
        told = _("Characters that this file cannot show stand as their code, such as [U+1F600].")
        return _compiled(paper, _in_sure_characters(_as_data(replace(paper, notes=(*paper.notes, told)))))


def _compiled(paper: Paper, data: dict[str, Any]) -> bytes:
    import typst

    written = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(paper.at.timestamp()),
    )
    assert isinstance(written, bytes)  # noqa: S101 - one file, as no output was named
    return written


def _in_sure_characters(data: Any) -> Any:
    """The same texts; addresses stay, as they are ASCII."""
    match data:
        case str():
            sure = _NOT_SURE.sub(_coded, data)
            return "".join(_coded(char) if unicodedata.category(char) == "Cn" else char for char in sure)
        case list():
            return [_in_sure_characters(each) for each in data]
        case dict():
            return {
                name: each if name == "href" else _in_sure_characters(each) for name, each in data.items()
            }
        case _:
            return data


def _coded(char: str | re.Match[str]) -> str:
    return f"[U+{ord(char if isinstance(char, str) else char[0]):04X}]"


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
