"""Figures, reasons and places in the words that public pages use for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.figures import Code, Figure
from coordination.collation.measures import BY_CODE, Rate
from design.numbers import figure_html, number_text, shorthand

# What the four reasons for a missing value are called, and the code that stands for each.
ABSENCES: dict[str, tuple[Code, str | Promise]] = {
    "not_published": (Code.NOT_AVAILABLE, gettext_lazy("Not published.")),
    "not_applicable": (Code.NOT_APPLICABLE, gettext_lazy("Does not apply.")),
    "aborted": (Code.NOT_APPLICABLE, gettext_lazy("Aborted before there was a figure.")),
    "misleading": (Code.NOT_AVAILABLE, gettext_lazy("Left out because it would mislead.")),
}
METHODS = {
    "count": gettext_lazy("Counted"),
    "estimate": gettext_lazy("Estimated"),
    "rounded": gettext_lazy("Rounded by the source"),
    "derived": gettext_lazy("Worked out from other printed figures"),
    "not_stated": gettext_lazy("The publisher does not say"),
}
FIELDS: dict[str, str | Promise] = {
    "on": gettext_lazy("Date"),
    "ends_on": gettext_lazy("End date"),
    "started_at": gettext_lazy("Start"),
    "ended_at": gettext_lazy("End"),
    "duration_minutes": gettext_lazy("Time deployed"),
    "place": gettext_lazy("Place"),
    "place.name": gettext_lazy("Place"),
    "place.area": gettext_lazy("Area"),
    "use_case": gettext_lazy("Use case"),
    "watchlist_size": gettext_lazy("Watchlist size"),
    "threshold": gettext_lazy("Threshold"),
    "algorithm": gettext_lazy("Algorithm"),
    "false_alert_rate": gettext_lazy("False alert rate"),
}


def field_name(field: str) -> str:
    """What a field of the public schema is called on pages; a field we have no words for keeps its own name."""
    bare = field.removeprefix("/").removeprefix("figures/").removeprefix("figures.").replace("/", ".")
    if bare in BY_CODE and bare not in FIELDS:
        return str(BY_CODE[bare].label)
    return str(FIELDS.get(bare, bare))


def absence(document: Mapping[str, Any], field: str) -> SafeString:
    """Why a value is missing: the code, what it stands for, and the reason that the record gives."""
    said = document["absent"].get(field)
    if said is None:
        said = {"code": "aborted" if document["status"] == "aborted" else "not_published", "why": ""}
    code, words = ABSENCES[said["code"]]
    return format_html("{} {} {}", shorthand(code, with_words=False), words, said["why"])


def percentage(share: float) -> str:
    """A share of 1 to one decimal, or two significant figures below 1%: 2.1%, 0.0030%."""
    percent = share * 100
    if percent == 0:
        return "0%"
    if percent >= 1:
        return f"{percent:,.1f}%"
    places = 1
    while round(percent, places) < 10 ** (1 - places) and places < 9:
        places += 1
    return f"{percent:.{places}f}%"


def rate(figure: Figure, href: str = "") -> str | SafeString:
    """A rate beside its counts and its exact interval, or the code in its place; `href` leads from its counts.

    "27 of 1,286 alerts, 2.1% (95% interval 1.4% to 3.0%)"
    """
    if figure.number is None or not isinstance(figure.measure, Rate):
        return figure_html(figure)
    counts = _("%(numerator)s of %(denominator)s %(what)s") % {
        "numerator": number_text(figure.numerator or 0),
        "denominator": number_text(figure.denominator or 0),
        "what": str(figure.measure.denominator.label).lower(),
    }
    if not figure.is_share:
        counts = _("%(numerator)s in %(denominator)s %(unit)s") % {
            "numerator": number_text(figure.numerator or 0),
            "denominator": number_text(figure.denominator or 0),
            "unit": figure.measure.denominator.unit,
        }
    linked = format_html('<a class="govuk-link" href="{}">{}</a>', href, counts) if href else counts
    marks = [shorthand(mark) for mark in figure.marks]
    shown = share(figure) if figure.is_share else number_text(round(figure.number))
    return format_html("{}, {}" + " {}" * len(marks), linked, shown, *marks)


def share(figure: Figure) -> str:
    """The share alone with its interval: "2.1% (95% interval 1.4% to 3.0%)"."""
    shown = percentage(float(figure.number or 0))
    if figure.interval is None:
        return shown
    return _("%(share)s (95%% interval %(lower)s to %(upper)s)") % {
        "share": shown,
        "lower": percentage(figure.interval.lower),
        "upper": percentage(figure.interval.upper),
    }


def duration(minutes: int) -> str:
    """5 hours 3 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%d hours") % hours if hours != 1 else _("1 hour")] if hours else []
    if rest or not hours:
        parts.append(_("%d minutes") % rest if rest != 1 else _("1 minute"))
    return " ".join(parts)


def period(year: int | None, month: int | None = None) -> str:
    """2024, or April 2024, or all years."""
    if year is None:
        return _("all years")
    return f"{MONTHS[month]} {year}" if month else str(year)


def years(found: list[int]) -> str:
    """2023 to 2025, or the one year there is."""
    if not found:
        return ""
    first, last = min(found), max(found)
    return str(first) if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def place(name: str, area: str | None) -> str:
    """The place with its area, unless the force printed none or the name says it already.

    The name of a redacted record's place is gone with its document.
    """
    if not name:
        return _("Place removed")
    if not area or area.casefold() in name.casefold():
        return name
    return f"{name}, {area}"


def day(text: str) -> date:
    return date.fromisoformat(text)
