"""A force's pages: each does what it says, for who may, and nothing typed is lost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deployments import actions
from deployments.figures import NAMES
from deployments.models import Deployment
from events.models import Event
from forces.clock import db_now
from forces.tenancy import acting
from register import actions as register
from register.models import Head, Origin
from tests.deployments.recordings import FIGURES, FIRST, REASON, STANDS, facts, published, recorded, reviewed
from tests.documents import result as transcribed

pytestmark = pytest.mark.django_db


def answers(**changes):
    """What a person types into the form of a result."""
    typed = {
        "on-day": "6",
        "on-month": "4",
        "on-year": "2024",
        "place": "Market Square",
        "area": "Northmoor",
        "start": "11:00",
        "end": "4:03pm",
        "duration_minutes": "303",
        "is_aborted": "no",
        "abort_reason": "",
        "technology": "live",
        "use_case": "Crime hotspot",
        "algorithm": "",
        "threshold": "0.64",
        "watchlist_size": "9,764",
        "faces_method": "estimate",
        "absent_reason": "",
        **{name: str(number) for name, number in FIGURES.items()},
        **{f"{name}_absent": "" for name in NAMES},
    }
    return typed | changes


def url(name, deployment, **more):
    return reverse(f"portal:{name}", args=[deployment.force.slug, deployment.reference])


def only(force) -> Deployment:
    with acting(force, None):
        return Deployment.objects.owned_by(force).with_results().get()


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# Ways in


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client, kent):
    response = client.get("/portal/kent/deployments/?status=recorded")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Fportal%2Fkent%2Fdeployments%2F%3Fstatus%3Drecorded"


def test_one_force_needs_no_choosing(signed_in, kent_planner):
    assert signed_in(kent_planner).get("/portal/")["Location"] == "/portal/kent/"


def test_several_forces_are_chosen_between(signed_in, kent, avon, kent_planner, national_lead):
    from directory import actions as directory

    directory.grant(kent_planner, "planner", force=avon, by=national_lead, at=db_now())
    page = signed_in(kent_planner).get("/portal/")
    assert "Kent Police" in text(page)
    assert "Avon and Somerset" in text(page)
    assert page["Cache-Control"] == "private, no-store"


def test_nobody_of_no_force_is_told_so(signed_in, db):
    from tests.people import make_person

    page = signed_in(make_person("Nobody", "nobody@nowhere.example")).get("/portal/")
    assert "You hold no role" in text(page)


def test_another_forces_pages_are_as_if_they_were_not(signed_in, kent, avon, kent_planner, avon_planner):
    theirs = recorded(avon, avon_planner)
    client = signed_in(kent_planner)
    nothing = client.get("/portal/kent/deployments/LFR-0000-0000/")
    assert nothing.status_code == 404
    for address in (
        f"/portal/kent/deployments/{theirs.reference}/",
        f"/portal/avon-and-somerset/deployments/{theirs.reference}/",
        "/portal/avon-and-somerset/",
        "/portal/nowhere/",
    ):
        response = client.get(address)
        assert response.status_code == 404
        assert response.content == nothing.content
        assert response["Cache-Control"] == "private, no-store"


# Record


def test_a_result_is_recorded(signed_in, kent, kent_operator_lead):
    response = signed_in(kent_operator_lead).post("/portal/kent/deployments/record/", answers())
    deployment = only(kent)
    assert response["Location"] == url("deployment", deployment)
    now = deployment.current
    assert (str(now.threshold), now.watchlist_size, now.alerts) == ("0.640000", 9764, 3)
    assert now.started_at.isoformat() == "2024-04-06T10:00:00+00:00"


def test_a_missing_figure_needs_a_reason_and_keeps_everything_typed(signed_in, kent, kent_operator_lead):
    typed = answers(engagements="", place="Quay & Pier")
    page = signed_in(kent_operator_lead).post("/portal/kent/deployments/record/", typed)
    assert page.status_code == 422
    said = page.content.decode()
    assert "Error: " in said
    assert "There is a problem" in said
    assert 'href="#id_engagements"' in said
    assert 'value="Quay &amp; Pier"' in said
    assert 'value="9,764"' in said


def test_every_kind_of_nonsense_is_an_error_and_never_a_fault(signed_in, kent, kent_operator_lead):
    client = signed_in(kent_operator_lead)
    for changes in (
        {},
        {"alerts": "three"},
        {"alerts": "-1"},
        {"alerts": "9" * 30},
        {"alerts_absent": "not_published"},
        {"alerts": "", "alerts_absent": "aborted"},
        {"alerts": "", "alerts_absent": "nonsense"},
        {"threshold": "NaN"},
        {"threshold": "1e9"},
        {"on-year": "2999"},
        {"on-day": "31", "on-month": "2"},
        {"start": "", "end": "16:00"},
        {"on-day": "31", "on-month": "3", "start": "01:30"},
        {"place": "x" * 201},
        {"place": "a\x00b"},
        {"place": "a\u2028\x07b"},
        {"algorithm": "999"},
        {"technology": "magic"},
        {"abort_reason": "A fault"},
        {"alerts": "", "alerts_absent": "misleading"},
    ):
        typed = answers(**changes) if changes else {}
        page = client.post("/portal/kent/deployments/record/", typed)
        assert page.status_code == 422, changes
        assert "There is a problem" in page.content.decode(), changes
    with acting(kent, None):
        assert not Deployment.objects.owned_by(kent).exists()


def test_an_aborted_deployment_may_leave_its_figures_empty(signed_in, kent, kent_operator_lead):
    typed = answers(is_aborted="yes", abort_reason="Technical fault", **dict.fromkeys(NAMES, ""))
    signed_in(kent_operator_lead).post("/portal/kent/deployments/record/", typed)
    now = only(kent).current
    assert now.is_aborted
    assert set(now.absent.values()) == {"aborted"}


def test_recording_is_for_who_may(signed_in, kent, kent_auditor):
    page = signed_in(kent_auditor).get("/portal/kent/deployments/record/")
    assert page.status_code == 403
    assert "record the result of a deployment" in text(page)
    with acting(kent, None):
        assert Event.objects.filter(name="access.refused.v1", force=kent).count() == 1


# Questions


def test_contradictions_are_asked_about_and_answered(signed_in, kent, kent_operator_lead):
    client = signed_in(kent_operator_lead)
    response = client.post("/portal/kent/deployments/record/", answers(alerts="5"))
    deployment = only(kent)
    assert response["Location"] == url("questions", deployment)
    page = client.get(response["Location"])
    assert "Alerts are 5" in text(page)
    empty = client.post(response["Location"], {"seen": "1.1", "alerts_differ_from_judgements": ""})
    assert empty.status_code == 422
    said = {"seen": "1.1", "alerts_differ_from_judgements": "Two alerts were not judged."}
    client.post(response["Location"], said)
    assert not only(kent).current.open_questions()


# Change


def test_a_change_to_an_older_revision_shows_both_and_keeps_what_was_typed(
    signed_in, kent, kent_planner, kent_operator_lead
):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Pier"), seen=FIRST, by=kent_planner, at=db_now())
    client = signed_in(kent_operator_lead)
    page = client.post(url("amend", deployment), answers(place="Quay", seen="1.1"))
    assert page.status_code == 409
    assert "Somebody changed this meanwhile" in text(page)
    assert "Pier" in text(page)
    assert 'name="place" value="Quay"' in page.content.decode()
    assert 'name="seen" value="1.2"' in page.content.decode()
    assert only(kent).current.place == "Pier"
    client.post(url("amend", deployment), answers(place="Quay", seen="1.2"))
    assert only(kent).current.place == "Quay"


def test_a_change_after_review_is_told_so_and_lost_nothing(signed_in, kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    page = signed_in(kent_planner).post(url("amend", deployment), answers(place="Quay", seen="1.1"))
    assert page.status_code == 409
    assert "Quay" in text(page)


# Review and publish


def test_two_people_bring_a_result_to_the_register(signed_in, kent, kent_operator_lead, kent_publisher):
    deployment = recorded(kent, kent_operator_lead)
    client = signed_in(kent_publisher)
    assert "I have checked it" in text(client.get(url("review", deployment)))
    client.post(url("review", deployment), {"seen": "1.1"})
    preview = client.get(url("publish", deployment))
    assert "What the public will read" in text(preview)
    assert "Publish for Kent Police" in text(preview)
    after = client.post(url("publish", deployment), {"seen": "1.1"}, follow=True)
    assert "Kent Police: Published on the national register." in text(after)
    assert Head.objects.get(pk=deployment.reference).origin == Origin.SUBMITTED


def test_publishing_ones_own_work_is_stopped_and_explained(
    signed_in, kent, kent_publisher, kent_authorising_officer
):
    deployment = reviewed(kent, kent_publisher, kent_authorising_officer)
    client = signed_in(kent_publisher)
    for method in (client.get, client.post):
        page = method(url("publish", deployment))
        assert page.status_code == 403
        assert "ask a colleague" in text(page)
    assert not Head.objects.exists()


def test_publishing_what_changed_meanwhile_publishes_nothing(signed_in, kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Pier"), seen=FIRST, by=kent_planner, at=db_now())
    client = signed_in(kent_publisher)
    page = client.post(url("review", deployment), {"seen": "1.1"}, follow=True)
    assert "Somebody changed this after you opened it" in text(page)
    assert only(kent).current.status == "recorded"


def test_a_transcription_is_matched_by_choice(signed_in, kent, kent_planner, kent_publisher):
    theirs = transcribed(kent)
    register.enter(theirs, force=kent, origin=Origin.COLLATED, by=None, at=db_now())
    deployment = reviewed(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    unchosen = client.post(url("publish", deployment), {"seen": "1.1"})
    assert unchosen.status_code == 422
    client.post(url("publish", deployment), {"seen": "1.1", "matches": theirs["reference"]})
    assert only(kent).matches == theirs["reference"]
    page = client.get(url("deployment", deployment))
    assert f"/deployments/{theirs['reference']}/" in page.content.decode()


@pytest.mark.parametrize("left", [0, 1])
def test_a_transcription_that_a_colleague_replaced_meanwhile_is_asked_about_again(
    signed_in, kent, kent_planner, kent_publisher, left
):
    """The page was open when the colleague published; with or without another transcription of that day."""
    theirs = [transcribed(kent) for _ in range(1 + left)]
    for each in theirs:
        register.enter(each, force=kent, origin=Origin.COLLATED, by=None, at=db_now())
    first, second = (reviewed(kent, kent_planner, kent_publisher) for _ in range(2))
    client = signed_in(kent_publisher)
    said = {"seen": "1.1", "matches": theirs[0]["reference"]}
    assert client.post(url("publish", first), said).status_code == 302
    again = client.post(url("publish", second), said)
    assert again.status_code == 422
    assert "has been replaced meanwhile" in text(again)
    assert not Head.objects.filter(pk=second.reference).exists()


def test_sending_back_says_why(signed_in, kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    assert client.post(url("send-back", deployment), {"reason": "", "seen": "1.1"}).status_code == 422
    client.post(url("send-back", deployment), {"reason": "The place is misspelt.", "seen": "1.1"})
    page = signed_in(kent_planner).get(url("deployment", deployment))
    assert "The place is misspelt." in text(page)


# Correct, withdraw, discard


def test_a_published_result_is_corrected_by_two(signed_in, kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    same = client.post(url("correct", deployment), answers(start="", end="", seen="1.1", reason=REASON))
    assert same.status_code == 422
    client.post(url("correct", deployment), answers(arrests="0", other_action="2", seen="1.1", reason=REASON))
    page = client.get(url("deployment", deployment))
    assert "Correction in work" in text(page)
    assert REASON in text(page)
    second = signed_in(other)
    second.post(url("review", deployment), {"seen": "2.1"})
    second.post(url("publish", deployment), {"seen": "2.1"})
    assert Head.objects.get(pk=deployment.reference).version == 2


def test_a_correction_needs_a_reason(signed_in, kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    page = signed_in(kent_publisher).post(
        url("correct", deployment), answers(arrests="0", seen="1.1", reason="")
    )
    assert page.status_code == 422
    assert 'href="#id_reason"' in page.content.decode()


def test_withdrawing_takes_a_reason_that_is_published(signed_in, kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    client = signed_in(kent_publisher)
    assert client.post(url("withdraw", deployment), {"seen": "1.0", "reason": "oops"}).status_code == 422
    client.post(url("withdraw", deployment), {"seen": "1.0", "reason": "It was recorded\ntwice by mistake."})
    assert Head.objects.get(pk=deployment.reference).is_withdrawn


@pytest.mark.parametrize("page", ["send-back", "discard"])
def test_neither_is_done_to_what_changed_after_it_was_seen(
    signed_in, kent, kent_planner, kent_publisher, page
):
    deployment = recorded(kent, kent_planner)
    client = signed_in(kent_planner if page == "discard" else kent_publisher)
    assert 'name="seen" value="1.1"' in client.get(url(page, deployment)).content.decode()
    actions.amend(deployment, facts(place="Pier"), seen=FIRST, by=kent_planner, at=db_now())
    answer = client.post(url(page, deployment), {"reason": "Recorded twice by mistake.", "seen": "1.1"})
    assert answer.status_code == 422
    assert "Somebody changed this after you opened it" in text(answer)
    assert "Recorded twice by mistake." in text(answer)
    assert only(kent).current.status == "recorded"


def test_a_recording_is_discarded(signed_in, kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    signed_in(kent_planner).post(
        url("discard", deployment), {"reason": "Recorded twice by mistake.", "seen": "1.1"}
    )
    assert only(kent).stage == "discarded"


# Pages


def everything(kent, planner, publisher):
    made = [recorded(kent, planner), recorded(kent, planner, alerts=5), reviewed(kent, planner, publisher)]
    made += [published(kent, planner, publisher), published(kent, planner, publisher)]
    actions.prepare_correction(
        made[-1], facts(place="Quay"), version=1, reason=REASON, by=publisher, at=db_now()
    )
    made.append(published(kent, planner, publisher))
    actions.withdraw(made[-1], seen=STANDS, reason="Recorded twice.", by=publisher, at=db_now())
    return made


def test_each_page_opens_and_asks_little_of_the_database(
    signed_in, kent, kent_planner, kent_publisher, kent_owner, regulator
):
    made = everything(kent, kent_planner, kent_publisher)
    pages = ["/portal/kent/", "/portal/kent/deployments/", "/portal/kent/team/"]
    pages += [url("deployment", each) for each in made]
    for person, more in (
        (
            kent_planner,
            ["/portal/kent/deployments/record/", url("amend", made[0]), url("questions", made[1])],
        ),
        (kent_publisher, [url("review", made[0]), url("publish", made[2]), url("correct", made[3])]),
        (kent_publisher, [url("withdraw", made[3]), url("discard", made[4]), url("send-back", made[2])]),
        (kent_owner, ["/portal/kent/history/", "/portal/kent/team/invite/"]),
        (regulator, ["/portal/kent/history/"]),
    ):
        client = signed_in(person)
        for address in [*pages, *more]:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                page = client.get(address)
            assert page.status_code == 200, address
            assert page["Cache-Control"] == "private, no-store"
            body = page.content.decode()
            assert "Kent Police" in body
            assert body.count("<h1") == 1, address
            assert "style=" not in body
            assert "None" not in text(page), address
            questions = [
                each["sql"]
                for each in asked.captured_queries
                if " FROM " in each["sql"] or "INSERT" in each["sql"]
            ]
            assert len(questions) <= 12, "\n".join([address, *questions])


def test_the_dashboard_shows_what_each_can_do(signed_in, kent, kent_planner, kent_publisher, kent_auditor):
    recorded(kent, kent_planner)
    assert "Review: Market Square" in text(signed_in(kent_publisher).get("/portal/kent/"))
    assert "Review: Market Square" not in text(signed_in(kent_planner).get("/portal/kent/"))
    page = text(signed_in(kent_auditor).get("/portal/kent/"))
    assert "Nothing waits for you" in page
    assert "Waiting for colleagues" in page


def test_every_link_of_the_dashboard_leads_somewhere(signed_in, kent, kent_planner):
    page = signed_in(kent_planner).get("/portal/kent/").content.decode()
    assert 'href=""' not in page
    assert 'href="/portal/kent/deployments/">See all deployments' in page


def test_the_list_is_filtered_and_paged(signed_in, kent, kent_planner, kent_publisher):
    everything(kent, kent_planner, kent_publisher)
    client = signed_in(kent_planner)
    assert "2 deployments" in text(client.get("/portal/kent/deployments/?status=recorded"))
    assert "2 deployments" in text(client.get("/portal/kent/deployments/?status=published"))
    for odd in ("?status=nonsense", "?page=999", "?page=x"):
        assert client.get(f"/portal/kent/deployments/{odd}").status_code == 200


def test_history_is_for_who_may_read_it(signed_in, kent, kent_planner, kent_auditor):
    recorded(kent, kent_planner)
    assert signed_in(kent_planner).get("/portal/kent/history/").status_code == 403
    page = signed_in(kent_auditor).get("/portal/kent/history/")
    assert "Result recorded" in text(page)
    assert kent_planner.name in text(page)


def test_a_regulator_reads_and_changes_nothing(signed_in, kent, kent_planner, regulator):
    deployment = recorded(kent, kent_planner)
    client = signed_in(regulator)
    assert client.get(url("deployment", deployment)).status_code == 200
    for name in ("amend", "review", "publish", "discard", "withdraw", "correct", "send-back", "questions"):
        assert client.post(url(name, deployment), {"seen": "1.1"}).status_code == 403, name


# Team


def test_an_owner_invites_and_hands_over_a_link(signed_in, client, kent, kent_owner):
    page = signed_in(kent_owner).post(
        "/portal/kent/team/invite/",
        {"name": "Ada Example", "email": "ada@kent.example", "role": "planner", "rank": "sergeant"},
    )
    link = re.search(r"http://testserver(/sign-in/password/[^\"]+)", page.content.decode())[1]
    done = client.post(link, {"password": "correct horse battery"})
    assert "Your password is set" in text(done)
    assert client.get(link).status_code == 404
    into = client.post("/sign-in/", {"email": "ada@kent.example", "password": "correct horse battery"})
    assert into["Location"] == "/portal/"


def test_an_owner_ends_and_grants_roles(signed_in, kent, kent_owner, kent_planner):
    from forces.models import Membership

    with acting(kent, None):
        held = Membership.objects.get(person=kent_planner)
    client = signed_in(kent_owner)
    address = reverse("portal:member", args=["kent", held.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"role": "auditor", "rank": ""})
    assert client.post(address, {"end": "1", "reason": ""}).status_code == 422
    client.post(address, {"end": "1", "reason": "Moved to another post."})
    with acting(kent, None):
        now = Membership.objects.filter(person=kent_planner, period__contains=db_now())
        assert [each.role for each in now] == ["auditor"]


def test_only_an_owner_keeps_the_team(signed_in, kent, kent_planner):
    client = signed_in(kent_planner)
    assert client.get("/portal/kent/team/").status_code == 200
    assert client.get("/portal/kent/team/invite/").status_code == 403
