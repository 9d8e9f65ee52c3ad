"""Placing on the register. Nothing is changed afterwards: a correction or withdrawal is a new entry.

These actions ask for no capability of their own: the actions that lead here (a force publishing, the centre
accepting an import) have asked. Each opens the force's writing scope and records one event.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from events.outbox import record, record_all
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import require
from forces.refusals import Refusal
from forces.tenancy import acting
from register import events
from register.canonical import WITHDRAWAL, canonical_bytes, validate
from register.models import Act, Entry, EntryBody, Head, Origin, Redaction, RedactionRequest, Tier

SALT_BYTES = 32


class NotEnterable(Refusal):
    """The document cannot be placed on the register as asked."""


class NotRedactable(Refusal):
    """The body cannot be removed as asked."""


def enter(
    document: Mapping[str, Any],
    *,
    force: Force,
    origin: str,
    tier: str = Tier.PRIMARY,
    by: Person | None,
    at: datetime,
) -> Entry:
    """Publish a deployment's result for the first time. Raises InvalidDocument, NotEnterable."""
    body = _checked(document, force)
    with acting(force, by):
        try:
            with transaction.atomic():
                entry = _insert(
                    body,
                    reference=document["reference"],
                    version=1,
                    act=Act.ORIGINAL,
                    supersedes=None,
                    reason="",
                    force=force,
                    origin=origin,
                    tier=tier,
                    schema=document["schema"],
                    at=at,
                )
                Head.objects.create(
                    reference=entry.reference, first_entered_at=at, **_projected(entry, document)
                )
        except IntegrityError as error:
            raise NotEnterable(
                _("%(reference)s is on the register already; correct it instead.")
                % {"reference": document["reference"]},
                pointer="/reference",
            ) from error
        _announce(entry, force=force, by=by, at=at)
    return entry


def enter_all(
    documents: Sequence[Mapping[str, Any]],
    *,
    force: Force,
    origin: str,
    tier: str = Tier.PRIMARY,
    by: Person | None,
    at: datetime,
) -> list[Entry]:
    """enter() for many results of one force at once: all or none, one event each, in the order given."""
    made = [(document, _checked(document, force), secrets.token_bytes(SALT_BYTES)) for document in documents]
    with acting(force, by):
        try:
            with transaction.atomic():
                entries = Entry.objects.bulk_create(
                    Entry(
                        reference=document["reference"],
                        version=1,
                        act=Act.ORIGINAL,
                        force=force,
                        realm=force.realm,
                        origin=origin,
                        tier=tier,
                        schema=document["schema"],
                        commitment=hashlib.sha256(salt + body).hexdigest(),
                        size=len(body),
                        entered_at=at,
                    )
                    for document, body, salt in made
                )
                paired = list(zip(entries, made, strict=True))
                EntryBody.objects.bulk_create(
                    EntryBody(entry=entry, force=force, salt=salt, body=body)
                    for entry, (_d, body, salt) in paired
                )
                Head.objects.bulk_create(
                    Head(reference=entry.reference, first_entered_at=at, **_projected(entry, document))
                    for entry, (document, _b, _s) in paired
                )
        except IntegrityError as error:
            raise NotEnterable(_("One of these references is on the register already.")) from error
        record_all(
            [(_entered(entry, force), entry.reference) for entry in entries], force=force, by=by, at=at
        )
    return entries


def correct(
    document: Mapping[str, Any],
    *,
    force: Force,
    origin: str,
    tier: str = Tier.PRIMARY,
    by: Person | None,
    at: datetime,
    reason: str,
) -> Entry:
    """Supersede the standing entry of the document's reference. `reason` is public.

    A force's own submission may supersede what the centre transcribed, never the other way round.
    Raises InvalidDocument, NotEnterable.
    """
    body = _checked(document, force)
    if not reason.strip():
        raise NotEnterable(
            _("Say what was wrong and how you know: the reason is published."), pointer="/reason"
        )
    with acting(force, by):
        head = _standing(document["reference"], force)
        if head.origin == Origin.SUBMITTED and origin == Origin.COLLATED:
            raise NotEnterable(
                _("%(reference)s was published by the force itself, so only the force can correct it.")
                % {"reference": head.reference}
            )
        entry = _insert(
            body,
            reference=head.reference,
            version=head.version + 1,
            act=Act.CORRECTION,
            supersedes=head.entry_id,
            reason=reason.strip(),
            force=force,
            origin=origin,
            tier=tier,
            schema=document["schema"],
            at=at,
        )
        Head.objects.filter(pk=head.pk).update(**_projected(entry, document))
        _announce(entry, force=force, by=by, at=at)
    return entry


def withdraw(reference: str, *, force: Force, by: Person | None, at: datetime, reason: str) -> Entry:
    """Say that a published result no longer stands. It stays readable and stops counting.

    Raises NotEnterable, InvalidDocument (a reason too short or too long).
    """
    document = {
        "schema": WITHDRAWAL,
        "reference": reference,
        "reason": reason.strip(),
        "at": at.isoformat().replace("+00:00", "Z"),
    }
    validate(document)
    with acting(force, by):
        head = _standing(reference, force)
        entry = _insert(
            canonical_bytes(document),
            reference=reference,
            version=head.version + 1,
            act=Act.WITHDRAWAL,
            supersedes=head.entry_id,
            reason=reason.strip(),
            force=force,
            origin=head.origin,
            tier=head.tier,
            schema=WITHDRAWAL,
            at=at,
        )
        Head.objects.filter(pk=head.pk).update(
            entry=entry, version=entry.version, is_withdrawn=True, entered_at=at
        )
        _announce(entry, force=force, by=by, at=at)
    return entry


def propose_redaction(
    entry: Entry, *, force: Force, by: Person, at: datetime, why: str, public_reason: str
) -> RedactionRequest:
    """Ask for the body of an entry to be removed because personal data slipped in.

    `why` describes it for the one who decides, without repeating it; `public_reason` stands on the tombstone.
    Raises Forbidden, NotRedactable.
    """
    require(by, Capability.PROPOSE_REDACTION, force)
    for field, text in (("why", why), ("public_reason", public_reason)):
        if not text.strip():
            raise NotRedactable(_("Say why the body must go."), pointer=field)
    with acting(force, by):
        _body_of(entry, force)
        try:
            with transaction.atomic():
                request = RedactionRequest.objects.create(
                    entry=entry,
                    force=force,
                    why=why.strip(),
                    public_reason=public_reason.strip(),
                    proposed_by=by,
                    proposed_at=at,
                )
        except IntegrityError as error:
            raise NotRedactable(_("A request for this entry already waits for a decision.")) from error
        record(
            events.RedactionProposed(request.pk, entry.reference),
            force=force,
            by=by,
            at=at,
            subject=entry.reference,
            reason=request.why,
        )
    return request


def redact(request: RedactionRequest, *, force: Force, by: Person, at: datetime) -> Redaction:
    """Remove the body for good. Never by the person who asked. Raises Forbidden, NotRedactable."""
    require(by, Capability.APPROVE_REDACTION)
    with acting(force, by):
        _decide(request, RedactionRequest.State.APPROVED, force=force, by=by, at=at)
        entry = request.entry
        _body_of(entry, force)
        tombstone = Redaction.objects.create(
            entry=entry, force=force, request=request, public_reason=request.public_reason, redacted_at=at
        )
        EntryBody.objects.filter(entry=entry).delete()
        # What lists show and search was taken from the body, so it goes with it.
        Head.objects.filter(reference=entry.reference).filter(
            Q(entry=entry) | Q(is_withdrawn=True, entry__supersedes=entry)
        ).update(is_redacted=True, place="", area="")
        record(
            events.EntryRedacted(entry.pk, entry.reference, force.code),
            force=force,
            by=by,
            at=at,
            subject=entry.reference,
            reason=request.public_reason,
        )
    return tombstone


def refuse_redaction(
    request: RedactionRequest, *, force: Force, by: Person, at: datetime, reason: str
) -> None:
    """Leave the entry as it is. Never by the person who asked. Raises Forbidden, NotRedactable."""
    require(by, Capability.APPROVE_REDACTION)
    with acting(force, by):
        _decide(request, RedactionRequest.State.REFUSED, force=force, by=by, at=at)
        record(
            events.RedactionRefused(request.pk, request.entry.reference),
            force=force,
            by=by,
            at=at,
            subject=request.entry.reference,
            reason=reason,
        )


# --- parts ------------------------------------------------------------------------------------------------


def _checked(document: Mapping[str, Any], force: Force) -> bytes:
    validate(document)
    if document["force"] != force.code:
        raise NotEnterable(
            _("The document speaks of %(other)s, not of %(force)s.")
            % {"other": document["force"], "force": force.code},
            pointer="/force",
        )
    return canonical_bytes(document)


def _standing(reference: str, force: Force) -> Head:
    """The head of a reference of this force, locked: corrections of one reference queue here."""
    head = Head.objects.select_for_update().filter(reference=reference, force=force).first()
    if head is None:
        raise NotEnterable(_("%(reference)s is not on the register.") % {"reference": reference})
    if head.is_withdrawn:
        raise NotEnterable(
            _("%(reference)s was withdrawn, so it cannot change again. Publish the result anew.")
            % {"reference": reference}
        )
    return head


def _insert(body: bytes, *, supersedes: int | None, force: Force, at: datetime, **fields: Any) -> Entry:
    salt = secrets.token_bytes(SALT_BYTES)
    entry = Entry.objects.create(
        force=force,
        realm=force.realm,
        supersedes_id=supersedes,
        commitment=hashlib.sha256(salt + body).hexdigest(),
        size=len(body),
        entered_at=at,
        **fields,
    )
    EntryBody.objects.create(entry=entry, force=force, salt=salt, body=body)
    return entry


def _projected(entry: Entry, document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "entry": entry,
        "force": entry.force,
        "realm": entry.realm,
        "origin": entry.origin,
        "tier": entry.tier,
        "technology": document["technology"],
        "on": date.fromisoformat(document["on"]),
        "place": document["place"]["name"] or "",
        "area": document["place"]["area"] or "",
        "status": document["status"],
        "version": entry.version,
        "entered_at": entry.entered_at,
        "is_redacted": False,
    }


def _announce(entry: Entry, *, force: Force, by: Person | None, at: datetime) -> None:
    record(_entered(entry, force), force=force, by=by, at=at, subject=entry.reference, reason=entry.reason)


def _entered(entry: Entry, force: Force) -> events.EntryEntered:
    return events.EntryEntered(
        entry.pk,
        entry.reference,
        entry.version,
        str(entry.act),
        force.code,
        str(entry.realm),
        str(entry.tier),
    )


def _body_of(entry: Entry, force: Force) -> EntryBody:
    kept = EntryBody.objects.filter(entry=entry, force=force).first()
    if kept is None:
        raise NotRedactable(_("The body of %(entry)s is already gone.") % {"entry": entry})
    return kept


def _decide(request: RedactionRequest, state: str, *, force: Force, by: Person, at: datetime) -> None:
    if request.proposed_by_id == by.pk:
        raise NotRedactable(_("You asked for this removal, so somebody else must decide."))
    moved = RedactionRequest.objects.filter(
        pk=request.pk, force=force, state=RedactionRequest.State.PROPOSED
    ).update(state=state, decided_by=by, decided_at=at)
    if not moved:
        raise NotRedactable(_("That request has already been decided."))
