"""One notice, drawn from its document alone: the public page shows it, and a force sees the same before it gives it.

`notice_view()` gives what design/notice.html draws. Nothing here reads the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.components import Link, Row
from design.numbers import date_text, local, moment_text, month_text, number_text, time_text
from register.notices import rules
from register.search import TECHNOLOGIES

STATUSES: Mapping[str, str | Promise] = {
    rules.PLANNED: gettext_lazy("Planned"),
    rules.DEFERRED: gettext_lazy("Notice deferred"),
    rules.UNDER_REVIEW: gettext_lazy("Under review"),
    rules.CANCELLED: gettext_lazy("Cancelled"),
}
COLOURS = {
    rules.PLANNED: "green",
    rules.DEFERRED: "grey",
    rules.UNDER_REVIEW: "yellow",
    rules.CANCELLED: "red",
}
CAMERAS: Mapping[str, str | Promise] = {
    "van": gettext_lazy("On a van"),
    "fixed": gettext_lazy("Fixed"),
    "portable": gettext_lazy("Put up for the day"),
}
AUTHORITIES: Mapping[str, str | Promise] = {
    "standard": gettext_lazy("In writing"),
    "conditional": gettext_lazy("In writing, with conditions"),
    "urgent_oral": gettext_lazy("By word of mouth, as it was urgent"),
}
DOCUMENTS: Mapping[str, str | Promise] = {
    "policy": gettext_lazy("Policy"),
    "legal_mandate": gettext_lazy("Legal mandate"),
    "sop": gettext_lazy("Standard operating procedure"),
    "dpia": gettext_lazy("Data protection impact assessment"),
    "eia": gettext_lazy("Equality impact assessment"),
    "appropriate_policy_document": gettext_lazy("Appropriate policy document"),
    "community_impact": gettext_lazy("Community impact assessment"),
    "training": gettext_lazy("Training"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands above all else: `kind` is that of an alert."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Waived:
    """A national condition that is not met, and why it goes ahead."""

    title: str
    requirement: str
    reason: str
    rank: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`title` and `when` are said alike in lists and feeds. Sequences are empty where there is nothing to say."""

    title: str
    when: str
    status: str
    colour: str
    standing: Standing | None
    is_withheld: bool
    is_over: bool
    summary: str
    where: Sequence[Row]
    why: Sequence[Row]
    system: Sequence[Row]
    decided: Sequence[Row]
    conditions: Sequence[str]
    waived: Sequence[Waived]
    short_notice: Sequence[Row]
    deferral: Sequence[Row]
    documents: Sequence[Row]
    contact: Link | str


def notice_view(document: Mapping[str, Any], *, now: datetime) -> NoticeView:
    """A document of deployment-notice.v1 as design/notice.html draws it at that moment."""
    withheld = rules.is_withheld(document)
    return NoticeView(
        title=title(document),
        when=when(document),
        status=str(STATUSES[document["status"]]),
        colour=COLOURS[document["status"]],
        standing=_standing(document),
        is_withheld=withheld,
        is_over=document["status"] != rules.CANCELLED and not withheld and _moment(document["ends_at"]) < now,
        summary=document["summary"] or "",
        where=[] if withheld else _where(document),
        why=_why(document),
        system=[] if withheld else _system(document),
        decided=_decided(document),
        conditions=document["authority"]["conditions"] if document["authority"] else [],
        waived=[
            Waived(each["title"], each["requirement"], each["reason"], each["rank"])
            for each in document["overrides"]
        ],
        short_notice=_short_notice(document["short_notice"]),
        deferral=_deferral(document["deferral"]),
        documents=[_document(each) for each in document["documents"]],
        contact=_contact(document["contact"] or ""),
    )


def title(document: Mapping[str, Any]) -> str:
    """The place; of one whose details are withheld that they are."""
    place = document["place"]
    if place is None:
        return _("Where it takes place is not told yet")
    return place_text(place["name"], place["area"])


def place_text(name: str, area: str | None) -> str:
    """The place with its area, unless its name says it already."""
    return name if not area or area.casefold() in name.casefold() else f"{name}, {area}"


def when(document: Mapping[str, Any]) -> str:
    """Saturday 12 December 2026, 10am to 4pm; of one whose details are withheld the month."""
    if rules.is_withheld(document):
        return month_text(rules.first_day(document))
    return when_text(_moment(document["starts_at"]), _moment(document["ends_at"]))


def when_text(starts: datetime, ends: datetime) -> str:
    """A window by the clocks of the United Kingdom."""
    said = {
        "day": day_text(starts),
        "from": time_text(starts),
        "until": time_text(ends),
        "last": day_text(ends),
    }
    if local(starts).date() == local(ends).date():
        return _("%(day)s, %(from)s to %(until)s") % said
    return _("%(day)s at %(from)s to %(last)s at %(until)s") % said


def day_text(value: date | datetime) -> str:
    """Saturday 12 December 2026."""
    day = local(value).date() if isinstance(value, datetime) else value
    return f"{WEEKDAYS[day.weekday()]} {date_text(day)}"


# --- parts -------------------------------------------------------------------------------------------------


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _standing(document: Mapping[str, Any]) -> Standing | None:
    match document["status"]:
        case rules.CANCELLED:
            return Standing("warning", _("This deployment was cancelled"), document["cancelled_reason"])
        case rules.UNDER_REVIEW:
            words = _(
                "Something that it relied on has changed. The force is deciding whether it goes ahead. Look here "
                "again before the day."
            )
            return Standing("warning", _("This deployment is under review"), words)
        case rules.DEFERRED:
            words = _(
                "The force has decided not to tell the public beforehand where and when. It says so here, with the "
                "ground, and tells the rest when the ground no longer holds."
            )
            return Standing("information", _("Notice of this deployment is deferred"), words)
    return None


def _where(document: Mapping[str, Any]) -> list[Row]:
    rows = [Row(_("Place"), document["place"]["name"])]
    if document["place"]["area"]:
        rows.append(Row(_("Area"), document["place"]["area"]))
    camera = document["camera"]
    return [
        *rows,
        Row(_("When"), when(document)),
        Row(_("Cameras"), str(CAMERAS[camera]) if camera else None),
    ]


def _why(document: Mapping[str, Any]) -> list[Row]:
    rows = []
    if document["use_case"]:
        rows.append(Row(_("What it is for"), document["use_case"]["label"]))
    if watchlist := document["watchlist"]:
        most = watchlist["most"]
        rows += [
            Row(
                _("Who may be on the watchlist"), [each["label"] for each in watchlist["categories"]] or None
            ),
            Row(
                _("Largest size of the watchlist"),
                _("%(count)s images") % {"count": number_text(most)}
                if most is not None
                else _("No limit was set"),
            ),
        ]
    return rows


def _system(document: Mapping[str, Any]) -> list[Row]:
    algorithm, threshold = document["algorithm"], document["threshold"]
    parts = ("vendor", "product", "version")
    name = " ".join(algorithm[part] for part in parts if algorithm[part]) if algorithm else None
    scale = _("%(threshold)s (the scale is the algorithm's own: do not compare it with another's)")
    return [
        Row(_("Technology"), str(TECHNOLOGIES[document["technology"]])),
        Row(_("Algorithm"), name),
        Row(_("Threshold"), scale % {"threshold": threshold} if threshold else None),
    ]


def _decided(document: Mapping[str, Any]) -> list[Row]:
    rows = []
    if authority := document["authority"]:
        rows += [
            Row(_("Authorised by"), authority["rank"]),
            Row(_("Authorised on"), date.fromisoformat(authority["given_on"])),
            Row(_("How"), str(AUTHORITIES[authority["kind"]])),
        ]
        if authority["confirm_by"]:
            rows.append(
                Row(_("To be confirmed in writing by"), moment_text(_moment(authority["confirm_by"])))
            )
    if rows and document["framework_version"] is not None:
        rows.append(Row(_("Under the national framework"), _("Version %d") % document["framework_version"]))
    return rows


def _short_notice(said: Mapping[str, Any] | None) -> list[Row]:
    if said is None:
        return []
    return [
        Row(_("The public should have been told by"), moment_text(_moment(said["latest"]))),
        Row(_("Why it was told later"), said["reason"]),
    ]


def _deferral(said: Mapping[str, Any] | None) -> list[Row]:
    if said is None:
        return []
    return [
        Row(_("Ground"), said["ground"]),
        Row(_("Decided by"), said["rank"]),
        Row(_("Decided on"), date.fromisoformat(said["decided_on"])),
        Row(_("Looked at again on"), date.fromisoformat(said["review_on"])),
    ]


def _contact(said: str) -> Link | str:
    """A link where it is an address and nothing else."""
    if re.fullmatch(r"https?://[!-~]+", said):
        return Link(said, said)
    if re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", said):
        return Link(said, f"mailto:{said}")
    return said


def _document(said: Mapping[str, Any]) -> Row:
    kind = str(DOCUMENTS.get(said["kind"], said["kind"].replace("_", " ").capitalize()))
    name = said["title"]
    if said["version"]:
        name = _("%(title)s, version %(version)s") % {"title": name, "version": said["version"]}
    return Row(kind, Link(name, said["url"]) if said["url"] else name)
