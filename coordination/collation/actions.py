"""What people at the centre do about the statistics: say what they make of a sign of change."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from coordination.collation.events import SignalDecided
from coordination.collation.signals.models import Decision, Signal
from events.outbox import record
from forces.capabilities import Capability
from forces.models import Person
from forces.permissions import require
from forces.refusals import Refusal
from forces.tenancy import acting


class NotDecidable(Refusal):
    """The signal does not wait for a decision."""


def decide_signal(signal: Signal, *, decision: str, reason: str, by: Person, at: datetime) -> None:
    """Say what is made of a signal, once. The reason stands in the force's history, where the force reads it.

    Raises Forbidden, NotDecidable (decided already, or over), Refusal (no reason, or no such decision).
    """
    require(by, Capability.DECIDE_SIGNALS)
    if decision not in Decision.values:
        raise Refusal(_("Choose what you make of it."), pointer="decision")
    if not reason.strip():
        raise Refusal(_("Say why."), pointer="reason")
    with acting(signal.force, by):
        waiting = Signal.objects.owned_by(signal.force).filter(pk=signal.pk, decision="", ended_at=None)
        if not waiting.update(decision=decision, reason=reason.strip(), decided_by=by, decided_at=at):
            raise NotDecidable(
                _("Nothing waits to be decided here: somebody has decided, or the figures no longer show it.")
            )
        record(
            SignalDecided(signal.pk, signal.measure, decision),
            force=signal.force,
            by=by,
            at=at,
            subject=signal.subject,
            reason=reason.strip(),
        )
