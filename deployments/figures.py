"""The thirteen figures of a result, and the four reasons why one may be missing.

The names are those of the public schema (register/schemas/deployment-result.v1.json). A figure is a whole
number or a reason: null, zero, not applicable and aborted are four different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from forces.words import Words


@dataclass(frozen=True, slots=True)
class Figure:
    """`name` is the schema's; `most` the largest number it allows. `hint` says what is counted."""

    name: str
    label: Words
    hint: Words
    most: int = 10_000_000


FIGURES: tuple[Figure, ...] = (
    Figure(
        "faces_seen",
        _("Faces seen"),
        _("Faces the system detected. One person may be detected many times."),
        most=100_000_000,
    ),
    Figure("alerts", _("Alerts"), _("Times the system told officers of a possible match.")),
    Figure(
        "true_alerts",
        _("True alerts"),
        _("The face and the watchlist image were judged to be the same person."),
    ),
    Figure(
        "true_alerts_confirmed", _("True alerts, confirmed"), _("True alerts whose identity was verified.")
    ),
    Figure(
        "true_alerts_unconfirmed",
        _("True alerts, unconfirmed"),
        _("True alerts that could not be verified at the time."),
    ),
    Figure(
        "false_alerts",
        _("False alerts"),
        _("The face and the watchlist image were judged not to be the same person."),
    ),
    Figure(
        "false_alerts_confirmed",
        _("False alerts, confirmed"),
        _("False alerts where it was verified that the person is someone else."),
    ),
    Figure(
        "false_alerts_unconfirmed",
        _("False alerts, unconfirmed"),
        _("False alerts that could not be verified at the time."),
    ),
    Figure(
        "undetermined_alerts",
        _("Undetermined alerts"),
        _("Alerts that nobody could judge true or false."),
    ),
    Figure("engagements", _("Engagements"), _("Times an officer spoke to a person because of an alert.")),
    Figure("arrests", _("Arrests"), _("Arrests made because of an alert.")),
    Figure("other_action", _("Other action"), _("Outcomes other than arrest in which police took action.")),
    Figure("no_action", _("No further action"), _("Outcomes in which police took no further action.")),
)
NAMES: tuple[str, ...] = tuple(figure.name for figure in FIGURES)
BY_NAME = {figure.name: figure for figure in FIGURES}


class Absence(StrEnum):
    """Why a figure is missing. The codes are the schema's."""

    NOT_PUBLISHED = "not_published"
    NOT_APPLICABLE = "not_applicable"
    ABORTED = "aborted"
    MISLEADING = "misleading"

    @property
    def label(self) -> Words:
        """What a person chooses."""
        return _LABELS[self]

    @property
    def sentence(self) -> Words:
        """What the register says where the force gives no reason of its own."""
        return _SENTENCES[self]


_LABELS: dict[Absence, Words] = {
    Absence.NOT_PUBLISHED: _("Not known"),
    Absence.NOT_APPLICABLE: _("Does not apply"),
    Absence.ABORTED: _("Aborted before it could be counted"),
    Absence.MISLEADING: _("Known, but would mislead"),
}
_SENTENCES: dict[Absence, Words] = {
    Absence.NOT_PUBLISHED: _("The force does not give this figure."),
    Absence.NOT_APPLICABLE: _("The question does not arise for this deployment."),
    Absence.ABORTED: _("The deployment was stopped before this could be counted."),
    Absence.MISLEADING: _("The force says that the figure it has would mislead."),
}


class Method(StrEnum):
    """How faces seen were arrived at. The codes are the schema's."""

    COUNT = "count"
    ESTIMATE = "estimate"
    ROUNDED = "rounded"
    NOT_STATED = "not_stated"

    @property
    def label(self) -> Words:
        return _METHODS[self]


_METHODS: dict[Method, Words] = {
    Method.COUNT: _("Counted one by one"),
    Method.ESTIMATE: _("Estimated, for example from samples"),
    Method.ROUNDED: _("Rounded"),
    Method.NOT_STATED: _("Not stated"),
}
