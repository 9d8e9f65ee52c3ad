"""Looking at the charts of forces whose figures have moved: new signals are recorded, those that are over ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from coordination.collation import events
from coordination.collation.counting import alone
from coordination.collation.run_chart import RunChart
from coordination.collation.run_chart import Signal as Seen
from coordination.collation.signals.models import Signal, Stirred
from coordination.collation.watching import watched
from events.outbox import record
from forces.clock import db_now
from forces.models import Force


def look_at_all() -> int:
    """Look at every force whose figures have moved; returns how many signals were raised or ended.

    A transaction for each force, under the lock under which its figures are counted: whoever comes second finds nothing
    to do, and figures that move meanwhile are looked at the next time.
    """
    changed = 0
    for force in Force.objects.filter(pk__in=Stirred.objects.values("force")).order_by("pk"):
        with alone(force):
            if Stirred.objects.filter(force=force).delete()[0]:
                changed += look(force, at=db_now())
    return changed


def look(force: Force, *, at: datetime) -> int:
    """Bring the force's signals in line with its charts; returns how many were raised or ended.

    A signal stays the same one for as long as its months overlap those that signal now, so repeating it changes nothing
    and a month more raises nothing anew. Only under `alone(force)`.
    """
    seen: dict[str, list[tuple[RunChart, Seen]]] = defaultdict(list)
    for each in watched(force.realm, force=force):
        seen[each.measure.code] = each.signals
    known: dict[str, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.owned_by(force).filter(ended_at=None).order_by("first", "pk"):
        known[signal.measure].append(signal)
    changed = 0
    for measure in sorted(seen.keys() | known.keys()):
        going_on = list(known[measure])
        for chart, one in seen[measure]:
            same = next(
                (each for each in going_on if each.first <= one.last and one.first <= each.last), None
            )
            if same is None:
                _raise(force, measure, chart, one, at=at)
                changed += 1
            else:
                going_on.remove(same)
                _keep(force, same, chart, one)
        changed += _end(force, going_on, at=at)
    return changed


def _told(chart: RunChart, one: Seen) -> dict[str, Any]:
    run = [month for month in chart.months if one.first <= month.starts_on <= one.last]
    off = [month for month in run if month.value != chart.median]
    return {
        "first": one.first,
        "last": one.last,
        "rules": [rule.value for rule in one.rules],
        "months_off_median": chart.off_median,
        "run": len(off) if len(chart.longest) > chart.longest_run else 0,
        "crossings": chart.crossings,
    }


def _raise(force: Force, measure: str, chart: RunChart, one: Seen, *, at: datetime) -> None:
    signal = Signal.objects.create(force=force, measure=measure, raised_at=at, **_told(chart, one))
    raised = events.SignalRaised(
        signal.pk, measure, one.first.isoformat()[:7], one.last.isoformat()[:7], " ".join(signal.rules)
    )
    record(raised, force=force, by=None, at=at, subject=signal.subject)


def _keep(force: Force, signal: Signal, chart: RunChart, one: Seen) -> None:
    told = _told(chart, one)
    if any(getattr(signal, name) != value for name, value in told.items()):
        Signal.objects.owned_by(force).filter(pk=signal.pk).update(**told)


def _end(force: Force, over: Iterable[Signal], *, at: datetime) -> int:
    ended = 0
    for signal in over:
        if Signal.objects.owned_by(force).filter(pk=signal.pk, ended_at=None).update(ended_at=at):
            record(
                events.SignalEnded(signal.pk, signal.measure),
                force=force,
                by=None,
                at=at,
                subject=signal.subject,
            )
            ended += 1
    return ended
