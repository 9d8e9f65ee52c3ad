"""Who authorised it: rank, how, and that it was another person."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from deployments.readiness.finding import Found, check, met, not_applicable, not_met
from deployments.readiness.moments import words_of
from deployments.readiness.subject import CannotTell, Given, Subject
from forces.ranks import Rank

ORDER = [str(rank) for rank in Rank]  # junior to senior


def _given(subject: Subject) -> Given:
    if subject.is_record:
        raise CannotTell(_("It cannot be judged from what was published."))
    if subject.authority is None:
        raise CannotTell(_("No authority has been given yet."), subject.starts_at)
    return subject.authority


def _label(rank: str) -> str:
    return str(Rank(rank).label) if rank in ORDER else rank


def _judged(held: str, rank: str) -> Found:
    if held not in ORDER:
        raise CannotTell(_("Not recorded: the rank of whoever authorised it."))
    told = {"held": _label(held), "rank": _label(rank)}
    if ORDER.index(held) < ORDER.index(rank):
        return not_met(_("Authorised by: %(held)s. Needed: %(rank)s or above.") % told)
    return met(_("Authorised by: %(held)s. Needed: %(rank)s or above.") % told)


@check
def authority_rank(subject: Subject, *, rank: str) -> Found:
    given = _given(subject)
    if not given.is_urgent:
        return _judged(given.rank, rank)
    if given.confirmed_at is None:
        return not_applicable(_("Given in urgency: judged when it is confirmed in writing."))
    return _judged(given.confirmed_rank, rank)


@check
def urgent_rank(subject: Subject, *, rank: str) -> Found:
    if subject.authority is None and not subject.is_record and not subject.is_urgent:
        return not_applicable(_("The plan does not ask for urgent authority."))
    given = _given(subject)
    if not given.is_urgent:
        return not_applicable(_("The authority was given in writing."))
    return _judged(given.rank, rank)


@check
def urgent_confirmed(subject: Subject, *, hours: int) -> Found:
    if subject.authority is None and not subject.is_record and not subject.is_urgent:
        return not_applicable(_("The plan does not ask for urgent authority."))
    given = _given(subject)
    if not given.is_urgent:
        return not_applicable(_("The authority was given in writing."))
    due = (given.given_at or given.at) + timedelta(hours=hours)
    told = {"due": words_of(due)}
    if given.confirmed_at is not None:
        if given.confirmed_at > due:
            return not_met(_("It was confirmed in writing late: it was due by %(due)s.") % told)
        return met(_("It was confirmed in writing by %(due)s, as it had to be.") % told)
    if subject.at > due:
        return not_met(_("It was to be confirmed in writing by %(due)s, and was not.") % told)
    raise CannotTell(_("It must be confirmed in writing by %(due)s.") % told, due)


@check
def authority_by_another(subject: Subject) -> Found:
    given = _given(subject)
    if given.by in subject.authors:
        return not_met(_("Whoever authorises it wrote part of the plan."))
    return met(_("Whoever authorises it wrote none of the plan."))
