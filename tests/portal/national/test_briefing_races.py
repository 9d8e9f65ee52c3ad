"""Two who press at once, and a worker that is killed amid a pack: one answer, whole packs, nothing left behind."""

import os
import subprocess
import sys
import threading

import pytest
from django.db import connection
from django.urls import reverse

from coordination.briefing import actions
from coordination.briefing.asked import Asked
from coordination.briefing.models import Answer, Pack
from forces.clock import db_now
from forces.tenancy import national_scope
from jobs import runner
from jobs.models import Job
from portal.national.public_addresses import addresses_on
from tests.people import make_national

pytestmark = pytest.mark.commits

KILLED = """
import os, signal, sys, django, typst
django.setup()
from jobs import runner
typst.compile = lambda *given, **more: os.kill(os.getpid(), signal.SIGKILL)
runner.run(int(sys.argv[1]))
"""


def test_a_worker_killed_amid_a_pack_leaves_nothing_and_the_next_makes_it(committed_db, settings, signed_in):
    settings.JOBS_LEASE = 1
    client = signed_in(make_national("national_lead"))
    client.post(reverse("admin:national-pack-make"))
    with national_scope():
        job = Job.objects.get()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(job.pk)],
        env={**os.environ, **committed_db.environment(), "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
        timeout=60,
    )
    assert done.returncode == -9
    assert not Pack.objects.exists()
    with national_scope():
        Job.objects.filter(pk=job.pk).update(lease_until=job.requested_at)
    runner.run(job.pk)
    with national_scope():
        assert Job.objects.get().state == Job.State.SUCCEEDED
    assert Pack.objects.count() == 1


def at_once(*works):
    """Run these in threads that begin together; what each returned or raised, in order."""
    ready, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            ready.wait(30)
            found[place] = work()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def test_two_who_answer_at_once_give_one_answer(committed_db):
    lead = make_national("national_lead")
    asked = Asked.stored("deployments-by-year", {})
    question = actions.save_question(title="How often?", reference="", asked=asked, by=lead, at=db_now())
    addresses = addresses_on("https://register.example")

    def press():
        return actions.answer(question, seen=0, addresses=addresses, by=lead, at=db_now())

    kinds = sorted(type(each).__name__ for each in at_once(press, press))
    assert kinds == ["Answer", "AnsweredMeanwhile"]
    assert Answer.objects.count() == 1


def test_two_workers_on_one_pack_make_one_and_two_presses_two(committed_db, signed_in):
    client = signed_in(make_national("national_lead"))
    client.post(reverse("admin:national-pack-make"))
    with national_scope():
        job = Job.objects.get().pk
    at_once(lambda: runner.run(job), lambda: runner.run(job))
    assert Pack.objects.count() == 1
    for _time in range(2):
        client.post(reverse("admin:national-pack-make"))
    with national_scope():
        jobs = list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True))
    at_once(*(lambda job=job: runner.run(job) for job in jobs))
    # Only so many jobs run at once: what found no room waits for the next call.
    for job in jobs:
        runner.run(job)
    packs = list(Pack.objects.all())
    assert len(packs) == 3
    assert len({pack.figures for pack in packs}) == 1
    assert all(bytes(pack.pdf).startswith(b"%PDF-") for pack in packs)
