"""Telling the public: in time, or late with a published reason, and with signs at the place."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from deployments.readiness.finding import Found, check, met, not_applicable, not_met
from deployments.readiness.moments import words_of
from deployments.readiness.subject import CannotTell, Subject
from forces.clock import london_date


@check
def notice_before_start(subject: Subject, *, hours: int) -> Found:
    if subject.is_record:
        raise CannotTell(_("It cannot be judged from what was published."))
    if subject.starts_at is None:
        raise CannotTell(_("The plan does not say when the deployment starts."))
    latest = subject.starts_at - timedelta(hours=hours)
    told, words = subject.told, {"latest": words_of(latest)}
    if told.deferred:
        return _deferred(subject)
    if told.at is not None:
        if told.at <= latest:
            return met(_("The public was told by %(latest)s, as it had to be.") % words)
        if told.short_because:
            return met(
                _("The public was told after %(latest)s, and the reason is published with the notice.")
                % words
            )
        return not_met(_("The public was told after %(latest)s, and no reason was published.") % words)
    if subject.starts_at <= subject.at:
        return not_met(_("The public was to be told by %(latest)s, and was not.") % words)
    if latest < subject.at:
        raise CannotTell(
            _(
                "The latest moment for full notice was %(latest)s: the notice needs a reason, which is published."
            )
            % words,
            subject.starts_at,
        )
    raise CannotTell(_("The public must be told by %(latest)s.") % words, latest)


def _deferred(subject: Subject) -> Found:
    until = subject.told.deferred_until
    if until is None:
        return not_applicable(_("Under authority, the public is told later."))
    words = {"on": words_of(until)}
    if until < london_date(subject.at):
        return not_met(
            _("Under authority, the public is told later; this was to be looked at again by %(on)s.") % words
        )
    return not_applicable(
        _("Under authority, the public is told later; this is looked at again by %(on)s.") % words
    )


@check
def signage_planned(subject: Subject) -> Found:
    if subject.tell("notice", "signage") is None:
        return not_met(_("The plan does not say how signs tell people about the cameras."))
    return met(_("The plan says how signs tell people about the cameras."))
