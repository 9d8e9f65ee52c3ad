"""Why, where, and what the plan must say in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.framework.vocabulary import PLAN_TEXTS, UseCase
from deployments.readiness.finding import Found, check, met, not_met
from deployments.readiness.subject import CannotTell, Subject


@check
def text_given(subject: Subject, *, fields: tuple[str, ...]) -> Found:
    wanting, unsure = [], None
    for path in fields:
        task, name = path.split(".")
        try:
            if subject.tell(task, name) is None:
                wanting.append(str(PLAN_TEXTS.get(path, path)))
        except CannotTell as reason:
            unsure = reason
    if wanting:
        return not_met(_("The plan does not say: %(what)s.") % {"what": "; ".join(wanting)})
    if unsure:
        raise unsure
    return met(ngettext("The plan says so.", "The plan says all %(n)d.", len(fields)) % {"n": len(fields)})


@check
def use_case_listed(subject: Subject, *, allowed: tuple[str, ...]) -> Found:
    use = subject.tell("purpose", "use_case")
    if use is None:
        return not_met(_("The plan does not say what the deployment is for."))
    label = UseCase(use).label if use in UseCase.values else use
    if use in allowed:
        return met(_("The use is on the list: %(use)s.") % {"use": label})
    return not_met(_("The use is not on the list: %(use)s.") % {"use": label})


@check
def location_basis(subject: Subject) -> Found:
    basis, reason = subject.tell("place", "location_basis"), subject.tell("place", "location_reason")
    if basis is None:
        return not_met(_("The plan does not say why this place was chosen."))
    if reason is None:
        return not_met(_("The plan does not say what shows that this is the place."))
    return met(_("The plan says why this place, and what shows it."))
