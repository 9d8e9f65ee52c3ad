"""The page that takes a stranger to a published result is true: its commands are run as they stand on it."""

import html
import json
import re
import shutil
import subprocess
import urllib.request

import pytest
from django.test import Client

from deployments.models import Deployment
from directory import demonstration as people
from forces.capabilities import FOR_SYSTEMS
from forces.clock import db_now, london_date
from forces.reference import load_forces
from forces.tenancy import national_scope
from tests.browser.server import serving_the_site

pytestmark = pytest.mark.commits
PAGE = "/developers/get-started/"


@pytest.fixture
def site(committed_db):
    if shutil.which("curl") is None:
        pytest.skip("no curl")
    load_forces()
    people.load()
    with serving_the_site() as address:
        yield address


@pytest.fixture
def shell(tmp_path):
    """One shell, as somebody keeps it open: what a block leaves behind, the next one finds."""
    held = tmp_path / "held"
    held.touch()
    # Where a command does not ask for it, curl fails for a refusal all the same.
    (tmp_path / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")

    def run(block, given=""):
        done = subprocess.run(
            ["sh", "-c", f". ./held\nset -eu\n{block}\nset | grep -E '^(TOKEN|REFERENCE)=' > held || true"],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(tmp_path)},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        kept = [(tmp_path / name).read_text() for name in ("now.json", "recorded.json", "token.json")
                if (tmp_path / name).exists()]  # fmt: skip
        assert done.returncode == 0, (block, done.stdout, done.stderr, kept)
        return done.stdout

    return run


def blocks_of(page):
    """What is to be typed, in order; answers to look at stand inside <details>."""
    page = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    return [
        html.unescape(each) for each in re.findall(r'<code class="lfr-code">(.*?)</code>', page, re.DOTALL)
    ]


def signed_in(page, role):
    """Through the link of the page to the button that it names; ends where the link says."""
    links = re.findall(r'href="(/sign-in/\?next=[^"]+)"', page)
    persona = next(each for each in people.PERSONAS if (each.force, each.role_code) == ("northmoor", role))
    assert f"{persona.role.name}, {persona.name}" in html.unescape(page)
    client = Client()
    for link in links:
        there = client.get(link).content.decode()
        wanted = re.search(r'name="next" value="([^"]+)"', there)[1]
        answer = client.post("/sign-in/persona/", {"persona": persona.key, "next": wanted}, follow=True)
        if answer.status_code == 200:
            return client, answer
    raise AssertionError(f"no link leads {role} to where they may go")


def connected(page):
    """As the owner, in the portal: the line to keep."""
    client, form = signed_in(page, "force_owner")
    assert form.request["PATH_INFO"].endswith("/systems/connect/")
    day = london_date(db_now())
    shown = client.post(
        form.request["PATH_INFO"],
        {
            "once": form.context["once"],
            "name": "My system",
            "capabilities": [each.value for each in FOR_SYSTEMS],
            "last_day-day": day.day,
            "last_day-month": day.month,
            "last_day-year": day.year,
        },
    ).content.decode()
    line = html.unescape(re.search(r'id="file">([^<]+)<', shown)[1])
    assert line.startswith("user = ")
    return f"{line}\n"


def published(page, reference):
    """As whoever may review and publish, by the forms of the portal."""
    client, dashboard = signed_in(page, "data_publisher")
    assert reference in dashboard.content.decode() and "Market Place" in dashboard.content.decode()
    at = f"/portal/northmoor/deployments/{reference}/"
    for step, button in (("review/", "I have checked it: it is right"), ("publish/", "Publish for")):
        form = client.get(f"{at}{step}").content.decode()
        assert button in form
        seen = re.search(r'name="seen" value="([^"]+)"', form)[1]
        assert client.post(f"{at}{step}", {"seen": seen}).status_code == 302


def withdrawn(page, reference):
    client, _dashboard = signed_in(page, "data_publisher")
    address = f"/portal/northmoor/deployments/{reference}/withdraw/"
    form = client.get(address).content.decode()
    said = {name: re.search(rf'name="{name}" value="([^"]+)"', form)[1] for name in ("seen", "discards")}
    assert client.post(address, said | {"reason": "It was a training exercise."}).status_code == 302


def test_a_stranger_comes_from_nothing_to_a_published_result(site, shell, tmp_path):
    page = urllib.request.urlopen(f"{site}{PAGE}").read().decode()
    blocks = blocks_of(page)
    first = next(at for at, block in enumerate(blocks) if "system.curl" in block)
    for block in blocks[:first]:
        shell(block)
    write, *rest = blocks[first:]
    shell(write, given=connected(page))
    assert (tmp_path / "system.curl").stat().st_mode & 0o077 == 0
    token, result, record, read, amend, public, correct, withdraw, last, decided = rest
    for block in (token, result, record, read, amend):
        assert shell(block) == ""
    said = json.loads((tmp_path / "now.json").read_text())
    assert (said["state"], said["result"]["said"]["place"]) == ("recorded", "Market Place")
    published(page, said["reference"])
    first_read = shell(public)
    assert json.loads(first_read)["document"]["place"]["name"] == "Market Place"
    for block in (correct, withdraw):
        assert shell(block) == ""
    said = json.loads((tmp_path / "now.json").read_text())
    assert said["correction"]["said"]["watchlist_size"] == 9674
    assert said["withdrawal"]["reason"] == "It was a training exercise."
    assert shell(last) == first_read
    published(page, said["reference"])
    assert json.loads(shell(last))["version"] == 2
    withdrawn(page, said["reference"])
    assert shell(decided) == ""
    assert json.loads((tmp_path / "now.json").read_text())["state"] == "withdrawn"
    # Sent again under its key, it has no second effect.
    shell(record)
    with national_scope():
        assert Deployment.objects.across_forces(reason="tests").count() == 1


def test_what_is_shown_as_the_answer_is_one(site):
    page = urllib.request.urlopen(f"{site}{PAGE}").read().decode()
    shown = re.search(r"<details.*?<code[^>]*>(.*?)</code>", page, re.DOTALL)[1]
    assert json.loads(html.unescape(shown))["missing"][0]["code"] == "review"


def test_the_owner_is_told_that_they_can_neither_review_nor_publish(site):
    page = urllib.request.urlopen(f"{site}{PAGE}").read().decode()
    assert "can neither review nor publish what it writes" in page


def test_where_nothing_is_made_up_nobody_is_named(client, db, settings):
    settings.DEMONSTRATION = False
    page = client.get(PAGE).content.decode()
    assert not [each.name for each in people.PERSONAS if each.name in page]
    assert "realm=demonstration" not in page
