"""What is said of a file that cannot be read: what is wrong, where, and how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forces.refusals import Refusal

MESSAGES = {
    "too_large": _(
        "The file is %(size)s. The limit is %(limit)s. Split it, or leave out pictures and other parts "
        "that are not the table."
    ),
    "empty": _("The file is empty. Send the file again."),
    "missing": _("There is no file at this path. Check the name."),
    "image": _(
        "The file is a picture (%(found)s). No picture is ever taken in. Ask the publisher for the table as a "
        "spreadsheet, a CSV file or a PDF with text."
    ),
    "archive": _(
        "The file is a %(found)s archive, whatever its name says. Unpack it and import the table that it holds."
    ),
    "office_old": _(
        "The file is in the old Office format, or is a workbook with a password. Save it as XLSX, ODS or CSV, "
        "without a password."
    ),
    "macros": _("The workbook holds macros. Save it as XLSX, ODS or CSV, without macros."),
    "unknown_kind": _(
        "The file is not a PDF, CSV, XLSX, ODS or HTML file. This is judged by its content, not by its name. "
        "Save the table as one of these."
    ),
    "not_text": _(
        "The file looks like text but cannot be read as UTF-8, UTF-16 or Windows-1252 (byte %(byte)s). "
        "Save it as CSV in UTF-8."
    ),
    "damaged": _("The file is damaged and cannot be read in full (%(detail)s). Fetch or save it again."),
    "pdf_cut_short": _("The PDF is damaged: its end is missing. Fetch it again from the publisher."),
    "pdf_locked": _("The PDF is locked with a password. Ask the publisher for one that is not."),
    "pdf_pictures": _(
        "The PDF holds only pictures of pages, and no text (page %(page)s). Ask the publisher for the table as "
        "text, or key it in as CSV."
    ),
    "no_table": _("No table was found in the file. Check that it is the right one."),
    "formula": _(
        "Cell %(cell)s on sheet “%(sheet)s” holds a formula. A formula can show a different figure each "
        "time it is opened. Replace formulas with their values (copy, then paste values only) and save again."
    ),
    "bomb_size": _(
        "Unpacked, the file would be more than %(limit)s. That is far more than a table of deployments needs. "
        "Save it again without other content."
    ),
    "bomb_members": _(
        "The file holds %(count)s parts; the limit is %(limit)s. Save it again as XLSX, ODS or CSV."
    ),
    "bomb_entities": _(
        "Part “%(part)s” of the file declares XML entities. No table needs them and they can be used for "
        "attack. Save it again with ordinary office software."
    ),
    "container_locked": _("The workbook is locked with a password. Save it without one."),
    "too_many_pages": _("The PDF has %(count)s pages; the limit is %(limit)s. Split it."),
    "too_much_drawn": _(
        "Page %(page)s of the PDF draws far more than a table needs. Ask the publisher for the table as a "
        "spreadsheet or CSV file, or for a PDF of the table alone."
    ),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it into smaller files."),
    "too_many_columns": _(
        "Row %(row)s has more than %(limit)s columns. Check that the file is a table of deployments."
    ),
    "too_many_cells": _("The file has more than %(limit)s cells. Split it into smaller files."),
    "cell_too_long": _("A cell in row %(row)s is longer than %(limit)s characters. Shorten it."),
    "too_slow": _(
        "Reading the file took more than %(limit)s seconds, so it was stopped. Split or simplify it."
    ),
    "too_much_memory": _("Reading the file needed more memory than is allowed. Split or simplify it."),
    "too_much_output": _("The file's content is larger than is allowed. Split it into smaller files."),
    "reader_failed": _("The file could not be read (%(detail)s). Fetch it again, or save it as CSV."),
}


class Unreadable(Refusal):
    """A file that cannot be read. `code` is stable; the text is fit to show a person."""

    def __init__(self, code: str, *, name: str = "", **values: str | int):
        self.code = code
        self.name = name
        self.values = values
        text = MESSAGES[code] % values
        super().__init__(f"{name}: {text}" if name else text)
