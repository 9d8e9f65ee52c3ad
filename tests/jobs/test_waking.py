"""A broker that is away costs nobody anything but seconds."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.chaos.processes import ROOT

_ASK = """
import django; django.setup()
import time
from jobs.waking import wake
wake(1)
began = time.monotonic()
wake(2)
print(time.monotonic() - began)
"""


def test_calling_a_job_does_not_wait_for_a_broker_that_is_away():
    asked = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0", "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert asked.returncode == 0, asked.stderr
    assert float(asked.stdout) < 15, "the person's page would hang so long"
    assert "job 2 is not called yet, the broker is away" in asked.stderr
