"""Record, amend, answer, review, publish: who may, in which order, and what the register then says."""

import pytest
from django.db import transaction

from deployments import actions
from deployments.actions import Seen
from deployments.models import Deployment, Revision
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting, scope
from register import actions as register
from register.models import Entry, Head, Origin
from register.queries import documents, history
from tests.deployments.recordings import REASON, STANDS, facts, fresh, names, published, recorded, reviewed
from tests.documents import result as transcribed

pytestmark = pytest.mark.django_db


# Recording


def test_record_keeps_what_was_said_and_tells_nobody_outside(kent, kent_operator_lead):
    deployment = recorded(kent, kent_operator_lead)
    now = fresh(deployment)
    assert (now.stage, now.current.status, now.current.revision) == ("preparing", "recorded", 1)
    assert now.current.facts == facts()
    assert now.current.authors == [kent_operator_lead.pk]
    assert names(deployment) == ["deployment.recorded.v1"]
    assert not Head.objects.exists()


def test_record_refuses_who_may_not(
    kent, kent_auditor, kent_authorising_officer, avon_planner, national_lead
):
    for person in (kent_auditor, kent_authorising_officer, avon_planner, national_lead):
        with pytest.raises(Forbidden):
            recorded(kent, person)


def test_record_refuses_what_cannot_be(kent, kent_planner):
    with pytest.raises(Invalid) as refused:
        recorded(kent, kent_planner, place="")
    assert "place" in refused.value.errors
    with acting(kent, None):
        assert not Deployment.objects.owned_by(kent).exists()


# Amending


def test_amend_keeps_every_revision(kent, kent_planner, kent_operator_lead):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_operator_lead, at=db_now())
    with acting(kent, None):
        kept = Revision.objects.owned_by(kent).order_by("number")
        assert [(each.number, each.facts["place"]) for each in kept] == [(1, "Market Square"), (2, "Quay")]
    assert fresh(deployment).current.authors == [kent_planner.pk, kent_operator_lead.pk]
    assert names(deployment)[-1] == "deployment.amended.v1"


def test_amend_of_an_older_revision_is_told_so(kent, kent_planner, kent_operator_lead):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_planner, at=db_now())
    with pytest.raises(actions.Stale):
        actions.amend(deployment, facts(place="Pier"), seen=Seen(1, 1), by=kent_operator_lead, at=db_now())
    assert fresh(deployment).current.place == "Quay"


def test_amend_refuses_what_was_reviewed(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    with pytest.raises(actions.WrongStage, match="Send it back"):
        actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_planner, at=db_now())


def test_amend_that_changes_nothing_is_told_so(kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    with pytest.raises(actions.NothingChanged):
        actions.amend(deployment, facts(), seen=Seen(1, 1), by=kent_planner, at=db_now())


# Questions


def test_a_contradiction_is_recorded_as_it_is_and_asked_about(kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner, alerts=5)
    assert [question.check for question in deployment.current.open_questions()] == [
        "alerts_differ_from_judgements"
    ]
    with pytest.raises(actions.Unanswered, match="Alerts are 5"):
        actions.review(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())


def test_the_answer_is_published_with_the_figures(kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner, alerts=5)
    actions.answer(
        deployment,
        {"alerts_differ_from_judgements": "Two alerts\nwere not judged."},
        seen=Seen(1, 1),
        by=kent_planner,
        at=db_now(),
    )
    actions.review(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())
    actions.publish(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())
    entry = fresh(deployment).current.entry_id
    document = documents([entry])[entry]
    assert document["arithmetic"] == [
        {"check": "alerts_differ_from_judgements", "answer": "Two alerts were not judged."}
    ]
    assert document["figures"]["alerts"] == 5


def test_an_answer_fits_only_the_figures_it_was_given_about(kent, kent_planner):
    deployment = recorded(kent, kent_planner, alerts=5)
    said = {"alerts_differ_from_judgements": "Two alerts were not judged."}
    actions.answer(deployment, said, seen=Seen(1, 1), by=kent_planner, at=db_now())
    assert not fresh(deployment).current.open_questions()
    actions.amend(deployment, facts(alerts=6), seen=Seen(1, 2), by=kent_planner, at=db_now())
    assert [question.check for question in fresh(deployment).current.open_questions()] == [
        "alerts_differ_from_judgements"
    ]


def test_an_answer_makes_an_author(kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner, alerts=5)
    said = {"alerts_differ_from_judgements": "Two alerts were not judged."}
    actions.answer(deployment, said, seen=Seen(1, 1), by=kent_publisher, at=db_now())
    with pytest.raises(actions.OwnWork):
        actions.review(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())


@pytest.mark.parametrize(
    "said", [{"alerts_exceed_faces": "Because."}, {"alerts_differ_from_judgements": " "}]
)
def test_answer_refuses_a_blank_and_a_question_that_does_not_arise(kent, kent_planner, said):
    deployment = recorded(kent, kent_planner, alerts=5)
    with pytest.raises(Invalid):
        actions.answer(deployment, said, seen=Seen(1, 1), by=kent_planner, at=db_now())


# Reviewing


def test_review_takes_somebody_who_wrote_none_of_it(kent, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = recorded(kent, kent_publisher)
    with pytest.raises(actions.OwnWork):
        actions.review(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())
    actions.review(deployment, seen=Seen(1, 1), by=other, at=db_now())
    assert fresh(deployment).current.reviewed_by_id == other.pk


def test_review_refuses_who_may_not(kent, kent_planner, kent_operator_lead, avon_publisher):
    deployment = recorded(kent, kent_planner)
    for person in (kent_operator_lead, avon_publisher):
        with pytest.raises(Forbidden):
            actions.review(deployment, seen=Seen(1, 1), by=person, at=db_now())


def test_review_of_what_changed_meanwhile_is_told_so(kent, kent_planner, kent_authorising_officer):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_planner, at=db_now())
    with pytest.raises(actions.Stale):
        actions.review(deployment, seen=Seen(1, 1), by=kent_authorising_officer, at=db_now())


def test_send_back_says_why_and_opens_it_again(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    result = deployment.current
    actions.send_back(
        deployment, reason="The place is misspelt.", seen=Seen(1, 1), by=kent_publisher, at=db_now()
    )
    assert (result.status, result.reviewed_by_id) == ("recorded", None)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_planner, at=db_now())
    with acting(kent, None):
        assert Event.objects.get(name="deployment.sent_back.v1").reason == "The place is misspelt."


def test_send_back_needs_a_reason(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    with pytest.raises(Invalid):
        actions.send_back(deployment, reason="no", seen=Seen(1, 1), by=kent_publisher, at=db_now())


# Publishing


def test_publish_places_the_result_on_the_register(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    head = Head.objects.get(pk=deployment.reference)
    assert (head.origin, head.version, head.force_id) == (Origin.SUBMITTED, 1, kent.pk)
    now = fresh(deployment)
    assert (now.stage, now.current.status, now.current.entry_id) == ("published", "published", head.entry_id)
    assert names(deployment) == [
        "deployment.recorded.v1",
        "deployment.reviewed.v1",
        "deployment.published.v1",
    ]
    assert "force" in documents([head.entry_id])[head.entry_id]


def test_publish_refuses_a_draft(kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner)
    with pytest.raises(actions.WrongStage, match="review first"):
        actions.publish(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())
    assert not Entry.objects.exists()
    assert fresh(deployment).stage == "preparing"


def test_publish_refuses_the_recorder(kent, kent_publisher, kent_authorising_officer):
    deployment = reviewed(kent, kent_publisher, kent_authorising_officer)
    with pytest.raises(actions.OwnWork):
        actions.publish(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())
    assert not Entry.objects.exists()


def test_publish_refuses_who_amended_it(kent, kent_planner, kent_publisher, kent_authorising_officer):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_publisher, at=db_now())
    actions.review(deployment, seen=Seen(1, 2), by=kent_authorising_officer, at=db_now())
    with pytest.raises(actions.OwnWork):
        actions.publish(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())


def test_publish_refuses_who_may_not(kent, kent_planner, kent_publisher, kent_operator_lead, avon_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    for person in (kent_operator_lead, avon_publisher):
        with pytest.raises(Forbidden):
            actions.publish(deployment, seen=Seen(1, 1), by=person, at=db_now())


def test_publish_twice_places_one_entry(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with pytest.raises(actions.WrongStage, match="already"):
        actions.publish(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())
    assert Entry.objects.count() == 1


def test_the_event_and_the_entry_commit_together(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.publish(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())
        raise RuntimeError("the door fell down")
    assert not Entry.objects.exists()
    assert names(deployment)[-1] == "deployment.reviewed.v1"


def test_a_submission_replaces_the_transcription_it_is_matched_with(
    kent, kent_planner, kent_publisher, force_people
):
    theirs = transcribed(kent)
    register.enter(theirs, force=kent, origin=Origin.COLLATED, by=None, at=db_now())
    deployment = reviewed(kent, kent_planner, kent_publisher)
    assert [head.reference for head in actions.transcriptions_of(kent, deployment.current)] == [
        theirs["reference"]
    ]
    actions.publish(deployment, seen=Seen(1, 1), matches=theirs["reference"], by=kent_publisher, at=db_now())
    assert fresh(deployment).public_reference == theirs["reference"]
    entries = history(theirs["reference"])
    assert [(entry.origin, entry.act) for entry in entries] == [
        ("submitted", "correction"),
        ("collated", "original"),
    ]
    assert Head.objects.count() == 1
    correction = actions.prepare_correction(
        deployment,
        facts(alerts=4, true_alerts=3),
        version=1,
        reason=REASON,
        by=force_people(kent, "data_publisher"),
        at=db_now(),
    )
    assert correction.number == 2


def test_publish_refuses_a_match_that_is_none(kent, avon, kent_planner, kent_publisher):
    elsewhere = transcribed(avon)
    register.enter(elsewhere, force=avon, origin=Origin.COLLATED, by=None, at=db_now())
    another_day = transcribed(kent, on="2024-04-07")
    register.enter(another_day, force=kent, origin=Origin.COLLATED, by=None, at=db_now())
    deployment = reviewed(kent, kent_planner, kent_publisher)
    for document in (elsewhere, another_day):
        with pytest.raises(actions.NoMatch):
            actions.publish(
                deployment,
                seen=Seen(1, 1),
                matches=document["reference"],
                by=kent_publisher,
                at=db_now(),
            )
    assert fresh(deployment).stage == "preparing"


# Lists


def test_lists_sort_by_what_waits(kent, kent_planner, kent_publisher):
    waiting = recorded(kent, kent_planner)
    ready = reviewed(kent, kent_planner, kent_publisher)
    standing = published(kent, kent_planner, kent_publisher)
    correcting = published(kent, kent_planner, kent_publisher)
    actions.prepare_correction(
        correcting, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    gone = published(kent, kent_planner, kent_publisher)
    actions.withdraw(gone, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now())
    with scope(kent_planner):
        mine = Deployment.objects.visible_to(kent_planner)
        assert list(mine.recorded()) == [waiting]
        assert list(mine.reviewed()) == [ready]
        assert set(mine.published()) == {standing, correcting}
        assert list(mine.correcting()) == [correcting]
        assert list(mine.withdrawn()) == [gone]
        assert set(mine.due()) == {waiting, ready, correcting}
