"""What is said of a cell or a row that cannot be taken as it is. Codes are stable; words are translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from forces.refusals import Refusal

ERROR, WARNING, NOTE = "error", "warning", "note"

# code: (severity, words). `%(text)s` is what is printed in the cell.
MESSAGES = {
    "not_a_date": (ERROR, _("“%(text)s” is not a date written as %(formats)s. Correct it.")),
    "not_a_duration": (ERROR, _("“%(text)s” is not a duration such as 5h03m. Correct it.")),
    "not_a_count": (ERROR, _("“%(text)s” is not a whole number such as 5460 or 5,460. Correct it.")),
    "negative": (ERROR, _("“%(text)s” is below zero. A count cannot be. Correct it.")),
    "not_a_threshold": (ERROR, _("“%(text)s” is not a threshold such as 0.64. Correct it.")),
    "not_a_rate": (ERROR, _("“%(text)s” is not a rate such as 0.08%%. Correct it.")),
    "not_a_time": (ERROR, _("“%(text)s” is not a time such as 14:30. Correct it.")),
    "not_an_address": (ERROR, _("“%(text)s” is not a web address that begins with https://. Correct it.")),
    "control_characters": (ERROR, _("The text holds characters that cannot be printed. Type it again.")),
    "missing_date": (ERROR, _("The date is missing. A deployment needs its date.")),
    "missing_place": (ERROR, _("The place is missing. A deployment needs its place.")),
    "missing_force": (ERROR, _("The force is missing. Give its code, such as E23000001.")),
    "too_long": (ERROR, _("The text is longer than %(limit)s characters. Shorten it.")),
    "too_few_cells": (
        ERROR,
        _("The row has %(seen)s cells; the layout has %(expected)s. Check that no cell was split or lost."),
    ),
    "table_not_recognised": (
        ERROR,
        _("This table is not part of the layout. Its heading reads: %(seen)s. Add it to the profile."),
    ),
    "erratum_not_found": (
        WARNING,
        _("The profile declares a misprint here (“%(text)s” for %(corrected)s), but the row is not there."),
    ),
    "unknown_use_case": (
        WARNING,
        _("“%(text)s” is not in the publisher's list of use cases. It is kept as printed."),
    ),
    "unknown_quality": (
        WARNING,
        _("“%(text)s” is not a quality code that the profile knows. It was left out."),
    ),
    "repeat_broken": (
        WARNING,
        _("This column is withheld because it repeats another, but here it does not. Check the profile."),
    ),
    "total_differs": (
        WARNING,
        _("The printed total is %(text)s; its parts add up to %(sum)s. The parts are used."),
    ),
    "corrected": (NOTE, _("“%(text)s” is a known misprint and is read as %(corrected)s: %(reason)s")),
    "row_joined": (NOTE, _("The row continues on the next page; “%(text)s” was added to it.")),
    "not_applicable": (NOTE, _("The source prints “%(text)s”: the figure is not applicable.")),
    "hidden_sheet": (
        WARNING,
        _("The hidden sheet “%(sheet)s” was left out. Show it if it holds deployments."),
    ),
    "encoding": (NOTE, _("The file was read as %(encoding)s. Check that names with accents are right.")),
    "page_is_picture": (
        WARNING,
        _("Page %(page)s is a picture and was not read. Check that it holds no table."),
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to say about one cell, row or file. `column` is the heading as we name it, or ""."""

    code: str
    column: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        return MESSAGES[self.code][0]

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code][1]) % self.values


class NotRecognised(Refusal):
    """No profile fits, or more than one does. The text lists what was seen and the nearest profiles."""
