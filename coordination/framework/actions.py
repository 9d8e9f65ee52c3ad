"""Changing the legal framework: the nation drafts, proposes and adopts versions; a force tightens what is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coordination.framework import events, stating
from coordination.framework.checks import CHECKS, Parameter
from coordination.framework.models import MOST_REQUIREMENTS, Requirement, Tightening, Version
from coordination.framework.rules import Rule, rules_for
from events.outbox import record
from forces.capabilities import Capability
from forces.clock import london_date
from forces.models import Force, Person
from forces.permissions import require
from forces.personal_data import refuse_personal_data
from forces.refusals import Invalid, Refusal
from forces.tenancy import acting

MOST_WORDS = 600  # of a reason


class NotDraftable(Refusal):
    """A version is open already: one at a time is drafted, proposed and adopted."""


class NotAmendable(Refusal):
    """Only a draft's requirements change."""


class StaleRequirement(NotAmendable):
    """Somebody changed the requirement after it was shown."""


class NotProposable(Refusal):
    """The version is no draft, or cannot take effect on that day."""


class NotAdoptable(Refusal):
    """The version is not proposed as it was seen, was proposed by the same person, or its day has passed."""


class NotTightenable(Refusal):
    """The force cannot hold itself to this: it would loosen, or there is no such value to set."""


# The nation ----------------------------------------------------------------------------------------


@transaction.atomic
def draft(*, summary: str, by: Person, at: datetime) -> Version:
    """Begin the next version as a copy of the latest that was adopted. Raises Forbidden, Invalid, NotDraftable."""
    require(by, Capability.KEEP_FRAMEWORK)
    summary = _summary(summary)
    latest = Version.objects.latest_adopted()
    try:
        with transaction.atomic():
            version = Version.objects.create(
                number=latest.number + 1 if latest is not None else 1,
                summary=summary,
                drafted_by=by,
                drafted_at=at,
            )
    except IntegrityError as error:
        raise NotDraftable(
            _("A version is open already. Change that one, or have it adopted first.")
        ) from error
    if latest is not None:
        copies = list(latest.requirements.order_by("pk"))
        for each in copies:
            each.pk, each.version = None, version
        Requirement.objects.bulk_create(copies)
    _record(events.FrameworkDrafted(version.number, summary), version, by=by, at=at)
    return version


@transaction.atomic
def describe(version: Version, *, summary: str, by: Person, at: datetime) -> None:
    """Say anew what a draft changes and why. Raises Forbidden, Invalid, NotAmendable."""
    require(by, Capability.KEEP_FRAMEWORK)
    summary = _summary(summary)
    _held_draft(version)
    Version.objects.filter(pk=version.pk).update(summary=summary)
    _record(events.FrameworkAmended(version.number, "", "described"), version, by=by, at=at)


@transaction.atomic
def state(
    version: Version,
    code: str,
    stated: Mapping[str, Any],
    *,
    seen: str | None = None,
    by: Person,
    at: datetime,
) -> Requirement:
    """Put the requirement `code` into a draft, or change what the draft says of it.

    `stated` maps names of `stating.FIELDS` to values; for one that is there already, what is not named stays.
    `seen` is its `stating.fingerprint` as it was shown, "" where there was none; None does not ask.
    Raises Forbidden, Invalid (by field), NotAmendable, StaleRequirement.
    """
    require(by, Capability.KEEP_FRAMEWORK)
    _held_draft(version)
    requirement = Requirement.objects.filter(version=version, code=code).first()
    if seen is not None and seen != (stating.fingerprint(requirement) if requirement is not None else ""):
        raise StaleRequirement(
            _("Somebody changed “%(code)s” after you opened it. Open it again to see what it says now.")
            % {"code": code[:60]}
        )
    what = "changed" if requirement is not None else "added"
    requirement = requirement or Requirement(version=version, code=code)
    for name, value in stating.as_columns(stated).items():
        setattr(requirement, name, value)
    requirement.code = code
    stating.check(requirement)
    if what == "added" and Requirement.objects.filter(version=version).count() >= MOST_REQUIREMENTS:
        raise NotAmendable(
            _("A version holds no more than %(most)d requirements.") % {"most": MOST_REQUIREMENTS}
        )
    requirement.save()
    _record(events.FrameworkAmended(version.number, code, what), version, by=by, at=at)
    return requirement


@transaction.atomic
def drop(version: Version, code: str, *, by: Person, at: datetime) -> None:
    """Take a requirement out of a draft. Earlier versions keep it. Raises Forbidden, NotAmendable."""
    require(by, Capability.KEEP_FRAMEWORK)
    _held_draft(version)
    dropped, _each = Requirement.objects.filter(version=version, code=code).delete()
    if not dropped:
        raise NotAmendable(_("The draft has no requirement called “%(code)s”.") % {"code": code[:60]})
    _record(events.FrameworkAmended(version.number, code, "removed"), version, by=by, at=at)


@transaction.atomic
def propose(version: Version, *, takes_effect_on: date, by: Person, at: datetime) -> None:
    """Let a draft stand still, to be adopted by somebody else and take effect on that day.

    The day is not before today and after that of every adopted version: what applied in the past never changes.
    Raises Forbidden, NotProposable.
    """
    require(by, Capability.KEEP_FRAMEWORK)
    latest = Version.objects.latest_adopted()
    if takes_effect_on < london_date(at):
        raise NotProposable(_("A version takes effect today or later."), pointer="takes_effect_on")
    if (
        latest is not None
        and latest.takes_effect_on is not None
        and takes_effect_on <= latest.takes_effect_on
    ):
        raise NotProposable(
            _("Version %(number)d takes effect on %(day)s; this one must take effect after that.")
            % {"number": latest.number, "day": date_format(latest.takes_effect_on)},
            pointer="takes_effect_on",
        )
    # Under the lock, so that nobody is putting a requirement in just now.
    _held_draft(version, refusal=NotProposable)
    if not Requirement.objects.filter(version=version).exists():
        raise NotProposable(_("The draft holds no requirement."))
    Version.objects.filter(pk=version.pk, status=Version.Status.DRAFT).update(
        status=Version.Status.PROPOSED,
        takes_effect_on=takes_effect_on,
        proposals=F("proposals") + 1,
        proposed_by=by,
        proposed_at=at,
    )
    happened = events.FrameworkProposed(version.number, takes_effect_on.isoformat())
    _record(happened, version, by=by, at=at)


@transaction.atomic
def send_back(version: Version, *, seen: int, reason: str, by: Person, at: datetime) -> None:
    """Make a proposed version a draft again. `seen` is its `proposals` as read. Raises Forbidden, NotAdoptable."""
    require(by, Capability.KEEP_FRAMEWORK)
    if not reason.strip():
        raise NotAdoptable(_("Say why."), pointer="reason")
    moved = Version.objects.filter(pk=version.pk, status=Version.Status.PROPOSED, proposals=seen).update(
        status=Version.Status.DRAFT, proposed_by=None, proposed_at=None
    )
    if not moved:
        raise NotAdoptable(_("%(version)s is not proposed as you saw it. Look again.") % {"version": version})
    _record(events.FrameworkSentBack(version.number), version, by=by, at=at, reason=reason.strip())


@transaction.atomic
def adopt(version: Version, *, seen: int, reason: str = "", by: Person, at: datetime) -> None:
    """Adopt a proposed version, for good. `seen` is its `proposals` as read: what was proposed anew is looked at anew.

    `reason` is kept in the history.

    Raises Forbidden, NotAdoptable.
    """
    require(by, Capability.KEEP_FRAMEWORK)
    proposed = Version.objects.filter(pk=version.pk, status=Version.Status.PROPOSED, proposals=seen)
    today = london_date(at)
    moved = (
        proposed.exclude(proposed_by=by)
        .filter(takes_effect_on__gte=today)
        .update(status=Version.Status.ADOPTED, adopted_by=by, adopted_at=at)
    )
    if not moved:
        stands = proposed.first()
        if stands is None:
            raise NotAdoptable(
                _("%(version)s is not proposed as you saw it. Look again.") % {"version": version}
            )
        if stands.proposed_by_id == by.pk:
            raise NotAdoptable(_("You proposed it. Somebody else adopts it."))
        raise NotAdoptable(_("The day on which it was to take effect has passed. Send it back."))
    adopted = Version.objects.get(pk=version.pk)
    assert adopted.takes_effect_on is not None  # noqa: S101 - by constraint
    _record(
        events.FrameworkAdopted(adopted.number, adopted.summary, adopted.takes_effect_on.isoformat()),
        adopted,
        by=by,
        at=at,
        reason=reason.strip(),
    )


def _held_draft(version: Version, refusal: type[Refusal] = NotAmendable) -> Version:
    """The draft, locked until the transaction ends; whoever proposes it waits."""
    draft = Version.objects.select_for_update().filter(pk=version.pk, status=Version.Status.DRAFT).first()
    if draft is None:
        raise refusal(_("%(version)s is no draft any more.") % {"version": version})
    return draft


def _summary(summary: str) -> str:
    summary = summary.strip()
    if not summary or len(summary) > 500:
        raise Invalid({"summary": [_("Say in up to 500 characters what changes and why.")]})
    return summary


def _record(happened: Any, version: Version, *, by: Person, at: datetime, reason: str = "") -> None:
    record(happened, force=None, by=by, at=at, subject=version.subject, reason=reason)


# A force -------------------------------------------------------------------------------------------


def tighten(
    force: Force,
    *,
    requirement: str,
    parameter: str,
    value: Any,
    why: str,
    starts_on: date,
    by: Person,
    at: datetime,
) -> Tightening:
    """Hold the force to more than the nation asks, from `starts_on` (today or later) until it is ended. It is public.

    `value` is of the parameter's kind (see `checks.Parameter`). It is refused unless it is stricter than the nation's
    on that day. Raises Forbidden, Invalid (by field), NotTightenable.
    """
    require(by, Capability.TIGHTEN_RULES, force)
    refuse_personal_data({"why": why}, force=force)
    errors = _why(why)
    if starts_on < london_date(at):
        past = {"starts_on": [_("Enter today or a later day: what applied in the past does not change.")]}
        raise Invalid(past | errors)
    rule = _national_rule(requirement, starts_on)
    spec = _tightenable(rule, parameter)
    national = rule.national[parameter]
    try:
        read = spec.read(value)
    except ValueError as error:
        errors["value"] = [str(error)]
    if errors:
        raise Invalid(errors)
    if not spec.is_tighter(national, read):
        raise NotTightenable(
            _(
                "A force may be stricter than the nation, never less strict. The nation’s value is: %(national)s."
            )
            % {"national": spec.in_words(national)},
            pointer="value",
        )
    kept = list(read) if isinstance(read, tuple) else read
    with acting(force, by):
        try:
            with transaction.atomic():
                made = Tightening.objects.create(
                    force=force,
                    requirement=requirement,
                    parameter=parameter,
                    value=kept,
                    why=why.strip(),
                    starts_on=starts_on,
                    decided_by=by,
                    decided_at=at,
                )
        except IntegrityError as error:
            raise NotTightenable(
                _("The force has a stricter value of its own for some of those days. End that one first.")
            ) from error
        record(
            events.RuleTightened(
                force=force.code,
                requirement=requirement,
                parameter=parameter,
                value=json.dumps(kept),
                national=json.dumps(list(national) if isinstance(national, tuple) else national),
                why=made.why,
                starts_on=starts_on.isoformat(),
            ),
            force=force,
            by=by,
            at=at,
            subject=made.subject(force),
            reason=made.why,
        )
    return made


def end_tightening(tightening: Tightening, *, ends_on: date, why: str, by: Person, at: datetime) -> None:
    """Let the nation's value hold again from `ends_on`: tomorrow at the earliest, for today it has applied already.

    One that has not begun by then never holds. Raises Forbidden, Invalid, NotTightenable (ended already).
    """
    force = tightening.force
    require(by, Capability.TIGHTEN_RULES, force)
    refuse_personal_data({"why": why}, force=force)
    errors = _why(why)
    ends_on = max(ends_on, tightening.starts_on)
    tomorrow = london_date(at) + timedelta(days=1)
    if ends_on < tomorrow and tightening.starts_on < tomorrow:
        errors["ends_on"] = [_("Enter tomorrow or a later day: what applied until today does not change.")]
    if errors:
        raise Invalid(errors)
    with acting(force, by):
        moved = Tightening.objects.filter(pk=tightening.pk, force=force, ended_at=None).update(
            ends_on=ends_on, ended_by=by, ended_at=at, ended_why=why.strip()
        )
        if not moved:
            raise NotTightenable(_("It has been ended already."))
        record(
            events.TighteningEnded(
                force=force.code,
                requirement=tightening.requirement,
                parameter=tightening.parameter,
                why=why.strip(),
                ends_on=ends_on.isoformat(),
            ),
            force=force,
            by=by,
            at=at,
            subject=tightening.subject(force),
            reason=why.strip(),
        )


def _why(why: str) -> dict[str, list[str]]:
    if 0 < len(why.strip()) <= MOST_WORDS:
        return {}
    return {"why": [_("Say in up to %(most)d characters why. It is published.") % {"most": MOST_WORDS}]}


def _national_rule(code: str, on: date) -> Rule:
    for rule in rules_for(None, on):
        if rule.code == code:
            return rule
    raise NotTightenable(_("No requirement called “%(code)s” is in force on that day.") % {"code": code[:60]})


def _tightenable(rule: Rule, parameter: str) -> Parameter:
    spec = CHECKS[rule.check].parameters.get(parameter) if rule.check else None
    if spec is None or spec.tighter == "none":
        raise NotTightenable(_("“%(title)s” has no such value that a force may set.") % {"title": rule.title})
    return spec
