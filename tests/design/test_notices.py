"""A notice is drawn from its document alone, the same before it is given and after."""

import json
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

from design.notices import notice_view, when
from forces.models import Force
from register.canonical import canonical_bytes
from tests.notices import DEFERRAL, cancelled, deferred, notice

KENT = Force(code="E23000032", slug="kent", name="Kent Police")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def drawn(document, now=NOW):
    return render_to_string("design/notice.html", {"notice": notice_view(document, now=now)})


def test_it_tells_where_when_why_and_who_decided():
    # As stored: canonical bytes have their fields in the order of their names.
    html = drawn(json.loads(canonical_bytes(notice(KENT))))
    for words in (
        "Market Square",
        "Saturday 12 December 2026, 10am to 4pm",
        "Find people who are wanted",
        "Wanted by the courts",
        "1,200 images",
        "Superintendent",
        "Signs at every way into the square.",
        "Made-up Vision NeoScan 4.2",
        'href="mailto:facial-recognition@force.example"',
        'href="https://force.example/dpia"',
    ):
        assert words in html


def test_a_deferred_one_tells_the_month_and_why():
    html = drawn(deferred(KENT))
    assert "In December 2026." in html
    assert "Assistant chief constable" in html
    assert "Market Square" not in html
    assert "12 December" not in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "cancelled", "cancelled_reason": "The van broke down."}, "The van broke down."),
        ({"status": "under_review"}, "deciding whether it goes ahead"),
        ({"deferral": DEFERRAL}, "Why the public was not told before"),
        ({"short_notice": {"latest": "2026-12-05T10:00:00Z", "reason": "A threat."}}, "A threat."),
        (
            {"overrides": [{"requirement": "x", "title": "Tested", "reason": "No time.", "rank": "Chief"}]},
            "It goes ahead without this, decided by: Chief. Why: No time.",
        ),
    ],
)
def test_what_is_out_of_the_ordinary_is_said(changes, words):
    assert words in drawn(notice(KENT) | changes)


def test_texts_of_a_force_are_shown_as_texts():
    html = drawn(notice(KENT, summary="<script>alert(1)</script>", contact="javascript:alert(1)"))
    assert "<script>" not in html
    assert 'href="javascript' not in html


def test_when_the_time_has_passed_it_says_that_a_notice_is_no_result():
    after = datetime(2026, 12, 12, 16, 1, tzinfo=UTC)
    assert "not what happened" in drawn(notice(KENT), after)
    assert "not what happened" not in drawn(cancelled(notice(KENT)), after)
    assert "not what happened" not in drawn(notice(KENT))


def test_hours_are_those_of_clocks_in_the_united_kingdom():
    summer = notice(KENT, starts_at=datetime(2026, 7, 4, 21, 30, tzinfo=UTC), hours=3)
    assert when(summer) == "Saturday 4 July 2026 at 10:30pm to Sunday 5 July 2026 at 1:30am"
