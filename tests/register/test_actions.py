"""The register keeps everything: corrections and withdrawals are new entries, and one thing can leave."""

import hashlib
import json

import pytest
from django.db import DatabaseError, connection, transaction

from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden
from forces.tenancy import acting, national_scope
from register import actions
from register.canonical import InvalidDocument, canonical_bytes
from register.models import Act, Entry, EntryBody, Head, Origin, Redaction
from register.queries import documents, history, standing_document
from tests.documents import result

pytestmark = pytest.mark.django_db


def enter(document, force, by=None, origin=Origin.SUBMITTED):
    return actions.enter(document, force=force, origin=origin, by=by, at=db_now())


def correct(document, force, by=None, reason="The count was misread.", origin=Origin.SUBMITTED):
    return actions.correct(document, force=force, origin=origin, by=by, at=db_now(), reason=reason)


def test_enter_keeps_the_exact_bytes_and_commits_to_them(kent, kent_publisher):
    document = result(kent)
    entry = enter(document, kent, kent_publisher)
    kept = EntryBody.objects.get(entry=entry)
    assert bytes(kept.body) == canonical_bytes(document)
    assert entry.commitment == hashlib.sha256(bytes(kept.salt) + bytes(kept.body)).hexdigest()
    assert json.loads(kept.body) == document


def test_enter_records_one_public_event(kent, kent_publisher):
    entry = enter(result(kent), kent, kent_publisher)
    event = Event.objects.get(name="register.entered.v1")
    assert event.is_public
    assert event.payload["entry"] == entry.pk
    assert event.person_id == kent_publisher.pk


def test_enter_refuses_a_reference_twice(kent):
    document = result(kent)
    enter(document, kent)
    with pytest.raises(actions.NotEnterable, match="correct it instead"):
        enter(document, kent)
    assert Entry.objects.count() == 1


def test_enter_refuses_a_document_of_another_force(kent, avon):
    with pytest.raises(actions.NotEnterable, match="not of"):
        enter(result(avon), kent)


def test_enter_refuses_a_null_without_a_reason(kent):
    document = result(kent, figures={"arrests": None})
    document["absent"] = {}
    with pytest.raises(InvalidDocument):
        enter(document, kent)


def test_correct_adds_an_entry_and_moves_the_head(kent):
    document = result(kent)
    first = enter(document, kent)
    second = correct({**document, "on": "2024-05-07"}, kent)
    assert (second.version, second.supersedes_id, second.act) == (2, first.pk, Act.CORRECTION)
    head = Head.objects.get(pk=document["reference"])
    assert head.entry_id == second.pk
    assert str(head.on) == "2024-05-07"
    assert [entry.version for entry in history(document["reference"])] == [2, 1]
    assert documents([first.pk])[first.pk]["on"] == "2024-04-06"


def test_correct_needs_a_reason(kent):
    document = result(kent)
    enter(document, kent)
    with pytest.raises(actions.NotEnterable, match="reason is published"):
        correct(document, kent, reason="  ")


def test_a_transcription_never_supersedes_what_a_force_submitted(kent):
    document = result(kent)
    enter(document, kent)
    with pytest.raises(actions.NotEnterable, match="only the force"):
        correct(document, kent, origin=Origin.COLLATED)


def test_a_submission_supersedes_a_transcription(kent):
    document = result(kent)
    enter(document, kent, origin=Origin.COLLATED)
    assert correct(document, kent).origin == Origin.SUBMITTED


def test_withdraw_keeps_the_history_and_ends_it(kent):
    document = result(kent)
    enter(document, kent)
    actions.withdraw(
        document["reference"], force=kent, by=None, at=db_now(), reason="It was recorded twice by mistake."
    )
    head = Head.objects.get(pk=document["reference"])
    assert head.is_withdrawn
    assert standing_document(head) == document
    with pytest.raises(actions.NotEnterable, match="was withdrawn"):
        correct(document, kent)


def test_another_force_can_neither_correct_nor_withdraw(kent, avon):
    document = result(kent)
    enter(document, kent)
    with pytest.raises(actions.NotEnterable, match="not on the register"):
        actions.withdraw(
            document["reference"],
            force=avon,
            by=None,
            at=db_now(),
            reason="It was recorded twice by mistake.",
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_entry SET reason = 'other'",
        "DELETE FROM register_entry",
        "TRUNCATE register_entry CASCADE",
        "UPDATE register_entrybody SET body = ''",
        "TRUNCATE register_entrybody",
        "DELETE FROM register_redaction",
    ],
)
def test_the_application_cannot_change_what_was_entered(kent, statement):
    enter(result(kent), kent)
    with (
        acting(kent, None),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_body_cannot_be_deleted_without_a_redaction(kent):
    entry = enter(result(kent), kent)
    with acting(kent, None), pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        EntryBody.objects.filter(entry=entry).delete()


def test_redaction_takes_two_people_and_leaves_a_tombstone(kent, force_people, national_lead):
    officer = force_people(kent, "data_protection_officer")
    document = result(kent)
    entry = enter(document, kent)
    request = actions.propose_redaction(
        entry, force=kent, by=officer, at=db_now(), why="A name in the place.", public_reason="Personal data"
    )
    with pytest.raises(Forbidden):
        actions.redact(request, force=kent, by=officer, at=db_now())
    commitment = entry.commitment
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    assert documents([entry.pk]) == {}
    assert Redaction.objects.get(entry=entry).public_reason == "Personal data"
    assert Entry.objects.get(pk=entry.pk).commitment == commitment
    head = Head.objects.get(pk=document["reference"])
    assert head.is_redacted
    assert (head.place, head.area) == ("", "")


def test_a_redaction_under_a_withdrawal_takes_the_place_from_the_lists_too(kent, force_people, national_lead):
    officer = force_people(kent, "data_protection_officer")
    document = result(kent)
    entry = enter(document, kent)
    actions.withdraw(
        document["reference"], force=kent, by=None, at=db_now(), reason="It names a person's home."
    )
    request = actions.propose_redaction(
        entry, force=kent, by=officer, at=db_now(), why="A home address.", public_reason="Personal data"
    )
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    head = Head.objects.get(pk=document["reference"])
    assert (head.is_redacted, head.is_withdrawn, head.place) == (True, True, "")


def test_the_proposer_of_a_redaction_cannot_approve_it(kent, national_lead):
    entry = enter(result(kent), kent)
    request = actions.propose_redaction(
        entry, force=kent, by=national_lead, at=db_now(), why="A name.", public_reason="Personal data"
    )
    with pytest.raises(actions.NotRedactable, match="somebody else"):
        actions.redact(request, force=kent, by=national_lead, at=db_now())
    with national_scope(), acting(kent, None), pytest.raises(DatabaseError), transaction.atomic():
        type(request).objects.filter(pk=request.pk).update(
            state="approved", decided_by=national_lead, decided_at=db_now()
        )


def test_an_entry_cannot_claim_another_realm_than_its_force(northmoor):
    entry = enter(result(northmoor), northmoor)
    assert entry.realm == "demonstration"
    with acting(northmoor, None), pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(
            reference="LFR-0000-0000",
            version=1,
            act=Act.ORIGINAL,
            force=northmoor,
            realm="national",
            origin=Origin.SUBMITTED,
            tier="primary",
            schema="x",
            commitment="0" * 64,
            size=1,
            entered_at=db_now(),
        )


def test_everybody_may_read_the_register_and_nobody_writes_without_a_scope(kent):
    entry = enter(result(kent), kent)
    assert Entry.objects.filter(pk=entry.pk).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        EntryBody.objects.create(entry_id=entry.pk, force=kent, salt=b"x", body=b"y")
