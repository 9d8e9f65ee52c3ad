"""Figures that contradict each other: what the force is asked about.

A contradiction is neither mended in silence nor does it stop anybody: the force is asked, and its answer is
published beside the figures. The codes are stored in public documents and never change their meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

Numbers = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Question:
    """One contradiction. `about` holds the figures it is made of: an answer fits only while they stand."""

    check: str
    words: str
    about: str


def questions(
    figures: Numbers,
    *,
    is_aborted: bool = False,
    minutes: int | None = None,
    window: timedelta | None = None,
) -> list[Question]:
    """Every contradiction, in the order of the form. `minutes` ran within `window`, where both are known."""
    return [
        *_parts(figures),
        *_against_alerts(figures),
        *_outcomes(figures),
        *_running(figures, is_aborted, minutes, window),
    ]


def total(figures: Numbers, name: str) -> int | None:
    """True or false alerts: the total where it is given, else the sum of its two parts, else None."""
    if figures[name] is not None:
        return figures[name]
    return _sum(figures, f"{name}_confirmed", f"{name}_unconfirmed")


def _parts(figures: Numbers) -> Iterator[Question]:
    for name, words in (
        (
            "true_alerts",
            _("True alerts are %(whole)d, but confirmed and unconfirmed ones add up to %(parts)d."),
        ),
        (
            "false_alerts",
            _("False alerts are %(whole)d, but confirmed and unconfirmed ones add up to %(parts)d."),
        ),
    ):
        names = (f"{name}_confirmed", f"{name}_unconfirmed")
        whole, parts = figures[name], _sum(figures, *names)
        given = sum(figures[part] or 0 for part in names)
        if whole is None:
            continue
        if (parts is not None and parts != whole) or given > whole:
            yield Question(
                f"{name}_differ_from_parts",
                words % {"whole": whole, "parts": given},
                _about(figures, name, *names),
            )


def _against_alerts(figures: Numbers) -> Iterator[Question]:
    alerts = figures["alerts"]
    if alerts is None:
        return
    used = (
        "alerts",
        "true_alerts",
        "true_alerts_confirmed",
        "true_alerts_unconfirmed",
        "false_alerts",
        "false_alerts_confirmed",
        "false_alerts_unconfirmed",
        "undetermined_alerts",
    )
    judged = [total(figures, "true_alerts"), total(figures, "false_alerts"), figures["undetermined_alerts"]]
    known = sum(part or 0 for part in judged)
    if known > alerts or (None not in judged and known != alerts):
        yield Question(
            "alerts_differ_from_judgements",
            _("Alerts are %(alerts)d, but true, false and undetermined alerts add up to %(parts)d.")
            % {"alerts": alerts, "parts": known},
            _about(figures, *used),
        )
    faces = figures["faces_seen"]
    if faces is not None and alerts > faces:
        yield Question(
            "alerts_exceed_faces",
            _("There are more alerts (%(alerts)d) than faces seen (%(faces)d).")
            % {"alerts": alerts, "faces": faces},
            _about(figures, "alerts", "faces_seen"),
        )
    spoken = figures["engagements"]
    if spoken is not None and spoken > alerts:
        yield Question(
            "engagements_exceed_alerts",
            _("There are more engagements (%(engagements)d) than alerts (%(alerts)d).")
            % {"engagements": spoken, "alerts": alerts},
            _about(figures, "engagements", "alerts"),
        )


_OUTCOMES = ("arrests", "other_action", "no_action")


def _outcomes(figures: Numbers) -> Iterator[Question]:
    alerts, outcomes = figures["alerts"], _sum(figures, *_OUTCOMES)
    given = sum(figures[name] or 0 for name in _OUTCOMES)
    if alerts is not None and given > alerts:
        yield Question(
            "outcomes_exceed_alerts",
            _(
                "Arrests, other action and no further action add up to %(outcomes)d, "
                "more than the %(alerts)d alerts."
            )
            % {"outcomes": given, "alerts": alerts},
            _about(figures, "alerts", *_OUTCOMES),
        )
    confirmed = figures["true_alerts_confirmed"]
    expected = confirmed if confirmed is not None else total(figures, "true_alerts")
    if outcomes is not None and expected is not None and outcomes < expected:
        yield Question(
            "outcomes_below_true_alerts",
            _(
                "Arrests, other action and no further action add up to %(outcomes)d, "
                "fewer than the %(true)d true alerts."
            )
            % {"outcomes": outcomes, "true": expected},
            _about(figures, "true_alerts", "true_alerts_confirmed", "true_alerts_unconfirmed", *_OUTCOMES),
        )
    arrests, spoken = figures["arrests"], figures["engagements"]
    if arrests is not None and spoken is not None and arrests > spoken:
        yield Question(
            "arrests_exceed_engagements",
            _("There are more arrests (%(arrests)d) than engagements (%(engagements)d).")
            % {"arrests": arrests, "engagements": spoken},
            _about(figures, "arrests", "engagements"),
        )


def _running(
    figures: Numbers, is_aborted: bool, minutes: int | None, window: timedelta | None
) -> Iterator[Question]:
    given = [name for name, number in figures.items() if number is not None]
    if is_aborted and given:
        yield Question(
            "figures_of_an_aborted_deployment",
            _("The deployment was aborted, but figures are given for it."),
            _about(figures, *given),
        )
    if not is_aborted and figures["faces_seen"] == 0:
        yield Question(
            "no_faces_seen",
            _("The deployment was completed, but the system saw no faces."),
            _about(figures, "faces_seen"),
        )
    if minutes is not None and window is not None and timedelta(minutes=minutes) > window:
        between = int(window.total_seconds() // 60)
        yield Question(
            "duration_exceeds_window",
            _("The system ran for %(minutes)d minutes, longer than the %(window)d between start and end.")
            % {"minutes": minutes, "window": between},
            f"duration_minutes={minutes} window={between}",
        )


def _sum(figures: Numbers, *names: str) -> int | None:
    numbers = [figures[name] for name in names]
    return None if None in numbers else sum(number or 0 for number in numbers)


def _about(figures: Numbers, *names: str) -> str:
    return " ".join(f"{name}={'' if figures[name] is None else figures[name]}" for name in names)
