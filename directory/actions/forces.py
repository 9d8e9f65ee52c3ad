"""The forces themselves: adding one, naming its successor, and how it stands to live facial recognition."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import events
from events.outbox import record
from forces.capabilities import Capability
from forces.groups import open_roles
from forces.models import Force, LfrUse, Person, Succession
from forces.permissions import require
from forces.refusals import Invalid, Refusal
from forces.tenancy import acting


class NotAddable(Refusal):
    """A force with that code or slug exists."""


class NotSucceeded(Refusal):
    """The one force cannot be named the successor of the other."""


class NotDeclarable(Refusal):
    """The use contradicts what is recorded already."""


def add_force(force: Force, *, by: Person, at: datetime, reason: str = "") -> Force:
    """Enter a force, given as an unsaved Force, and let its roles be held.

    Raises Forbidden, Invalid (by field), NotAddable.
    """
    require(by, Capability.MANAGE_FORCES)
    if not force.source.strip():
        raise Invalid({"source": [_("Say where these facts come from.")]})
    try:
        force.clean_fields()
        force.validate_constraints()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    taken = NotAddable(_("A force with that code or short name exists already."), pointer="code")
    with transaction.atomic():
        try:
            with transaction.atomic():
                force.save(force_insert=True)
        except IntegrityError as error:
            raise taken from error
        open_roles(force)
        with acting(force, by):
            record(
                events.ForceAdded(force.code), force=force, by=by, at=at, subject=force.code, reason=reason
            )
    return force


def name_successor(
    predecessor: Force, successor: Force, *, on: date, source: str, by: Person, at: datetime
) -> Succession:
    """Record that `successor` took over from `predecessor` on a day, which is the first without `predecessor`.

    Several may succeed one (a split) and one several (a merger). No right and no record moves by it: people are
    granted their roles in the successor, and history stays where it was made. Raises Forbidden, NotSucceeded.
    """
    require(by, Capability.MANAGE_FORCES)
    if not source.strip():
        raise NotSucceeded(_("Say where this comes from: the order or notice."), pointer="source")
    if predecessor.realm != successor.realm:
        raise NotSucceeded(
            _("A made-up force and a real one cannot succeed each other."), pointer="successor"
        )
    if predecessor.pk == successor.pk or predecessor.pk in _those_after(successor):
        raise NotSucceeded(
            _("%(successor)s cannot succeed %(predecessor)s: it comes before it.")
            % {"successor": successor.name, "predecessor": predecessor.name},
            pointer="successor",
        )
    with acting(predecessor, by):
        ended = Force.objects.filter(pk=predecessor.pk, valid_until=None).update(valid_until=on)
        if not ended and not Force.objects.filter(pk=predecessor.pk, valid_until=on).exists():
            raise NotSucceeded(
                _("%(force)s already ended on another day.") % {"force": predecessor.name}, pointer="on"
            )
        try:
            with transaction.atomic():
                succession = Succession.objects.create(
                    predecessor=predecessor, successor=successor, on=on, source=source.strip()
                )
        except IntegrityError as error:
            raise NotSucceeded(_("That is recorded already."), pointer="successor") from error
        record(
            events.ForceSucceeded(predecessor.code, successor.code, on.isoformat()),
            force=predecessor,
            by=by,
            at=at,
            subject=predecessor.code,
            reason=source.strip(),
        )
    predecessor.valid_until = on
    return succession


def declare_use(
    force: Force,
    *,
    status: str,
    starts_on: date,
    source: str,
    source_url: str = "",
    ends_on: date | None = None,
    is_verified: bool = False,
    technology: str = "live",
    by: Person,
    at: datetime,
    reason: str = "",
) -> LfrUse:
    """Record how the force stands to the technology from `starts_on` to `ends_on` (both included; None: until further).

    A use without an end stops the day before. A use declared for the same first day is replaced, which needs a
    reason; the event keeps what stood there. Days that another declaration covers are refused.
    Raises Forbidden, Invalid (by field), NotDeclarable.
    """
    require(by, Capability.DECLARE_USE, force)
    if not source.strip():
        raise Invalid({"source": [_("Say where this comes from.")]})
    if ends_on is not None and ends_on < starts_on:
        raise Invalid({"ends_on": [_("The last day must not be before the first.")]})
    use = LfrUse(
        force=force,
        technology=technology,
        status=status,
        period=DateRange(starts_on, date.fromordinal(ends_on.toordinal() + 1) if ends_on else None),
        source=source.strip(),
        source_url=source_url,
        is_verified=is_verified,
    )
    try:
        use.clean_fields(exclude=["force"])
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    with acting(force, by):
        known = LfrUse.objects.filter(force=force, technology=technology)
        same = known.filter(period__startswith=starts_on).first()
        if same is not None and not reason.strip():
            raise NotDeclarable(
                _("A use from that day is recorded already. Say why it was wrong."), pointer="reason"
            )
        if same is not None:
            use.pk = same.pk
        else:
            # Only a use that runs on gives way; one with an end of its own was said on purpose.
            for open_use in known.filter(period__startswith__lt=starts_on, period__endswith=None):
                known.filter(pk=open_use.pk).update(period=DateRange(open_use.period.lower, starts_on))
        try:
            with transaction.atomic():
                use.save(force_insert=same is None, force_update=same is not None)
        except IntegrityError as error:
            raise NotDeclarable(
                _("Another use is recorded for some of those days."), pointer="starts_on"
            ) from error
        replaced = _in_words(same) if same is not None else ""
        record(
            events.UseDeclared(force.code, str(status), starts_on.isoformat(), replaced),
            force=force,
            by=by,
            at=at,
            subject=force.code,
            reason=reason,
        )
    return use


def _in_words(use: LfrUse) -> str:
    last = date_format(use.period.upper, "Y-m-d") if use.period.upper else "…"
    return f"{use.status} [{use.period.lower.isoformat()}, {last}): {use.source}"


def _those_after(force: Force) -> set[int]:
    """Ids of the force's successors, theirs, and so on."""
    found: set[int] = set()
    edge = {force.pk}
    while edge:
        edge = (
            set(Succession.objects.filter(predecessor__in=edge).values_list("successor", flat=True)) - found
        )
        found |= edge
    return found
