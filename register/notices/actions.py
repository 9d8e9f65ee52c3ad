"""Placing notices on the register. Nothing is changed afterwards: what changes, or is cancelled, is a new version.

These actions ask for no capability of their own: the action that leads here, of the force that gives notice, has
asked. Each opens the force's writing scope and records one event, which statistics do not hear.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.outbox import record
from forces.models import Force, Person
from forces.tenancy import acting
from register.actions import NotEnterable, _checked, _insert
from register.canonical import NOTICE
from register.events import NoticeEntered
from register.models import Act, Entry, NoticeHead, Origin, Tier
from register.notices import rules


def enter_notice(document: Mapping[str, Any], *, force: Force, by: Person | None, at: datetime) -> Entry:
    """Tell the public of a deployment for the first time. Raises InvalidDocument, NotEnterable."""
    body = _checked(document, force, NOTICE)
    with acting(force, by):
        try:
            with transaction.atomic():
                entry = _insert(
                    body,
                    reference=document["reference"],
                    version=1,
                    act=Act.ORIGINAL,
                    force=force,
                    origin=Origin.SUBMITTED,
                    tier=Tier.PRIMARY,
                    schema=NOTICE,
                    at=at,
                )
                NoticeHead.objects.create(
                    reference=entry.reference, first_entered_at=at, **_projected(entry, document)
                )
        except IntegrityError as error:
            raise NotEnterable(
                _("%(reference)s is on the register already; correct it instead.")
                % {"reference": document["reference"]},
                pointer="/reference",
            ) from error
        _announce(entry, document, force=force, by=by, at=at)
    return entry


def correct_notice(
    document: Mapping[str, Any], *, force: Force, by: Person | None, at: datetime, reason: str
) -> Entry:
    """Supersede the standing version: a change, a review, a cancellation, or what was deferred and is now told.

    `reason` is public. What the public was told once cannot be withheld again. Raises InvalidDocument, NotEnterable.
    """
    body = _checked(document, force, NOTICE)
    if not reason.strip():
        raise NotEnterable(_("Say what changed and why: the reason is published."), pointer="/reason")
    with acting(force, by):
        head = (
            NoticeHead.objects.select_for_update()
            .filter(reference=document["reference"], force=force)
            .first()
        )
        if head is None:
            raise NotEnterable(
                _("%(reference)s is not on the register.") % {"reference": document["reference"]}
            )
        if rules.is_withheld(document) and not head.is_withheld:
            raise NotEnterable(
                _("The public was told the details of %(reference)s, so they cannot be withheld now.")
                % {"reference": head.reference},
                pointer="/on",
            )
        entry = _insert(
            body,
            reference=head.reference,
            version=head.version + 1,
            act=Act.CORRECTION,
            supersedes_id=head.entry_id,
            reason=reason.strip(),
            force=force,
            origin=Origin.SUBMITTED,
            tier=Tier.PRIMARY,
            schema=NOTICE,
            at=at,
        )
        NoticeHead.objects.filter(pk=head.pk).update(**_projected(entry, document))
        _announce(entry, document, force=force, by=by, at=at)
    return entry


# --- parts ------------------------------------------------------------------------------------------------


def _projected(entry: Entry, document: Mapping[str, Any]) -> dict[str, Any]:
    """What the head shows of an entry."""
    place = document["place"] or {}
    return {
        "entry": entry,
        "force": entry.force,
        "realm": entry.realm,
        "technology": document["technology"],
        "status": document["status"],
        "on": rules.first_day(document),
        "until": rules.last_day(document),
        "starts_at": _moment(document["starts_at"]),
        "ends_at": _moment(document["ends_at"]),
        "place": place.get("name") or "",
        "area": place.get("area") or "",
        "version": entry.version,
        "is_withheld": rules.is_withheld(document),
        "is_redacted": False,
        "entered_at": entry.entered_at,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _announce(
    entry: Entry, document: Mapping[str, Any], *, force: Force, by: Person | None, at: datetime
) -> None:
    told = NoticeEntered(
        entry.pk,
        entry.reference,
        entry.version,
        str(entry.act),
        force.code,
        str(entry.realm),
        document["status"],
    )
    record(told, force=force, by=by, at=at, subject=entry.reference, reason=entry.reason)
