"""When beat rings: a clock that was set for a while leaves no silence behind."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler


class Bells(PersistentScheduler):
    """Celery's own, but that a bell seems to have been rung in the future at most until the next look.

    A clock that was ahead for a moment, or is set back, would otherwise put the next ring off by as much, and the file
    would remember it through a restart.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Ring what is due; seconds until the next look."""
        now = self.app.now()
        for bell in self.schedule.values():
            if bell.last_run_at > now:
                bell.last_run_at = now
                self._heap = None  # made anew from what the bells say now
        return float(super().tick(*args, **kwargs))
