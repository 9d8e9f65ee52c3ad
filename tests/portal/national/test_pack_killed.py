"""A pack whose worker is killed amid it: nothing is left behind, and the next worker makes it."""

import os
import subprocess
import sys

import pytest
from django.urls import reverse

from coordination.briefing.models import Pack
from forces.tenancy import national_scope
from jobs import runner
from jobs.models import Job
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
