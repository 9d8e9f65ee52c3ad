"""Notices stand on the register as results do: every version for good, and one way out."""

import json

import pytest
from django.db import DatabaseError, transaction

from events.models import Event
from forces.clock import db_now
from forces.tenancy import acting, national_scope
from register import actions, archives, items
from register.canonical import InvalidDocument, canonical_bytes, validate
from register.models import Act, Entry, EntryBody, Head, NoticeHead, Origin
from register.notices.actions import correct_notice, enter_notice
from tests.documents import result
from tests.notices import DEFERRAL, cancelled, change, deferred, notice, tell
from tests.people import make_member

pytestmark = pytest.mark.django_db


def problems(document):
    with pytest.raises(InvalidDocument) as raised:
        validate(document)
    return {problem.pointer: problem.message for problem in raised.value.problems}


# --- what a notice may say ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"on": "2026-12-13"}, "/starts_at"),
        ({"on": "2026-13"}, "/on"),
        ({"on": "2026-02-30"}, "/on"),
        ({"on": "2026-12"}, "/on"),
        ({"status": "deferred"}, "/on"),
        ({"ends_at": "2026-12-12T09:00:00Z"}, "/ends_at"),
        ({"ends_at": "2027-02-12T09:00:00Z"}, "/ends_at"),
        ({"ends_at": "2026-12-13T02:00:00Z"}, "/ends_on"),
        ({"ends_on": "2026-12-14"}, "/ends_on"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "/starts_at"),
        ({"place": None}, "/place"),
        ({"authority": None}, "/authority"),
        ({"status": "cancelled"}, "/cancelled_reason"),
        ({"cancelled_reason": "Rain."}, "/cancelled_reason"),
        ({"summary": "Two\nlines"}, "/summary"),
        ({"camera": "drone"}, "/camera"),
        ({"deferral": {**DEFERRAL, "review_on": "2026-11-01"}}, "/deferral/review_on"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused_where_it_does(kent, changes, pointer):
    assert pointer in problems(notice(kent) | changes)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", {"name": "Market Square", "area": None}),
        ("use_case", {"code": "locate_wanted", "label": "Find people who are wanted"}),
        ("summary", "In Market Square."),
        ("starts_at", "2026-12-12T10:00:00Z"),
        ("camera", "van"),
        ("threshold", "0.64"),
    ],
)
def test_a_deferred_notice_tells_force_and_month_alone(kent, field, value):
    assert f"/{field}" in problems(deferred(kent) | {field: value})
    assert validate(deferred(kent))


def test_a_deferred_notice_says_on_what_ground(kent):
    assert "/deferral" in problems(deferred(kent) | {"deferral": None})


def test_a_notice_that_crosses_midnight_in_summer_time_ends_on_the_next_day_in_london(kent):
    document = notice(kent) | {
        "on": "2026-07-04",
        "starts_at": "2026-07-04T21:00:00Z",
        "ends_at": "2026-07-04T23:30:00Z",
        "ends_on": "2026-07-05",
    }
    assert validate(document)
    assert "/ends_on" in problems(document | {"ends_on": None})


def test_an_authority_by_word_of_mouth_says_by_when_it_is_confirmed(kent):
    authority = notice(kent)["authority"] | {"kind": "urgent_oral"}
    assert "/authority/confirm_by" in problems(notice(kent, authority=authority))


# --- placing it --------------------------------------------------------------------------------------------


def test_enter_keeps_the_exact_bytes_and_moves_the_head(kent):
    document = tell(kent)
    entry = Entry.objects.of_notices().get()
    assert bytes(EntryBody.objects.get(entry=entry).body) == canonical_bytes(document)
    head = NoticeHead.objects.get(pk=document["reference"])
    assert (head.entry_id, head.version, head.status, str(head.on)) == (entry.pk, 1, "planned", "2026-12-12")
    assert not Head.objects.exists()


def test_enter_records_one_public_event_which_is_none_of_a_result(kent, kent_publisher):
    document = notice(kent)
    enter_notice(document, force=kent, by=kent_publisher, at=db_now())
    with national_scope():
        event = Event.objects.get(name__startswith="register.")
    assert (event.name, event.is_public) == ("register.notice_entered.v1", True)
    assert event.payload["status"] == "planned"
    assert event.subject == document["reference"]


def test_correct_keeps_every_version_and_needs_a_reason(kent):
    document = tell(kent)
    with pytest.raises(actions.NotEnterable, match="reason is published"):
        correct_notice(document, force=kent, by=None, at=db_now(), reason=" ")
    change(kent, cancelled(document), "The van broke down.")
    first, second = Entry.objects.filter(reference=document["reference"]).order_by("version")
    assert (second.act, second.supersedes_id, second.reason) == (
        Act.CORRECTION,
        first.pk,
        "The van broke down.",
    )
    head = NoticeHead.objects.get(pk=document["reference"])
    assert (head.version, head.status, head.entry_id) == (2, "cancelled", second.pk)


def test_a_deferred_notice_is_told_afterwards_and_never_withheld_again(kent):
    hidden = tell(kent, deferred(kent))
    head = NoticeHead.objects.get(pk=hidden["reference"])
    assert (head.is_withheld, head.place, str(head.on), str(head.until)) == (
        True,
        "",
        "2026-12-01",
        "2026-12-31",
    )
    change(
        kent, notice(kent, reference=hidden["reference"], deferral=dict(DEFERRAL)), "The threat has passed."
    )
    assert NoticeHead.objects.get(pk=hidden["reference"]).place == "Market Square"
    with pytest.raises(actions.NotEnterable, match="cannot be withheld now"):
        correct_notice(hidden, force=kent, by=None, at=db_now(), reason="Withhold it.")


def test_one_reference_is_of_a_result_or_of_a_notice(kent):
    document = tell(kent)
    with pytest.raises(actions.NotEnterable, match="on the register already"):
        actions.enter(
            result(kent, reference=document["reference"]),
            force=kent,
            origin=Origin.SUBMITTED,
            by=None,
            at=db_now(),
        )
    with pytest.raises(actions.NotEnterable, match="not on the register"):
        actions.withdraw(
            document["reference"], force=kent, by=None, at=db_now(), reason="It was entered by mistake."
        )


def test_a_notice_is_no_result_and_a_result_no_notice(kent):
    with pytest.raises(actions.NotEnterable) as refused:
        actions.enter(notice(kent), force=kent, origin=Origin.SUBMITTED, by=None, at=db_now())
    assert refused.value.pointer == "/schema"
    with pytest.raises(actions.NotEnterable) as refused:
        enter_notice(result(kent), force=kent, by=None, at=db_now())
    assert refused.value.pointer == "/schema"


def test_another_force_can_neither_enter_nor_correct(kent, avon):
    document = tell(kent)
    with pytest.raises(actions.NotEnterable, match="not of"):
        correct_notice(document, force=avon, by=None, at=db_now(), reason="Ours now.")
    with pytest.raises(actions.NotEnterable, match="not on the register"):
        correct_notice(document | {"force": avon.code}, force=avon, by=None, at=db_now(), reason="Ours now.")


def test_the_database_holds_that_what_is_withheld_has_no_place(kent):
    hidden = tell(kent, deferred(kent))
    with (
        pytest.raises(DatabaseError, match="notice_withheld_tells_nothing"),
        transaction.atomic(),
        acting(kent, None),
    ):
        NoticeHead.objects.filter(pk=hidden["reference"]).update(place="Market Square")


def test_two_people_remove_a_notice_and_its_place_goes_with_it(kent, national_lead):
    document = tell(kent)
    request = actions.propose_redaction(
        NoticeHead.objects.get(pk=document["reference"]).entry,
        force=kent,
        by=make_member(kent, "data_protection_officer"),
        at=db_now(),
        why="The summary names a person.",
        public_reason="A name stood in the summary.",
    )
    actions.redact(request, force=kent, by=national_lead, at=db_now())
    head = NoticeHead.objects.get(pk=document["reference"])
    assert (head.is_redacted, head.place, head.area) == (True, "", "")
    assert not EntryBody.objects.filter(entry=head.entry_id).exists()
    again = change(kent, document | {"summary": "Without the name."}, "Told again without the name.")
    head.refresh_from_db()
    assert (head.is_redacted, head.place) == (False, again["place"]["name"])


# --- what notices leave alone ------------------------------------------------------------------------------


def test_notices_change_the_archive_and_no_list_of_results(kent):
    before, whole = items.version("national"), archives.with_notices("national").version
    results = archives.state("national")
    document = tell(kent)
    assert items.version("national") == before
    assert archives.state("national") == results
    after = archives.with_notices("national").version
    assert after != whole
    change(kent, cancelled(document))
    assert archives.with_notices("national").version not in (whole, after)
    assert json.loads(canonical_bytes(document)) == document
