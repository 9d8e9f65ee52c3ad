"""What follows a deployment: deletion, and its result on the national register."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from deployments.readiness.finding import Found, check, met, not_met
from deployments.readiness.moments import start_of, words_of
from deployments.readiness.services import NOT_RECORDED
from deployments.readiness.subject import CannotTell, Subject
from forces.clock import LONDON


@check
def deletion_attested(subject: Subject, *, hours: int) -> Found:
    if subject.is_record:
        raise CannotTell(_("It cannot be judged from what was published."))
    if subject.ends_at is None:
        raise CannotTell(_("The plan does not say when the deployment ends."))
    due = subject.ends_at + timedelta(hours=hours)
    told, deletion = {"due": words_of(due)}, subject.answers.deletion
    if deletion is not NOT_RECORDED and deletion.attested_at is not None:
        if deletion.attested_at > due:
            return not_met(_("Deletion was attested late: it was due by %(due)s.") % told)
        return met(_("Deletion was attested by %(due)s, as it had to be.") % told)
    if subject.at <= due:
        raise CannotTell(_("Deletion must be attested by %(due)s.") % told, due)
    if deletion is NOT_RECORDED:
        raise CannotTell(_("Not recorded: whether deletion was attested by %(due)s.") % told)
    return not_met(_("Deletion was to be attested by %(due)s, and was not.") % told)


@check
def results_within(subject: Subject, *, days: int) -> Found:
    if subject.on is None:
        raise CannotTell(_("The plan does not say on which day."))
    # The whole of the last day counts, in London.
    last = (subject.ends_at.astimezone(LONDON).date() if subject.ends_at else subject.on) + timedelta(
        days=days
    )
    due = start_of(last + timedelta(days=1))
    told = {"due": words_of(last)}
    if subject.published_at is not None:
        if subject.published_at >= due:
            return not_met(_("The result was published after %(due)s.") % told)
        return met(_("The result was published by %(due)s, as it had to be.") % told)
    if subject.is_record:
        raise CannotTell(_("Not published: on which day the force published the result."))
    if subject.at < due:
        raise CannotTell(_("The result must be published by %(due)s.") % told, due)
    return not_met(_("The result was to be published by %(due)s, and is not on the register.") % told)
