"""Long work of the centre's pages: a door sees every floor, so it can put a briefing pack together."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import translation

from coordination.briefing import actions
from coordination.briefing.pack import Waiting
from forces.capabilities import Capability
from forces.clock import db_now
from forces.tenancy import national_scope
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import job
from portal.national.public_addresses import addresses_on
from portal.national.waiting import all_that_waits, at_forces

PACK = "briefing.pack"


@job(PACK, Capability.ANSWER_QUESTIONS)
def make_pack(progress: Progress) -> dict[str, Any]:
    """Payload: {"site": address of the public register without a slash at its end}. Result: {"pack": uid}.

    All of it is one step: a worker that dies leaves nothing behind, and the next begins again. A pack that was kept
    before its worker died is found by its job.
    """
    with progress.step():
        number = Job.objects.values_list("uid", flat=True).get(pk=progress.job_id)
        made = actions.make_pack(
            job=uuid.UUID(str(number)),
            decisions=open_decisions(),
            addresses=addresses_on(str(progress.payload["site"])),
            by=progress.by,
            at=db_now(),
        )
        progress.checkpoint({"pack": str(made.uid)}, done=1, total=1)
    return {"pack": str(made.uid)}


def open_decisions() -> list[Waiting]:
    """Everything real that waits, whoever may act on it, then what waits at forces."""
    now = db_now()
    with translation.override(actions.LANGUAGE), national_scope():
        found = [*all_that_waits(now), *at_forces()]
        return [Waiting(str(each.title), each.count, each.oldest, str(each.hint)) for each in found]
