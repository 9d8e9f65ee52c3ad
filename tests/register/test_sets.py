"""Many corrections at once leave what as many single ones would, or nothing."""

from __future__ import annotations

import pytest

from events.models import Event
from forces.clock import db_now
from forces.tenancy import national_scope
from register import actions
from register.canonical import canonical_bytes
from register.models import Act, Entry, EntryBody, Head, Origin
from tests.documents import result

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(kent):
    """Three results of one force, on the register."""
    made = [result(kent) for _ in range(3)]
    actions.enter_all(made, force=kent, origin=Origin.SUBMITTED, by=None, at=db_now())
    return made


def corrected(document):
    return document | {"watchlist_size": 4_321, "place": {"name": "Elsewhere", "area": None}}


def correct_all(corrections, force, origin=Origin.SUBMITTED):
    return actions.correct_all(corrections, force=force, origin=origin, by=None, at=db_now())


def test_each_correction_is_an_entry_of_its_own_with_the_exact_bytes(kent, published):
    given = [(corrected(document), f"Misread {n}.") for n, document in enumerate(published)]
    entries = correct_all(given, kent)
    for entry, (document, reason) in zip(entries, given, strict=True):
        assert (entry.reference, entry.version, entry.act) == (document["reference"], 2, Act.CORRECTION)
        assert entry.reason == reason
        assert entry.supersedes.version == 1
        assert bytes(EntryBody.objects.get(entry=entry).body) == canonical_bytes(document)


def test_each_head_shows_its_correction_and_keeps_when_it_was_first_entered(kent, published):
    before = {head.reference: head.first_entered_at for head in Head.objects.all()}
    entries = correct_all([(corrected(document), "Misread.") for document in published], kent)
    for entry in entries:
        head = Head.objects.get(pk=entry.reference)
        assert (head.entry_id, head.version, head.place) == (entry.pk, 2, "Elsewhere")
        assert head.first_entered_at == before[entry.reference]
        assert head.entered_at == entry.entered_at


def test_each_correction_is_announced_with_its_own_reason(kent, published):
    entries = correct_all([(corrected(d), f"Misread {n}.") for n, d in enumerate(published)], kent)
    with national_scope():
        told = Event.objects.filter(name="register.entered.v1", payload__version=2).order_by("id")
        assert [(one.subject, one.reason) for one in told] == [
            (entry.reference, f"Misread {n}.") for n, entry in enumerate(entries)
        ]


@pytest.mark.parametrize("what", ["unknown", "twice", "withdrawn", "without a reason"])
def test_one_that_cannot_be_corrected_stops_all(kent, published, what):
    given = [(corrected(document), "Misread.") for document in published]
    if what == "unknown":
        given[2] = (result(kent), "Misread.")
    elif what == "twice":
        given[2] = given[0]
    elif what == "without a reason":
        given[2] = (given[2][0], " ")
    else:
        reference = published[2]["reference"]
        actions.withdraw(reference, force=kent, by=None, at=db_now(), reason="It never took place.")
    before = Entry.objects.count()
    with pytest.raises(actions.NotEnterable):
        correct_all(given, kent)
    assert Entry.objects.count() == before
    assert not Head.objects.filter(place="Elsewhere").exists()


def test_transcriptions_never_supersede_what_a_force_submitted(kent, published):
    with pytest.raises(actions.NotEnterable, match="only the force"):
        correct_all([(corrected(published[0]), "Printed otherwise.")], kent, origin=Origin.COLLATED)


def test_no_force_corrects_what_another_published(avon, kent, published):
    theirs = [(corrected(document) | {"force": avon.code}, "Misread.") for document in published]
    with pytest.raises(actions.NotEnterable, match="is not on the register"):
        correct_all(theirs, avon)
