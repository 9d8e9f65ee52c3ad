"""Placing on the register. Nothing is changed afterwards: a correction or withdrawal is a new entry.

These actions ask for no capability of their own: the actions that lead here (a force publishing, the centre
accepting an import) have asked. Each opens the force's writing scope and records one event.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from events.outbox import record, record_all
from forces.capabilities import Capability
from forces.models import Force, Person
from forces.permissions import require
from forces.personal_data import refuse_personal_data
from forces.refusals import Refusal
from forces.tenancy import acting
from register import events
from register.canonical import RESULT, WITHDRAWAL, validate
from register.facets import Facets, days_to_publish, facets_of
from register.models import (
    Act,
    Entry,
    EntryBody,
    Head,
    NoticeHead,
    Origin,
    Redaction,
    RedactionRequest,
    Tier,
)

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
                    force=force,
                    origin=origin,
                    tier=tier,
                    schema=document["schema"],
                    at=at,
                )
                Head.objects.create(
                    reference=entry.reference, first_entered_at=at, **_projected(entry, document, at)
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
    made = [(document, _checked(document, force)) for document in documents]
    with acting(force, by):
        try:
            with transaction.atomic():
                entries = _insert_all(
                    (
                        (
                            body,
                            {
                                "reference": document["reference"],
                                "version": 1,
                                "act": Act.ORIGINAL,
                                "origin": origin,
                                "tier": tier,
                                "schema": document["schema"],
                            },
                        )
                        for document, body in made
                    ),
                    force=force,
                    at=at,
                )
                Head.objects.bulk_create(
                    Head(reference=entry.reference, first_entered_at=at, **_projected(entry, document, at))
                    for entry, (document, _body) in zip(entries, made, strict=True)
                )
        except IntegrityError as error:
            raise NotEnterable(_("One of these references is on the register already.")) from error
        _announce_all(entries, force=force, by=by, at=at)
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
    (entry,) = correct_all([(document, reason)], force=force, origin=origin, tier=tier, by=by, at=at)
    return entry


def correct_all(
    corrections: Sequence[tuple[Mapping[str, Any], str]],
    *,
    force: Force,
    origin: str,
    tier: str = Tier.PRIMARY,
    by: Person | None,
    at: datetime,
) -> list[Entry]:
    """correct() for many (document, reason) pairs of one force at once: all or none, one event each."""
    made = []
    for document, reason in corrections:
        made.append((document, _checked(document, force), reason.strip()))
        if not reason.strip():
            raise NotEnterable(
                _("Say what was wrong and how you know: the reason is published."), pointer="/reason"
            )
    with acting(force, by):
        heads = _standing_all([document["reference"] for document, _body, _reason in made], force)
        for head in heads:
            if head.origin == Origin.SUBMITTED and origin == Origin.COLLATED:
                raise NotEnterable(
                    _("%(reference)s was published by the force itself, so only the force can correct it.")
                    % {"reference": head.reference}
                )
        entries = _insert_all(
            (
                (
                    body,
                    {
                        "reference": head.reference,
                        "version": head.version + 1,
                        "act": Act.CORRECTION,
                        "supersedes_id": head.entry_id,
                        "reason": reason,
                        "origin": origin,
                        "tier": tier,
                        "schema": document["schema"],
                    },
                )
                for head, (document, body, reason) in zip(heads, made, strict=True)
            ),
            force=force,
            at=at,
        )
        published = _published_by_their_force(head.reference for head in heads)
        _move_all(
            heads,
            [
                _projected(entry, document, published.get(entry.reference, at))
                for entry, (document, _body, _reason) in zip(entries, made, strict=True)
            ],
        )
        _announce_all(entries, force=force, by=by, at=at)
    return entries


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
    body = validate(document)
    with acting(force, by):
        head = _standing(reference, force)
        entry = _insert(
            body,
            reference=reference,
            version=head.version + 1,
            act=Act.WITHDRAWAL,
            supersedes_id=head.entry_id,
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
    Raises Forbidden, NotRedactable, PersonalData.
    """
    require(by, Capability.PROPOSE_REDACTION, force)
    for field, text in (("why", why), ("public_reason", public_reason)):
        if not text.strip():
            raise NotRedactable(_("Say why the body must go."), pointer=field)
    refuse_personal_data({"why": why, "public_reason": public_reason}, force=force)
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
        ).update(is_redacted=True, place="", area="", **Facets()._asdict())
        NoticeHead.objects.filter(reference=entry.reference, entry=entry).update(
            is_redacted=True, place="", area=""
        )
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
    refuse_personal_data({"reason": reason}, force=force)
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


def _checked(document: Mapping[str, Any], force: Force, kind: str = RESULT) -> bytes:
    """The canonical bytes of a document that keeps to the schema `kind` and speaks of this force."""
    body = validate(document)
    if document["schema"] != kind:
        raise NotEnterable(
            _("This is a document of %(schema)s, and %(wanted)s is asked for.")
            % {"schema": document["schema"], "wanted": kind},
            pointer="/schema",
        )
    if document["force"] != force.code:
        raise NotEnterable(
            _("The document speaks of %(other)s, not of %(force)s.")
            % {"other": document["force"], "force": force.code},
            pointer="/force",
        )
    return body


def _standing(reference: str, force: Force) -> Head:
    """The head of a reference of this force, locked: corrections of one reference queue here."""
    return _standing_all([reference], force)[0]


def _standing_all(references: Sequence[str], force: Force) -> list[Head]:
    """The heads of these references, in the order given. Locked in one order, so that no two sets block each other."""
    found = {
        head.reference: head
        for head in Head.objects.select_for_update()
        .filter(reference__in=references, force=force)
        .order_by("reference")
    }
    for reference, times in Counter(references).items():
        head = found.get(reference)
        if head is None:
            raise NotEnterable(_("%(reference)s is not on the register.") % {"reference": reference})
        if head.is_withdrawn:
            raise NotEnterable(
                _("%(reference)s was withdrawn, so it cannot change again. Publish the result anew.")
                % {"reference": reference}
            )
        if times > 1:
            raise NotEnterable(
                _("%(reference)s is there more than once; correct it once.") % {"reference": reference}
            )
    return [found[reference] for reference in references]


def _insert(body: bytes, *, force: Force, at: datetime, **fields: Any) -> Entry:
    return _insert_all([(body, fields)], force=force, at=at)[0]


def _insert_all(given: Iterable[tuple[bytes, dict[str, Any]]], *, force: Force, at: datetime) -> list[Entry]:
    """Entries with their bodies: the canonical bytes and what else is particular to each."""
    salted = [(body, fields, secrets.token_bytes(SALT_BYTES)) for body, fields in given]
    entries = Entry.objects.bulk_create(
        Entry(
            force=force,
            realm=force.realm,
            commitment=hashlib.sha256(salt + body).hexdigest(),
            size=len(body),
            entered_at=at,
            **fields,
        )
        for body, fields, salt in salted
    )
    EntryBody.objects.bulk_create(
        EntryBody(entry=entry, force=force, salt=salt, body=body)
        for entry, (body, _fields, salt) in zip(entries, salted, strict=True)
    )
    return entries


def _move_all(heads: Sequence[Head], projected: Sequence[dict[str, Any]]) -> None:
    """Let each head show what now stands, in one statement. They are there, and locked: every row is a conflict."""
    for head, fields in zip(heads, projected, strict=True):
        for name, value in fields.items():
            setattr(head, name, value)
    if heads:
        Head.objects.bulk_create(
            heads, update_conflicts=True, unique_fields=["reference"], update_fields=list(projected[0])
        )


def _published_by_their_force(references: Iterable[str]) -> dict[str, datetime]:
    """When the force itself first published each of these; what only the centre transcribed is missing."""
    submitted = Entry.objects.filter(reference__in=list(references), origin=Origin.SUBMITTED)
    return dict(
        submitted.values("reference").annotate(Min("entered_at")).values_list("reference", "entered_at__min")
    )


def _projected(entry: Entry, document: Mapping[str, Any], published_at: datetime) -> dict[str, Any]:
    """What the head shows of an entry. `published_at` is when the force first published it itself."""
    on = date.fromisoformat(document["on"])
    return {
        "entry": entry,
        "force": entry.force,
        "realm": entry.realm,
        "origin": entry.origin,
        "tier": entry.tier,
        "technology": document["technology"],
        "on": on,
        "place": document["place"]["name"] or "",
        "area": document["place"]["area"] or "",
        "status": document["status"],
        **facets_of(document)._asdict(),
        "days_to_publish": days_to_publish(on, published_at) if entry.origin == Origin.SUBMITTED else None,
        "version": entry.version,
        "entered_at": entry.entered_at,
        "is_redacted": False,
    }


def _announce(entry: Entry, *, force: Force, by: Person | None, at: datetime) -> None:
    _announce_all([entry], force=force, by=by, at=at)


def _announce_all(entries: Sequence[Entry], *, force: Force, by: Person | None, at: datetime) -> None:
    record_all(
        [(_entered(entry, force), entry.reference) for entry in entries],
        force=force,
        by=by,
        at=at,
        reasons=[entry.reason for entry in entries],
    )


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
