"""How much a PDF page draws, weighed before it is drawn: drawing is slow, and a few kilobytes can ask for hours."""

from __future__ import annotations

import zlib
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import LITERALS_FLATE_DECODE, PDFStream, resolve1
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent
from pdfplumber.table import TableFinder

from coordination.intake.extract.limits import MIB
from coordination.intake.extract.stop import Stop

# Text packs about fivefold. Whatever the file's size, this much may be drawn.
ALWAYS = MIB // 2
TIMES_THE_FILE = 20
# Letters, lines and pictures, which each take some 20 microseconds. The published grids draw at most 5,200 on a page
# and one for 30 bytes of file, for fonts weigh much. A table of 2,000 rows on 60 pages draws 200,000: 0.7 for a byte
# where each cell says where it stands, two where it stands beside the last one, 3.7 where every row says the same.
# So all pages may draw four for a byte of the file, and any one page no more than one: a small file is over soon.
MOST_DRAWN, MOST_DRAWN_PER_BYTE, MOST_DRAWN_PER_BYTE_ON_A_PAGE = 40_000, 4, 1
# Pairs of an upright and a level line on one page: a grid of 100 rows and 20 columns has 2,000 where lines are
# whole, and some hundred thousand where each cell has lines of its own. Cells so far apart that their lines are
# not joined are no table to a reader in any case: each would be a table of one cell.
MOST_CROSSINGS = 1_000_000


class Allowance:
    """The bytes that the pages of one file may unpack to, and what they may draw, taken together."""

    def __init__(self, file_bytes: int):
        self.left = ALWAYS + TIMES_THE_FILE * file_bytes
        self.drawn_left = MOST_DRAWN + MOST_DRAWN_PER_BYTE * file_bytes
        self.most_on_a_page = MOST_DRAWN + MOST_DRAWN_PER_BYTE_ON_A_PAGE * file_bytes
        self.turn_to(1)

    def turn_to(self, page_number: int) -> None:
        self.page_number, self.page_left = page_number, self.most_on_a_page

    def take(self, page: Page) -> None:
        """Draw the page; raise `Stop` before more than the rest of the allowance is unpacked or drawn."""
        self.turn_to(page.page_number)
        self._weigh(page)
        device = Canvas(page, self)
        PDFPageInterpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
        page._layout = device.get_result()  # where the page looks before it draws itself

    def draw(self) -> None:
        """Count one thing that is drawn; raise `Stop` if it is one too many."""
        self.drawn_left -= 1
        self.page_left -= 1
        if min(self.drawn_left, self.page_left) < 0:
            raise Stop("too_much_drawn", page=self.page_number)

    def _weigh(self, page: Page) -> None:
        for reference in page.page_obj.contents:
            stream = resolve1(reference)
            if isinstance(stream, PDFStream):
                self.left -= self._unpacked(stream)
            if self.left < 0:
                raise Stop("too_much_drawn", page=self.page_number)

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


class Canvas(PDFPageAggregatorWithMarkedContent):
    """What a page is drawn on, one thing at a time until the allowance is spent."""

    def __init__(self, page: Page, allowance: Allowance):
        super().__init__(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
        self.allowance = allowance

    def render_char(self, *args: Any, **more: Any) -> float:
        self.allowance.draw()
        return super().render_char(*args, **more)

    def paint_path(self, *args: Any, **more: Any) -> None:
        self.allowance.draw()
        super().paint_path(*args, **more)

    def render_image(self, *args: Any, **more: Any) -> None:
        self.allowance.draw()
        super().render_image(*args, **more)

    def begin_figure(self, *args: Any, **more: Any) -> None:
        # A form that draws forms that draw forms: counted even where nothing is drawn in the end.
        self.allowance.draw()
        super().begin_figure(*args, **more)


class Tables(TableFinder):
    """The ruled tables of a page, unless it has so many lines that comparing each with each would not end."""

    def get_edges(self) -> list:
        edges = super().get_edges()
        upright = sum(edge["orientation"] == "v" for edge in edges)
        if upright * (len(edges) - upright) > MOST_CROSSINGS:
            raise Stop("too_much_drawn", page=self.page.page_number)
        return edges
