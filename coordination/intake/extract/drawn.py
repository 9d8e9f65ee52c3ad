"""How much a PDF page draws, weighed before it is drawn: drawing is slow, and a few kilobytes can ask for hours."""

from __future__ import annotations

import zlib

from pdfminer.pdftypes import LITERALS_FLATE_DECODE, PDFStream, resolve1
from pdfplumber.page import Page
from pdfplumber.table import TableFinder

from coordination.intake.extract.limits import MIB
from coordination.intake.extract.stop import Stop

# Text packs about fivefold. Whatever the file's size, this much may be drawn.
ALWAYS = MIB // 2
TIMES_THE_FILE = 20
# Pairs of an upright and a level line on one page: a grid of 100 rows and 20 columns has 2,000 where lines are
# whole, and some hundred thousand where each cell has lines of its own.
MOST_CROSSINGS = 1_000_000


class Allowance:
    """The bytes that the pages of one file may unpack to, taken together."""

    def __init__(self, file_bytes: int):
        self.left = ALWAYS + TIMES_THE_FILE * file_bytes

    def take(self, page: Page) -> None:
        """Count what the page draws; raise `Stop` before more than the rest of the allowance is unpacked."""
        for reference in page.page_obj.contents:
            stream = resolve1(reference)
            if isinstance(stream, PDFStream):
                self.left -= self._unpacked(stream)
            if self.left < 0:
                raise Stop("too_much_drawn", page=page.page_number)

    def _unpacked(self, stream: PDFStream) -> int:
        packed = stream.rawdata
        if packed is None:
            return len(stream.get_data())
        filters = stream.get_filters()
        if not filters or filters[0][0] not in LITERALS_FLATE_DECODE or stream.decipher:
            return len(packed)
        try:
            return len(zlib.decompressobj().decompress(packed, self.left + 1))
        except zlib.error:
            return len(packed)  # the reader will say what is wrong with it


class Tables(TableFinder):
    """The ruled tables of a page, unless it has so many lines that comparing each with each would not end."""

    def get_edges(self) -> list:
        edges = super().get_edges()
        upright = sum(edge["orientation"] == "v" for edge in edges)
        if upright * (len(edges) - upright) > MOST_CROSSINGS:
            raise Stop("too_much_drawn", page=self.page.page_number)
        return edges
