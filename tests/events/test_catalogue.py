"""Events keep their form for as long as they are stored, and the page about them is true."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from events.catalogue import contract, contract_text, known, page
from events.registry import EventType

ROOT = Path(__file__).resolve().parent.parent.parent
FROZEN = ROOT / "tests" / "contracts" / "events"


@pytest.mark.parametrize("kind", known(), ids=lambda kind: kind.name)
def test_a_payload_keeps_its_frozen_form(kind: EventType):
    path = FROZEN / f"{kind.name}.json"
    assert path.exists(), f"{kind.name} is new: run manage.py describe_events and commit what it writes"
    assert json.loads(path.read_text()) == contract(kind), (
        f"{kind.name} has changed under its name. Stored events and their readers rely on the old form: "
        "leave it as it was and add the next version as an event of its own."
    )


def test_an_event_that_was_ever_frozen_can_still_be_read():
    gone = {path.stem for path in FROZEN.glob("*.json")} - {kind.name for kind in known()}
    assert not gone, "stored events still carry these names: keep their dataclasses"


def test_the_page_about_events_is_what_the_program_says():
    assert (ROOT / "docs" / "events.md").read_text() == page(), "run manage.py describe_events"


def test_the_command_finds_nothing_to_write():
    call_command("describe_events", check=True)


def test_a_changed_payload_is_seen(tmp_path):
    @dataclass(frozen=True)
    class Before:
        """True at once."""

        reference: str

    @dataclass(frozen=True)
    class After:
        """True at once."""

        reference: str
        force: int | None = None

    before, after = (contract_text(EventType("a.b.v1", payload, False)) for payload in (Before, After))
    assert before != after
    assert '"force": [\n      "nothing",\n      "number"\n    ]' in after


def test_the_command_fails_where_something_would_change(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="docs/events"):
        call_command("describe_events", check=True)
    call_command("describe_events", stdout=StringIO())
    call_command("describe_events", check=True)
