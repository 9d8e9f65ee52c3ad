"""The commands of docs/how-to/connect-a-system.md, run as they stand."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from deployments import actions
from deployments.models import Deployment
from forces.clock import db_now
from forces.tenancy import national_scope
from tests.api.systems import connect
from tests.browser.server import serving_the_site
from tests.people import make_force, make_member

pytestmark = pytest.mark.commits
PAGE = Path(settings.BASE_DIR) / "docs/how-to/connect-a-system.md"


def test_the_commands_of_the_page_do_what_it_says(committed_db, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("no curl")
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    force = make_force("E23000032", "kent", "Kent Police")
    system = connect(force, make_member(force, "force_owner"))
    (tmp_path / "system.curl").write_text(f'user = "{system.client_id}:{system.secret}"\n')

    def run(*commands, **values):
        script = "\n".join(["set -eu", *commands, 'echo "$TOKEN $REFERENCE"']).replace(
            "http://localhost:8000", address
        )
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", **values},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.split()

    def said(name):
        return json.loads((tmp_path / name).read_text())

    with serving_the_site() as address:
        token, reference = run(*blocks[:3])
        assert said("recorded.json")["result"]["said"]["place"] == "Market Square"
        assert said("amended.json")["result"]["said"]["place"] == "Market Place"
        with national_scope():
            deployment = (
                Deployment.objects.across_forces(reason="tests")
                .select_related("force")
                .get(reference=reference)
            )
        publisher = make_member(force, "data_publisher")
        for step in (actions.review, actions.publish):
            step(deployment, seen=actions.Seen(1, 2), by=publisher, at=db_now())
        run(*blocks[3:], TOKEN=token, REFERENCE=reference)
        assert said("correcting.json")["correction"]["said"]["watchlist_size"] == 9674
        assert said("asked.json")["withdrawal"]["reason"] == "It was a training exercise."
