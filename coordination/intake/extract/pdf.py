"""Ruled tables in a PDF."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pdfplumber
from pdfminer import settings as pdfminer_settings
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from coordination.intake.extract.drawn import Allowance, Tables
from coordination.intake.extract.lines import Lines, printed
from coordination.intake.extract.stop import Stop

TAIL = 2048
UNMAPPED_GLYPH = re.compile(r"\(cid:\d+\)")
LOCKED = (PDFPasswordIncorrect, PDFEncryptionError)


def read_pdf(path: Path, lines: Lines) -> None:
    """Write every ruled table of every page, in reading order."""
    if not _ends(path):
        raise Stop("pdf_cut_short")
    # A broken stream must stop the reading: pdfminer would otherwise go on with whatever came out of it.
    pdfminer_settings.STRICT = True
    warnings.simplefilter("ignore")
    try:
        with pdfplumber.open(path) as document:
            _read_pages(document, lines, Allowance(path.stat().st_size))
    except (Stop, MemoryError):
        raise
    except Exception as error:
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, LOCKED):
            raise Stop("pdf_locked") from error
        if isinstance(cause, MemoryError):
            raise MemoryError from error
        raise Stop("damaged", detail=f"PDF: {type(cause).__name__}") from error


def _read_pages(document: pdfplumber.PDF, lines: Lines, allowance: Allowance) -> None:
    count = len(document.pages)
    if count > lines.limits.pages:
        raise Stop("too_many_pages", count=count, limit=lines.limits.pages)
    declared = _declared_pages(document)
    if not count or (declared is not None and declared != count):
        raise Stop("damaged", detail=f"PDF: {count} of {declared or 0} pages")
    characters = 0
    pictured = 0
    for page in document.pages:
        allowance.take(page)
        characters += len(page.chars)
        if not page.chars and page.images:
            pictured = pictured or page.page_number
            if page.page_number > 1 and characters:
                # A picture among pages of text may be a table that was scanned in: say so, take what is text.
                lines.note("page_is_picture", page=page.page_number)
        number = 0
        for table in Tables(page).tables:
            lines.table(page=page.page_number)
            for cells in table.extract():
                number += 1
                texts = [printed(cell) for cell in cells]
                if any(text and UNMAPPED_GLYPH.search(text) for text in texts):
                    raise Stop("damaged", detail=f"PDF: letters without a meaning on page {page.page_number}")
                lines.row(number, texts)
        page.close()
    if not characters:
        if pictured:
            raise Stop("pdf_pictures", page=pictured)
        raise Stop("no_table")


def _declared_pages(document: pdfplumber.PDF) -> int | None:
    from pdfminer.pdftypes import resolve1

    pages = resolve1(document.doc.catalog.get("Pages"))
    count = resolve1(pages.get("Count")) if isinstance(pages, dict) else None
    return count if isinstance(count, int) else None


def _ends(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL))
        return b"%%EOF" in file.read()
