"""What a force publishes about its use of the technology, and where it is reached: publishing, withdrawing, saying."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from directory import events
from events.outbox import record
from forces.capabilities import Capability
from forces.clock import london_date
from forces.models import Force, Person
from forces.models.documents import (
    LONGEST_ADDRESS,
    LONGEST_TITLE,
    LONGEST_VERSION,
    ONE_OF_EACH,
    ContactPoint,
    Document,
    DocumentWithdrawal,
    Kind,
)
from forces.permissions import require
from forces.personal_data import find, refuse_personal_data
from forces.refusals import Invalid, Refusal
from forces.tenancy import acting

EARLIEST = date(2000, 1, 1)
FURTHEST = timedelta(days=10 * 366)
LONGEST_REASON = 500
# Where forces publish. A link on a public page of this platform must not lead just anywhere.
SITES = (".police.uk", ".gov.uk")
MADE_UP_SITES = (".example",)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class NotKept(Refusal):
    """The document was not published, or not withdrawn, and this is why."""


def publish_document(
    force: Force,
    *,
    kind: str,
    title: str,
    version: str,
    url: str,
    adopted_on: date,
    review_on: date | None,
    replaces: Document | None = None,
    by: Person,
    at: datetime,
) -> Document:
    """Say that the force has published a document, or a new version of `replaces`, on its own site.

    A kind of which one stands at a time needs `review_on`, and its next version replaces the last, withdrawn or not.
    Raises Forbidden, Invalid (by field), NotKept.
    """
    require(by, Capability.KEEP_DOCUMENTS, force)
    document = Document(
        force=force,
        kind=replaces.kind if replaces is not None else kind,
        title=_one_line(title),
        version=_one_line(version),
        url=url.strip(),
        adopted_on=adopted_on,
        review_on=review_on,
        published_by=by,
        published_at=at,
    )
    _check(document, replaces, today=london_date(at))
    refuse_personal_data({"title": document.title, "version": document.version}, force=force)
    with acting(force, by):
        before = _last_of(document, replaces)
        if before is not None:
            document.replaces, document.series = before, before.series
            _check_follows(document, before)
        try:
            with transaction.atomic():
                document.save(force_insert=True)
        except IntegrityError as error:
            raise NotKept(
                _("Somebody published another version meanwhile. Look at it before you replace it.")
            ) from error
        record(
            events.DocumentPublished(
                force.code,
                document.kind,
                document.title,
                document.version,
                document.url,
                document.adopted_on.isoformat(),
                document.review_on.isoformat() if document.review_on else None,
                str(document.public_id),
                str(before.public_id) if before is not None else None,
            ),
            force=force,
            by=by,
            at=at,
            subject=str(document.public_id),
        )
    return document


def withdraw_document(document: Document, *, reason: str, by: Person, at: datetime) -> DocumentWithdrawal:
    """Take a document back from today on. No earlier version of it stands again. `reason` is public.

    Raises Forbidden, Invalid, NotKept.
    """
    force = document.force
    require(by, Capability.KEEP_DOCUMENTS, force)
    reason = _one_line(reason)
    if not reason:
        raise Invalid({"reason": [_("Say why it is withdrawn. The reason is published.")]})
    if len(reason) > LONGEST_REASON or _INVISIBLE.search(reason):
        raise Invalid({"reason": [_("Use %(limit)d plain characters or fewer.") % {"limit": LONGEST_REASON}]})
    refuse_personal_data({"reason": reason}, force=force)
    with acting(force, by):
        if Document.objects.filter(force=force, replaces=document).exists():
            raise NotKept(_("A newer version of it has been published. Withdraw that one."))
        try:
            with transaction.atomic():
                withdrawal = DocumentWithdrawal.objects.create(
                    force=force,
                    document=document,
                    on=london_date(at),
                    reason=reason,
                    withdrawn_by=by,
                    withdrawn_at=at,
                )
        except IntegrityError as error:
            raise NotKept(_("It has been withdrawn already.")) from error
        record(
            events.DocumentWithdrawn(force.code, document.kind, str(document.public_id)),
            force=force,
            by=by,
            at=at,
            subject=str(document.public_id),
            reason=reason,
        )
    return withdrawal


def set_contact(
    force: Force, *, email: str = "", phone: str = "", url: str = "", by: Person, at: datetime
) -> ContactPoint:
    """Say where the public reaches the force about the technology: an organisation's address, never a person's.

    At least one of the three; what is blank is not given any more. Raises Forbidden, Invalid (by field), NotKept.
    """
    require(by, Capability.KEEP_DOCUMENTS, force)
    point = ContactPoint(
        force=force, email=email.strip(), phone=_one_line(phone), url=url.strip(), set_by=by, set_at=at
    )
    _check_contact(point)
    with acting(force, by):
        before = ContactPoint.objects.filter(force=force).order_by("-pk").first()
        if before is not None and _said(before) == _said(point):
            raise NotKept(_("That is what stands already."))
        point.save(force_insert=True)
        record(
            events.ContactSet(force.code, point.email, point.phone, point.url),
            force=force,
            by=by,
            at=at,
            subject=force.code,
        )
    return point


def _said(point: ContactPoint) -> tuple[str, str, str]:
    return point.email, point.phone, point.url


def _last_of(document: Document, replaces: Document | None) -> Document | None:
    """What it follows: what whoever publishes it looked at, or the last of a kind of which only one stands."""
    if replaces is not None:
        return replaces
    if document.kind not in ONE_OF_EACH:
        return None
    last = (
        Document.objects.filter(force=document.force, kind=document.kind, replaced_by=None)
        .select_related("withdrawal")
        .first()
    )
    if last is not None and getattr(last, "withdrawal", None) is None:
        raise NotKept(
            _("“%(document)s” stands already. Publish a new version of it.") % {"document": last},
            pointer="kind",
        )
    return last


def _check(document: Document, replaces: Document | None, *, today: date) -> None:
    errors: dict[str, list[str]] = {}
    if document.kind not in Kind.values:
        errors["kind"] = [_("Select what kind of document it is.")]
    for name, limit in (("title", LONGEST_TITLE), ("version", LONGEST_VERSION)):
        text = getattr(document, name)
        if not text:
            errors[name] = [
                _("Enter the title.") if name == "title" else _("Enter the version, such as 2.1.")
            ]
        elif len(text) > limit or _INVISIBLE.search(text):
            errors[name] = [_("Use %(limit)d plain characters or fewer.") % {"limit": limit}]
    if fault := _fault_of_address(document.url, document.force):
        errors["url"] = [fault]
    if not EARLIEST <= document.adopted_on <= today + FURTHEST:
        errors["adopted_on"] = [_("Check the year it was adopted.")]
    if document.review_on is None:
        if document.kind in ONE_OF_EACH:
            errors["review_on"] = [_("Enter the day by which it is looked at again.")]
    elif document.review_on <= document.adopted_on:
        errors["review_on"] = [_("It is looked at again after it was adopted.")]
    elif document.review_on > today + FURTHEST:
        errors["review_on"] = [_("Enter a day within the next ten years.")]
    if errors:
        raise Invalid(errors)


def _check_follows(document: Document, before: Document) -> None:
    if document.adopted_on < before.adopted_on:
        raise Invalid(
            {"adopted_on": [_("The version before was adopted later. Enter when this one was adopted.")]}
        )
    if document.version == before.version and document.url == before.url:
        raise Invalid({"version": [_("That is the version that stands. Enter the new version.")]})


def _check_contact(point: ContactPoint) -> None:
    errors: dict[str, list[str]] = {}
    if not (point.email or point.phone or point.url):
        errors["email"] = [_("Enter an email address, a telephone number or a web address.")]
    if point.email and (fault := _fault_of_email(point.email, point.force)):
        errors["email"] = [fault]
    if point.phone and (fault := _fault_of_phone(point.phone)):
        errors["phone"] = [fault]
    if point.url and (fault := _fault_of_address(point.url, point.force)):
        errors["url"] = [fault]
    if errors:
        raise Invalid(errors)


def _fault_of_address(url: str, force: Force) -> str:
    """Why this may not be linked to from a public page; empty if it may."""
    sites = MADE_UP_SITES if force.is_made_up else SITES
    wanted = _("Enter an address on the force’s own site: https:// and a name ending in %(sites)s.") % {
        "sites": _(" or ").join(sites)
    }
    if len(url) > LONGEST_ADDRESS:
        return _("Use %(limit)d plain characters or fewer.") % {"limit": LONGEST_ADDRESS}
    try:
        URLValidator(schemes=["https"])(url)
        parts = urlsplit(url)
        fits = parts.username is None and parts.port in (None, 443)
    except (ValidationError, ValueError):
        return wanted
    if not fits or not url.isascii() or not (parts.hostname or "").endswith(sites):
        return wanted
    return ""


def _fault_of_email(email: str, force: Force) -> str:
    try:
        validate_email(email)
    except ValidationError:
        return _("Enter an email address, such as name@example.police.uk.")
    local, _at, domain = email.rpartition("@")
    if len(email) > 200 or not f".{domain.lower()}".endswith(MADE_UP_SITES if force.is_made_up else SITES):
        return _("Enter an address of the force, ending in %(sites)s.") % {
            "sites": _(" or ").join(MADE_UP_SITES if force.is_made_up else SITES)
        }
    if find(" ".join(part.capitalize() for part in re.split(r"[._-]", local))):
        return _("This looks like a person’s address. Enter one of the team.")
    return ""


def _fault_of_phone(phone: str) -> str:
    digits = re.sub(r"[\s()-]", "", phone)
    if not re.fullmatch(r"101|(?:\+44|0)[1-9][0-9]{8,9}", digits):
        return _("Enter a telephone number, such as 101 or 01632 960 001.")
    if re.match(r"(?:\+44|0)7", digits):
        return _("Enter a number of the organisation, not a mobile.")
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
