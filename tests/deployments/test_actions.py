"""Record, review, publish, correct, withdraw: who may, in which order, and what the register then says."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from deployments import actions
from deployments.actions import Seen
from deployments.actions.versions import columns
from deployments.models import Deployment, Result, Revision
from events.models import Event
from forces.clock import db_now
from forces.guard import UnscopedQuery
from forces.refusals import Forbidden, Invalid
from forces.tenancy import acting, scope
from register import actions as register
from register.models import Entry, Head, Origin
from register.queries import documents, history
from tests.deployments.recordings import REASON, STANDS, facts, published, recorded, reviewed
from tests.documents import result as transcribed

pytestmark = pytest.mark.django_db


def names(deployment: Deployment) -> list[str]:
    with acting(deployment.force, None):
        return list(
            Event.objects.filter(subject=deployment.reference, name__startswith="deployment.")
            .order_by("id")
            .values_list("name", flat=True)
        )


def fresh(deployment: Deployment) -> Deployment:
    with acting(deployment.force, None):
        found = Deployment.objects.owned_by(deployment.force).with_results().get(pk=deployment.pk)
    for result in filter(None, (found.current, found.correction)):
        result.deployment = found
    return found


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


# Correcting


def corrected(deployment, preparer, publisher, **changes):
    result = actions.prepare_correction(
        deployment,
        facts(**changes),
        version=fresh(deployment).current.number,
        reason=REASON,
        by=preparer,
        at=db_now(),
    )
    actions.review(deployment, seen=Seen(2, 1), by=publisher, at=db_now())
    actions.publish(deployment, seen=Seen(2, 1), by=publisher, at=db_now())
    return result


def test_a_correction_supersedes_and_overwrites_nothing(kent, kent_planner, kent_publisher, force_people):
    preparer = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    result = corrected(deployment, preparer, kent_publisher, arrests=0, other_action=2)
    now = fresh(deployment)
    assert (now.current_id, now.correction_id, now.current.number) == (result.pk, None, 2)
    entries = history(deployment.reference)
    assert [(entry.version, entry.reason) for entry in entries] == [(2, REASON), (1, "")]
    with acting(kent, None):
        first = Result.objects.owned_by(kent).get(deployment=deployment, number=1)
    assert (first.arrests, first.status) == (1, "published")
    assert names(deployment)[3:] == [
        "deployment.correction_prepared.v1",
        "deployment.reviewed.v1",
        "deployment.corrected.v1",
    ]


def test_a_correction_takes_two_people(kent, kent_planner, kent_publisher, kent_authorising_officer):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    actions.review(deployment, seen=Seen(2, 1), by=kent_authorising_officer, at=db_now())
    with pytest.raises(actions.OwnWork):
        actions.publish(deployment, seen=Seen(2, 1), by=kent_publisher, at=db_now())
    assert Head.objects.get(pk=deployment.reference).place == "Market Square"


def test_one_correction_at_a_time(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    prepared = {"version": 1, "reason": REASON, "by": kent_publisher, "at": db_now()}
    actions.prepare_correction(deployment, facts(place="Quay"), **prepared)
    with pytest.raises(actions.WrongStage, match="being prepared already"):
        actions.prepare_correction(deployment, facts(place="Pier"), **prepared)


def test_a_correction_of_an_older_version_is_told_so(kent, kent_planner, kent_publisher, force_people):
    preparer = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    corrected(deployment, preparer, kent_publisher, place="Quay")
    with pytest.raises(actions.Stale):
        actions.prepare_correction(
            deployment, facts(place="Pier"), version=1, reason=REASON, by=preparer, at=db_now()
        )


def test_a_correction_that_changes_nothing_is_told_so(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with pytest.raises(actions.NothingChanged):
        actions.prepare_correction(
            deployment, facts(), version=1, reason=REASON, by=kent_publisher, at=db_now()
        )
    assert fresh(deployment).versions == 1


def test_a_correction_is_for_who_may_correct(kent, kent_planner, kent_publisher, kent_authorising_officer):
    deployment = published(kent, kent_planner, kent_publisher)
    for person in (kent_planner, kent_authorising_officer):
        with pytest.raises(Forbidden):
            actions.prepare_correction(
                deployment, facts(place="Quay"), version=1, reason=REASON, by=person, at=db_now()
            )


def test_discard_leaves_what_stands(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    actions.discard(
        deployment, seen=Seen(2, 1), reason="The first count was right.", by=kent_publisher, at=db_now()
    )
    now = fresh(deployment)
    assert (now.stage, now.current.number, now.correction_id) == ("published", 1, None)
    with pytest.raises(actions.WrongStage):
        actions.discard(
            deployment, seen=Seen(2, 1), reason="The first count was right.", by=kent_publisher, at=db_now()
        )


def test_discard_of_a_recording_ends_it(kent, kent_planner, kent_publisher):
    deployment = recorded(kent, kent_planner)
    actions.discard(
        deployment, seen=Seen(1, 1), reason="Recorded twice by mistake.", by=kent_planner, at=db_now()
    )
    assert fresh(deployment).stage == "discarded"
    with pytest.raises(actions.WrongStage, match="discarded"):
        actions.review(deployment, seen=Seen(1, 1), by=kent_publisher, at=db_now())


def test_what_was_changed_after_it_was_seen_is_not_discarded(kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=kent_planner, at=db_now())
    with pytest.raises(actions.Stale):
        actions.discard(
            deployment, seen=Seen(1, 1), reason="Recorded twice by mistake.", by=kent_planner, at=db_now()
        )
    assert fresh(deployment).stage == "preparing"


def test_what_was_published_cannot_be_discarded(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with pytest.raises(actions.WrongStage):
        actions.discard(
            deployment, seen=Seen(1, 1), reason="Recorded twice by mistake.", by=kent_planner, at=db_now()
        )


# Withdrawing


def test_withdraw_says_so_on_the_register(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    actions.withdraw(deployment, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now())
    assert Head.objects.get(pk=deployment.reference).is_withdrawn
    assert fresh(deployment).stage == "withdrawn"
    assert names(deployment)[-1] == "deployment.withdrawn.v1"
    with pytest.raises(actions.WrongStage):
        actions.withdraw(
            deployment, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now()
        )


def test_withdraw_gives_up_the_correction_too(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    result = actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    actions.withdraw(deployment, seen=STANDS, reason="It was recorded twice.", by=kent_publisher, at=db_now())
    with acting(kent, None):
        assert Result.objects.owned_by(kent).get(pk=result.pk).status == "discarded"


def test_withdraw_is_for_who_may_and_needs_a_reason(kent, kent_planner, kent_publisher, avon_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    for person in (kent_planner, avon_publisher):
        with pytest.raises(Forbidden):
            actions.withdraw(deployment, seen=STANDS, reason="It was recorded twice.", by=person, at=db_now())
    with pytest.raises(Invalid):
        actions.withdraw(deployment, seen=STANDS, reason="oops", by=kent_publisher, at=db_now())


WHY = "It was an exercise, no deployment."


def test_nothing_is_withdrawn_that_was_not_seen(kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = published(kent, kent_planner, kent_publisher)
    seen = actions.Standing.of(fresh(deployment))
    actions.prepare_correction(
        deployment, facts(place="Quay"), version=1, reason=REASON, by=kent_publisher, at=db_now()
    )
    for step in (actions.review, actions.publish):
        step(deployment, seen=Seen(2, 1), by=other, at=db_now())
    for action, by in ((actions.withdraw, kent_publisher), (actions.ask_withdrawal, kent_planner)):
        with pytest.raises(actions.Stale):
            action(deployment, seen=seen, reason=WHY, by=by, at=db_now())
    assert (fresh(deployment).stage, fresh(deployment).asked_by) == ("published", None)


@pytest.mark.parametrize("action", [actions.withdraw, actions.decline_withdrawal])
def test_each_asking_for_withdrawal_is_decided_for_itself(kent, kent_planner, kent_publisher, action):
    """Asked for, declined, and asked for again: whoever saw the first asking has not seen the second."""
    deployment = published(kent, kent_planner, kent_publisher)
    turns = []
    for _ in range(2):
        seen = actions.Standing.of(fresh(deployment))
        actions.ask_withdrawal(deployment, seen=seen, reason=WHY, by=kent_planner, at=db_now())
        turns.append(actions.Standing.of(fresh(deployment)))
        if len(turns) == 1:
            actions.decline_withdrawal(
                deployment, seen=turns[0], reason=REASON, by=kent_publisher, at=db_now()
            )
    for stale in (STANDS, turns[0]):
        with pytest.raises(actions.Stale, match="Somebody decided"):
            action(deployment, seen=stale, reason=REASON, by=kent_publisher, at=db_now())
    assert fresh(deployment).is_asked_for
    action(deployment, seen=turns[1], reason=REASON, by=kent_publisher, at=db_now())
    assert not fresh(deployment).is_asked_for


# Locks


def test_the_database_refuses_the_recorder_as_publisher(kent, kent_planner, kent_publisher):
    deployment = reviewed(kent, kent_planner, kent_publisher)
    with (
        acting(kent, None),
        pytest.raises(IntegrityError, match=r"by_another|four_eyes"),
        transaction.atomic(),
    ):
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(
            status="published", published_by=kent_planner, published_at=db_now(), entry_id=1
        )


def test_the_database_refuses_an_author_as_publisher(kent, kent_planner, kent_publisher, force_people):
    other = force_people(kent, "data_publisher")
    deployment = recorded(kent, kent_planner)
    actions.amend(deployment, facts(place="Quay"), seen=Seen(1, 1), by=other, at=db_now())
    actions.review(deployment, seen=Seen(1, 2), by=kent_publisher, at=db_now())
    with acting(kent, None), pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(
            status="published", published_by=other, published_at=db_now(), entry_id=1
        )


@pytest.mark.parametrize(
    "values",
    [
        {"authors": [0]},
        {"recorded_by_id": 1},
        {"number": 2},
        {"alerts": None},
        {"absent": {"alerts": "not_published"}},
        {"absent": {"place": "not_published"}},
        {"alerts": None, "absent": {"alerts": "aborted"}},
        {"alerts": None, "absent": {"alerts": "unknown"}},
        {"alerts": -1},
        {"status": "published"},
        {"status": "reviewed"},
        {"abort_reason": "A fault"},
        {"threshold": -1},
    ],
)
def test_the_database_refuses_what_must_never_be(kent, kent_planner, values):
    deployment = recorded(kent, kent_planner)
    with acting(kent, None), pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(**values)


def test_what_was_published_never_changes(kent, kent_planner, kent_publisher):
    deployment = published(kent, kent_planner, kent_publisher)
    with acting(kent, None), pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        Result.objects.owned_by(kent).filter(pk=deployment.current_id).update(arrests=0)


def test_a_reference_never_changes(kent, kent_planner):
    deployment = recorded(kent, kent_planner)
    with acting(kent, None), pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Deployment.objects.owned_by(kent).filter(pk=deployment.pk).update(reference="LFR-0000-0000")


def test_a_deployment_cannot_point_at_another_ones_result(kent, kent_planner):
    one, other = recorded(kent, kent_planner), recorded(kent, kent_planner)
    with acting(kent, None), pytest.raises(IntegrityError, match="deployment_id"), transaction.atomic():
        Deployment.objects.owned_by(kent).filter(pk=other.pk).update(current=None)
        Deployment.objects.owned_by(kent).filter(pk=one.pk).update(current=other.current)


def test_a_result_cannot_hang_on_another_forces_deployment(kent, avon, kent_planner, avon_planner):
    deployment = recorded(kent, kent_planner)
    with acting(avon, None), pytest.raises(IntegrityError, match="same_force_id"), transaction.atomic():
        Result.objects.create(
            force=avon,
            deployment_id=deployment.pk,
            number=7,
            reason="x",
            authors=[avon_planner.pk],
            recorded_by=avon_planner,
            recorded_at=db_now(),
            **columns(facts()),
        )


def test_one_force_sees_nothing_of_another(kent, avon, kent_planner, avon_planner, regulator):
    deployment = recorded(kent, kent_planner)
    with scope(avon_planner):
        assert not Deployment.objects.visible_to(avon_planner).exists()
        assert not Result.objects.across_forces(reason="a test of the second lock").exists()
        assert not Revision.objects.across_forces(reason="a test of the second lock").exists()
    with scope(kent_planner):
        assert Deployment.objects.visible_to(kent_planner).get() == deployment
    with scope(regulator):
        assert Deployment.objects.visible_to(regulator).get() == deployment


def test_a_query_says_whose():
    with pytest.raises(UnscopedQuery):
        Deployment.objects.published().count()


def test_revisions_hold_plain_json(kent, kent_planner):
    recorded(kent, kent_planner, alerts="not_published", engagements=0, arrests=0)
    with acting(kent, None):
        kept = Revision.objects.owned_by(kent).get()
    assert json.loads(json.dumps(kept.facts))["alerts"] == "[not_published]"
    assert kept.facts["threshold"] == "0.64"


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
