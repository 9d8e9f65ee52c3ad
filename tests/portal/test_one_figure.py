"""Changing one line of a result: its field comes first, the others are folded away and stay as they are."""

import re

import pytest

from deployments.figures import FIGURES
from tests.deployments.recordings import published, recorded
from tests.portal.test_force import answers, only, text, url

pytestmark = pytest.mark.django_db


def shown_first(page) -> str:
    """The form up to what is folded away."""
    form = page.content.decode().partition('<form method="post" novalidate')[2]
    return form.partition("<details")[0]


def test_each_line_of_what_is_published_leads_to_its_own_field(signed_in, kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    body = signed_in(kent_publisher).get(url("deployment", deployment)).content.decode()
    for name in ("on", "place", "threshold", *(figure.name for figure in FIGURES)):
        assert f'href="{url("correct", deployment)}?field={name}#' in body
    theirs = signed_in(kent_planner).get(url("deployment", deployment)).content.decode()
    assert "?field=" not in theirs


@pytest.mark.parametrize(
    ("asked", "first", "folded"),
    [
        ("alerts", ("alerts", "alerts_absent", "reason"), ("place", "threshold", "arrests")),
        ("threshold", ("threshold", "algorithm", "reason"), ("alerts",)),
        ("started_at", ("start", "end", "reason"), ("on-day", "alerts")),
        ("faces_seen", ("faces_seen", "faces_method", "reason"), ("alerts",)),
        ("abort_reason", ("is_aborted", "abort_reason", "reason"), ("alerts",)),
    ],
)
def test_the_form_begins_with_what_was_asked_for(
    signed_in, kent, kent_planner, kent_publisher, asked, first, folded
):
    deployment = published(kent, kent_planner, kent_publisher)
    page = signed_in(kent_publisher).get(url("correct", deployment) + f"?field={asked}")
    body = page.content.decode()
    for name in first:
        assert f'name="{name}"' in shown_first(page)
    for name in folded:
        assert f'name="{name}"' not in shown_first(page)
        assert body.count(f' name="{name}"') >= 1, "it is sent all the same"
    assert 'value="0.64"' in body
    assert "0.640000" not in body


def test_every_field_is_in_the_form_once_whatever_is_asked_for(signed_in, kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    whole = sorted(re.findall(r' id="(id_[^"]+)"', client.get(url("correct", deployment)).content.decode()))
    assert len(set(whole)) == len(whole)
    names = ["on", "is_aborted", "algorithm", "absent_reason", *(figure.name for figure in FIGURES)]
    for name in [*names, "nonsense", "seen", "csrfmiddlewaretoken"]:
        page = client.get(url("correct", deployment) + f"?field={name}").content.decode()
        assert sorted(re.findall(r' id="(id_[^"]+)"', page)) == whole, name


def test_a_reason_is_needed_and_what_is_wrong_below_is_unfolded(
    signed_in, kent, kent_planner, kent_publisher
):
    deployment = published(kent, kent_planner, kent_publisher)
    client, address = signed_in(kent_publisher), url("correct", deployment) + "?field=arrests"
    page = client.post(address, answers(arrests="0", other_action="2", seen="1.1", reason=""))
    assert page.status_code == 422
    assert "Say why it is corrected" in text(page)
    assert '<details class="govuk-details">' in page.content.decode()
    page = client.post(
        address, answers(arrests="0", alerts="x", seen="1.1", reason="Two were counted twice.")
    )
    assert '<details class="govuk-details" open>' in page.content.decode()
    said = answers(arrests="0", other_action="2", seen="1.1", reason="One arrest was another day's.")
    assert client.post(address, said).status_code == 302
    assert only(kent).correction.arrests == 0


def test_what_waits_for_review_is_changed_line_by_line_too(signed_in, kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    client = signed_in(kent_planner)
    assert (
        f'href="{url("amend", deployment)}?field=place#id_place"'
        in client.get(url("deployment", deployment)).content.decode()
    )
    page = client.get(url("amend", deployment) + "?field=place")
    assert 'name="place"' in shown_first(page)
    assert 'name="reason"' not in page.content.decode()
