"""What the public is told of a plan: one document, for preview and publication, and what follows from a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deployments.facts import one_line
from deployments.planning.choices import Category, DeferralGround, UseCase
from deployments.planning.fields import BY_CODE, Kind
from deployments.planning.models import Authority, Override, Plan
from forces.clock import LONDON, london_date
from forces.documents import contact_of
from forces.models import Force, Person
from forces.models.documents import Document
from forces.ranks import Rank
from register.canonical import NOTICE
from register.models import Entry
from register.notices import rules
from register.notices.actions import correct_notice, enter_notice
from register.queries import documents


def document_of(
    plan: Plan,
    *,
    latest: datetime | None,
    at: datetime,
    short_notice_reason: str = "",
    overrides: list[dict[str, str]] | None = None,
    contact: str | None = None,
    papers: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The notice as it is, or would be, published at `at`. `latest` is the latest lawful moment for it.

    Before there is an authority the document says so by null: that is for the preview alone, the register refuses it.
    """
    place, purpose, watchlist = plan.answers("place"), plan.answers("purpose"), plan.answers("watchlist")
    starts, ends = plan.starts_at, plan.ends_at
    authority = plan.authority
    is_short = latest is not None and at > latest
    use_case = purpose.get("use_case")
    return {
        "schema": NOTICE,
        "reference": plan.reference,
        "force": plan.force.code,
        "technology": plan.technology,
        "status": rules.PLANNED,
        "on": london_date(starts).isoformat() if starts else None,
        "ends_on": _later_day(starts, ends),
        "starts_at": _moment(starts),
        "ends_at": _moment(ends),
        "place": {"name": place.get("place") or "", "area": place.get("area") or None},
        "use_case": {"code": use_case, "label": str(UseCase(use_case).label)} if use_case else None,
        "summary": one_line(plan.answers("notice").get("summary") or "") or None,
        "watchlist": {
            "categories": [
                {"code": each["code"], "label": str(Category(each["code"]).label)}
                for each in watchlist.get("categories") or []
            ],
            "most": watchlist.get("most"),
        },
        "algorithm": plan.algorithm.as_document() if plan.algorithm else None,
        "threshold": plan.answers("system").get("threshold"),
        "camera": place.get("camera"),
        "authority": _authority(authority) if authority is not None else None,
        "framework_version": authority.framework_version if authority is not None else None,
        "overrides": overrides or [],
        "short_notice": {"latest": _moment(latest), "reason": short_notice_reason}
        if is_short and short_notice_reason
        else None,
        "deferral": _deferral(plan),
        "cancelled_reason": None,
        "contact": contact,
        "documents": papers or [],
        "authorised_hash": plan.authorised_hash or None,
    }


def deferred(document: dict[str, Any]) -> dict[str, Any]:
    """The same with where, when and whom withheld."""
    return {**rules.withheld(document), "status": rules.DEFERRED}


def place_on_register(
    plan: Plan, document: dict[str, Any], *, reason: str, by: Person, at: datetime
) -> Entry:
    """The first notice of the plan, or the next version of it with the reason."""
    if plan.notice_entry is None:
        return enter_notice(document, force=plan.force, by=by, at=at)
    return correct_notice(document, force=plan.force, by=by, at=at, reason=reason)


def told_of_change(plan: Plan, *, by: Person, at: datetime) -> None:
    """Tell the public that what it was told of is no longer authorised, until it is again."""
    _say(
        plan,
        {"status": rules.UNDER_REVIEW},
        reason=_("The force is changing its plan. It takes place only if it is authorised again."),
        by=by,
        at=at,
    )


def told_of_hold(plan: Plan, *, at: datetime) -> None:
    """Tell the public that what its authority relied on has changed, and that it is looked at again."""
    _say(
        plan,
        {"status": rules.UNDER_REVIEW},
        reason=_(
            "Something the plan relied on has changed. It takes place only if an officer upholds the authority."
        ),
        by=None,
        at=at,
    )


def told_it_stands(plan: Plan, *, by: Person, at: datetime) -> None:
    """Tell the public that the deployment takes place as it was told after all."""
    _say(
        plan,
        {"status": rules.PLANNED},
        reason=_("An officer has looked at the plan again and upholds its authority."),
        by=by,
        at=at,
    )


def told_of_cancellation(plan: Plan, *, reason: str, by: Person, at: datetime) -> int:
    """Tell the public that it will not take place; returns the entry, or 0 where the public was never told."""
    return _say(plan, {"status": rules.CANCELLED, "cancelled_reason": reason}, reason=reason, by=by, at=at)


def _say(plan: Plan, changes: dict[str, Any], *, reason: str, by: Person | None, at: datetime) -> int:
    if plan.notice_entry is None:
        return 0
    standing = documents([plan.notice_entry]).get(plan.notice_entry)
    if standing is None or standing["status"] == changes["status"]:
        return plan.notice_entry  # what was removed as personal data is not told again
    entry = correct_notice({**standing, **changes}, force=plan.force, by=by, at=at, reason=reason)
    Plan.objects.owned_by(plan.force).filter(pk=plan.pk).update(notice_entry=entry.pk)
    plan.read_again()
    return entry.pk


def overridden(plan: Plan, titles: dict[str, str]) -> list[dict[str, str]]:
    """Overrides of exactly these words, as the public is told of them. `titles` by requirement."""
    found = Override.objects.owned_by(plan.force).filter(plan=plan, content_hash=plan.content_hash)
    return [
        {
            "requirement": each.requirement,
            "title": titles.get(each.requirement, each.requirement),
            "reason": each.reason,
            "rank": _rank(each.rank),
        }
        for each in found.order_by("requirement")
    ]


def reached_at(force: Force) -> str | None:
    """Where the public reaches the force about it, in one line; None if the force has not said."""
    point = contact_of(force)
    if point is None:
        return None
    return ", ".join(part for part in (point.email, point.phone, point.url) if part) or None


def relied_on(plan: Plan) -> list[dict[str, Any]]:
    """The force's published documents that the plan names, in the order in which it names them."""
    task = BY_CODE["protection"]
    named = [plan.answers(task.code).get(field.name) for field in task.fields if field.kind is Kind.DOCUMENT]
    found = Document.objects.filter(force=plan.force).in_bulk([each for each in named if each is not None])
    return [
        {
            "kind": document.kind,
            "title": document.title,
            "version": document.version or None,
            "url": document.url,
        }
        for document in (found[each] for each in named if each in found)
    ]


def _authority(authority: Authority) -> dict[str, Any]:
    unconfirmed = authority.confirm_by if authority.is_unconfirmed else None
    return {
        "kind": authority.kind,
        "rank": _rank(authority.rank),
        "given_on": london_date(authority.given_at or authority.decided_at).isoformat(),
        "conditions": list(authority.conditions),
        "confirm_by": _moment(unconfirmed),
    }


def _deferral(plan: Plan) -> dict[str, Any] | None:
    if not plan.is_deferred:
        return None
    return {
        "ground": str(DeferralGround(plan.deferral_ground).label),
        "rank": _rank(plan.deferral_rank),
        "decided_on": london_date(plan.deferred_at).isoformat(),  # type: ignore[arg-type]
        "review_on": plan.deferral_review_on.isoformat(),  # type: ignore[union-attr]
    }


def _rank(code: str) -> str:
    return str(Rank(code).label) if code else _("Rank not recorded")


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(LONDON).isoformat() if at is not None else None


def _later_day(starts: datetime | None, ends: datetime | None) -> str | None:
    if starts is None or ends is None or london_date(ends) <= london_date(starts):
        return None
    return london_date(ends).isoformat()
