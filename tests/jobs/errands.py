"""Jobs of the tests' own. `errand_trace` takes a row for each step done and has no key, so a doubled step shows."""

from __future__ import annotations

import os
import signal
import time

import psycopg
from django.db import connection

from forces.capabilities import Capability
from forces.permissions import require
from forces.refusals import Refusal
from jobs.progress import Progress
from jobs.registry import job

TABLE = """
CREATE TABLE errand_trace (job bigint, step int, pid int);
GRANT SELECT, INSERT ON errand_trace TO {app}, {national};
"""


@job("tests.errand", Capability.RECORD_RESULTS)
def errand(progress: Progress) -> dict[str, int]:
    """`steps` steps of `seconds` each, telling by `fault` and `at` what goes wrong and where."""
    require(progress.by, Capability.RECORD_RESULTS, progress.force)
    steps, fault = progress.payload["steps"], progress.payload.get("fault")
    for step in range(progress.data.get("next", 0), steps):
        with progress.step():
            time.sleep(progress.payload.get("seconds", 0))
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO errand_trace VALUES (%s, %s, %s)", [progress.job_id, step, os.getpid()]
                )
            if step == progress.payload.get("at"):
                if fault == "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                if fault == "refuse":
                    raise Refusal("The file has no rows.")
                if fault == "raise":
                    raise ZeroDivisionError("secret detail")
            progress.checkpoint({"next": step + 1}, done=step + 1, total=steps)
    return {"steps": steps}


def make_trace(place) -> None:
    app = psycopg.conninfo.conninfo_to_dict(place.app_url)["user"]
    with psycopg.connect(place.owner_url, autocommit=True) as owner:
        owner.execute(TABLE.format(app=app, national=f"{app}_national"))


def trace(job) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT step FROM errand_trace WHERE job = %s ORDER BY step", [job.pk])
        return [row[0] for row in cursor.fetchall()]
