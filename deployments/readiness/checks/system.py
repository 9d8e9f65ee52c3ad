"""Algorithm, people and equipment: what other services know of them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from coordination.framework.vocabulary import PlanRole
from deployments.readiness.finding import Found, check, met, not_met
from deployments.readiness.moments import words_of
from deployments.readiness.services import NOT_RECORDED, Tested
from deployments.readiness.subject import CannotTell, Subject


@check
def within_tested(subject: Subject) -> Found:
    algorithm, threshold = subject.tell("system", "algorithm"), subject.tell("system", "threshold")
    if algorithm is None or threshold is None:
        return not_met(_("The plan does not say which algorithm and threshold it uses."))
    if subject.algorithm_for is not None and subject.algorithm_for != subject.technology:
        return not_met(_("The algorithm is not registered for this use."))
    tested = subject.answers.tested
    if tested is NOT_RECORDED:
        raise CannotTell(_("Not recorded: what was tested nationally."))
    if tested is None:
        return not_met(_("No national test of this algorithm version is recorded."))
    outside = _outside(subject, tested, Decimal(threshold))
    told = {"report": tested.report, "what": "; ".join(outside)}
    if outside:
        return not_met(_("Outside %(report)s: %(what)s.") % told)
    return met(_("Within %(report)s.") % told)


def _outside(subject: Subject, tested: Tested, threshold: Decimal) -> list[str]:
    camera, watchlist = subject.tell("place", "camera"), subject.tell("watchlist", "most")
    found = []
    if tested.withdrawn_because:
        found.append(_("withdrawn: %(why)s") % {"why": tested.withdrawn_because})
    if tested.lowest is not None and threshold < tested.lowest:
        found.append(_("threshold below %(least)s") % {"least": tested.lowest})
    if tested.highest is not None and threshold > tested.highest:
        found.append(_("threshold above %(most)s") % {"most": tested.highest})
    if tested.cameras and camera not in tested.cameras:
        found.append(_("not tested with these cameras"))
    if tested.largest_watchlist is not None and (watchlist is None or watchlist > tested.largest_watchlist):
        found.append(_("watchlist of more than %(most)s") % {"most": f"{tested.largest_watchlist:,}"})
    if tested.until is not None and subject.on is not None and tested.until < subject.on:
        found.append(_("it held until %(on)s") % {"on": words_of(tested.until)})
    return found


@check
def people_trained(subject: Subject, *, roles: tuple[str, ...]) -> Found:
    certified = subject.answers.certified
    if certified is NOT_RECORDED:
        raise CannotTell(_("Not recorded: who holds a certificate."))
    wanting, unknown = [], []
    for role in roles:
        label = str(PlanRole(role).label) if role in PlanRole.values else role
        if role not in certified:
            unknown.append(label)
        elif certified[role].certified < certified[role].people or not certified[role].people:
            told = {"role": label, "n": certified[role].certified, "all": certified[role].people}
            wanting.append(_("%(role)s: %(n)d of %(all)d") % told)
    if wanting:
        return not_met(
            _("Holding a certificate that lasts through the deployment: %(what)s.")
            % {"what": "; ".join(wanting)}
        )
    if unknown:
        raise CannotTell(
            _("Not recorded: certificates of these parts: %(what)s.") % {"what": "; ".join(unknown)}
        )
    return met(_("Everybody in these parts holds a certificate that lasts through the deployment."))


@check
def advisories_acknowledged(subject: Subject) -> Found:
    advisories = subject.answers.advisories
    if advisories is NOT_RECORDED:
        raise CannotTell(_("Not recorded: national advisories."))
    if advisories.open:
        return not_met(_("Not acknowledged: %(what)s.") % {"what": "; ".join(advisories.open)})
    return met(_("No national advisory that bears on the plan waits to be acknowledged."))


@check
def kit_booked(subject: Subject) -> Found:
    booked = subject.answers.booked
    if booked is NOT_RECORDED:
        raise CannotTell(_("Not recorded: equipment and its bookings."))
    if booked.starts_at is None or booked.ends_at is None:
        return not_met(_("No equipment is booked for the plan."))
    if subject.starts_at is None or subject.ends_at is None:
        raise CannotTell(_("The plan does not say when the deployment starts and ends."))
    if booked.starts_at > subject.starts_at or booked.ends_at < subject.ends_at:
        return not_met(
            _("%(what)s is booked for a part of the time alone: %(from)s to %(to)s.")
            % {"what": booked.what, "from": words_of(booked.starts_at), "to": words_of(booked.ends_at)}
        )
    return met(_("%(what)s is booked for the time of the deployment.") % {"what": booked.what})
