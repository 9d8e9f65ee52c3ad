"""The Decide queue: what needs whom, who has taken it, deciding with a reason, and a second person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.collation.signals.looking import look_at_all
from coordination.deciding.models import Decided, Holding, Proposal
from coordination.intake.models import Batch
from directory import actions as directory
from events.models import Delivery, Event
from forces.clock import db_now
from forces.models import Membership
from forces.tenancy import national_scope
from portal.national.waiting import age_of
from register import actions as register
from register.models import Entry, RedactionRequest
from tests.coordination.collation.test_signals import publish, signals
from tests.coordination.deciding.conftest import kind, reported  # noqa: F401
from tests.coordination.intake.conftest import bring, met, own_files, plain, take_in  # noqa: F401  # fixtures
from tests.people import make_national
from tests.portal.national.test_imports import EDITION, work
from tests.public.test_deployments import text
from tests.records import entered  # noqa: F401

pytestmark = pytest.mark.django_db
QUEUE = "/admin/decide/"


def at(code, key, step=""):
    return reverse("admin:national-decide" + ("-item" if not step else f"-{step}"), args=[code, key])


@pytest.fixture
def lead(signed_in, national_lead):
    return signed_in(national_lead)


@pytest.fixture
def signal(kent):
    publish(kent)
    look_at_all()
    return signals()[0]


@pytest.fixture
def parked(kent, kent_planner):
    with national_scope():
        event = Event.objects.filter(force=kent).first()
        return Delivery.objects.create(event=event, subscriber="site.test", state="parked", cause="KeyError")


def entry_of(document):
    return Entry.objects.get(reference=document["reference"])


# The list -----------------------------------------------------------------------------------------------


def test_an_empty_queue_says_so(lead):
    assert "Nothing waits for you to decide." in text(lead.get(QUEUE))


def test_the_queue_and_the_first_page_count_what_waits_once_and_say_what_is_late(lead, signal, parked):
    first = text(lead.get("/admin/"))
    assert first.count("Parked events") == 1
    assert first.count("Signals to look at") == 1
    told = text(lead.get(QUEUE))
    assert "False alerts out of alerts" in told
    assert "Kent Police" in told
    assert "Nobody" in told


def test_filters_are_addresses(lead, signal, parked, national_lead):
    both = lead.get(QUEUE).content.decode()
    only = lead.get(QUEUE, {"type": "signal"}).content.decode()
    for address, in_all, in_one in ((at("parked", parked.pk), 1, 0), (at("signal", signal.pk), 1, 1)):
        assert (both.count(f'href="{address}"'), only.count(f'href="{address}"')) == (in_all, in_one)
    assert "Nothing fits these filters." in text(lead.get(QUEUE, {"whose": "mine"}))
    lead.post(at("parked", parked.pk, "take"))
    mine = lead.get(QUEUE, {"whose": "mine"}).content.decode()
    assert at("parked", parked.pk) in mine
    assert at("signal", signal.pk) not in mine
    assert at("parked", parked.pk) not in lead.get(QUEUE, {"whose": "nobody"}).content.decode()
    assert "There is a problem" in text(lead.get(QUEUE, {"type": "no-such"}))


def test_what_is_late_stands_first_and_says_so(lead, kent, entered, force_people, bring):  # noqa: F811
    """A removal of two days is late; an import that has waited for five has two days left."""
    now = db_now()
    batch = bring(EDITION)
    Batch.objects.update(staged_at=now - timedelta(days=5))
    asked = register.propose_redaction(
        entry_of(entered(kent)),
        force=kent,
        by=force_people(kent, "data_protection_officer"),
        at=now - timedelta(days=2),
        why="A name.",
        public_reason="A name stood there.",
    )
    told = lead.get(QUEUE).content.decode()
    assert told.index(at("removal", asked.pk)) < told.index(at("import", batch.uid))
    assert told.count(">Late</strong>") == 1
    assert "late" in text(lead.get(at("removal", asked.pk)))
    first = text(lead.get("/admin/"))
    assert first.index("Removals of personal data to decide") < first.index("Documents read and not accepted")


def test_everybody_sees_what_they_may_decide_and_nothing_else(signed_in, regulator, signal, kent_auditor):
    reader = signed_in(regulator)
    assert "Nothing waits for you to decide." in text(reader.get(QUEUE))
    for step in ("", "take", "give-back"):
        assert (
            reader.post(at("signal", signal.pk, step), {"choice": "asked", "reason": "x"}).status_code == 403
        )
    assert signed_in(kent_auditor).get(QUEUE).status_code == 403
    assert not Holding.objects.exists()


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(minutes=59), "under 1 hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=40), "40 days"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(waited, words):
    now = db_now()
    assert age_of(now - waited, now) == words


def test_the_list_asks_no_more_of_the_database_for_more_items(
    lead,
    kind,  # noqa: F811
    national_lead,
    django_assert_max_num_queries,
):
    """One question for each kind, then one for each kind on the page: not one for each item."""
    reported(national_lead, "First")
    with CaptureQueriesContext(connection) as few:
        lead.get(QUEUE)
    for number in range(8):
        reported(national_lead, f"Another {number}")
    with django_assert_max_num_queries(len(few)):
        lead.get(QUEUE)


# One item -----------------------------------------------------------------------------------------------


def test_one_takes_an_item_and_another_is_told(lead, signal, signed_in, national_analyst):
    analyst = signed_in(national_analyst)
    assert lead.get(at("signal", signal.pk, "take")).status_code == 405
    assert "You have taken this until" in text(lead.post(at("signal", signal.pk, "take"), follow=True))
    assert "National lead has taken this" in text(analyst.post(at("signal", signal.pk, "take"), follow=True))
    seen = text(analyst.get(at("signal", signal.pk)))
    assert "You cannot decide on it meanwhile" in seen
    assert "What do you decide?" not in seen
    refused = analyst.post(at("signal", signal.pk), {"choice": "asked", "reason": "x"})
    assert refused.status_code == 422
    assert "National lead has taken this" in text(refused)
    assert "You do not hold this" in text(analyst.post(at("signal", signal.pk, "give-back"), follow=True))
    assert "You have given it back" in text(lead.post(at("signal", signal.pk, "give-back"), follow=True))
    assert analyst.post(at("signal", signal.pk), {"choice": "asked", "reason": "x"}).status_code == 302


def test_nonsense_is_answered_in_words(lead, signal):
    assert lead.get(at("no-such", "1")).status_code == 404
    for key in ("987654321", "x", "9" * 60):
        answer = lead.get(at("signal", key))
        assert answer.status_code == 404
        assert "settled elsewhere" in text(answer)
        assert lead.post(at("signal", key, "take")).status_code == 409
    wrong = lead.post(at("signal", signal.pk), {})
    assert wrong.status_code == 422
    assert "There is a problem" in text(wrong)


def test_a_reason_that_seems_to_identify_somebody_is_refused_and_kept_nowhere(lead, signal):
    number = "07700 900123"
    refused = lead.post(at("signal", signal.pk), {"choice": "asked", "reason": f"Ring them on {number}."})
    assert refused.status_code == 422
    assert "There is a problem" in text(refused)
    assert signals()[0].decision == ""
    with national_scope():
        assert not Event.objects.filter(reason__contains=number).exists()


# Kinds --------------------------------------------------------------------------------------------------


def test_whoever_asked_for_a_removal_does_not_decide_on_it(lead, national_lead, kent, entered, signed_in):  # noqa: F811
    entry = entry_of(entered(kent))
    asked = register.propose_redaction(
        entry, force=kent, by=national_lead, at=db_now(), why="A name.", public_reason="A name stood there."
    )
    address = at("removal", asked.pk)
    assert "You asked for this, so somebody else must decide." in text(lead.get(address))
    refused = lead.post(address, {"choice": "remove", "reason": "x"})
    assert refused.status_code == 422
    second = directory.appoint(
        role="national_lead", by=national_lead, at=db_now(), name="Second", email="second@centre.example"
    ).person
    other = signed_in(second)
    assert f"/deployments/{entry.reference}/" in other.get(address).content.decode()
    assert "The document is gone" in text(
        other.post(address, {"choice": "remove", "reason": "A name."}, follow=True)
    )
    with national_scope():
        assert RedactionRequest.objects.get().state == "approved"
    assert Decided.objects.get().about == entry.reference


def test_a_removal_that_is_left_says_why(lead, kent, entered, force_people):  # noqa: F811
    officer = force_people(kent, "data_protection_officer")
    asked = register.propose_redaction(
        entry_of(entered(kent)),
        force=kent,
        by=officer,
        at=db_now(),
        why="A name.",
        public_reason="A name stood there.",
    )
    lead.post(at("removal", asked.pk), {"choice": "leave", "reason": "No name."})
    with national_scope():
        assert Event.objects.get(name="redaction.refused.v1").reason == "No name."


def test_a_force_without_an_owner_leads_to_where_one_is_made(lead, kent, kent_planner, national_lead):
    with national_scope():
        owner = Membership.objects.select_related("force", "person").get(role="force_owner", force=kent)
    directory.revoke(owner, by=national_lead, at=db_now(), reason="Left")
    page = lead.get(at("no-owner", "kent"))
    assert "Invite somebody as force owner" in text(page)
    assert "What do you decide?" not in text(page)
    assert at("no-owner", "kent") in lead.get(QUEUE).content.decode()
    assert lead.post(at("no-owner", "kent"), {"choice": "x", "reason": "x"}).status_code == 422
    assert lead.post(at("no-owner", "kent", "take")).status_code == 302


def test_an_import_is_accepted_from_the_queue_and_leaves_it_at_once(lead, met, bring):  # noqa: F811
    batch = bring(EDITION)
    address = at("import", batch.uid)
    assert "New deployments that become public" in text(lead.get(address))
    done = lead.post(address, {"choice": "accept", "reason": "Checked"})
    assert done.status_code == 302, text(done)
    assert address not in lead.get(QUEUE).content.decode().split("Decided lately")[0]
    work()
    assert Batch.objects.get().state == "accepted"


def test_who_takes_an_import_decides_on_it_from_every_page(lead, bring, signed_in, national_analyst):  # noqa: F811
    batch = bring(EDITION)
    lead.post(at("import", batch.uid, "take"))
    analyst = signed_in(national_analyst)
    for name in ("accept", "discard"):
        refused = analyst.post(reverse(f"admin:national-import-{name}", args=[batch.uid]))
        assert refused.status_code == 422
        assert "National lead has taken this" in text(refused)
    assert (
        lead.post(at("import", batch.uid), {"choice": "leave", "reason": "Twice brought"}).status_code == 302
    )
    batch.refresh_from_db()
    assert batch.state == "discarded"


# Two people ---------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(kind, lead, national_lead):  # noqa: F811
    """The kind of docs/how-to/add-a-decision.md, with a proposal of the lead's."""
    address = at(kind.code, reported(national_lead).pk)
    assert "Two people decide this" in text(lead.get(address))
    lead.post(address, {"choice": "verify", "reason": "I read the page."})
    return address


def test_the_second_person_confirms_what_the_first_proposed(lead, proposed, signed_in):
    seen = text(lead.get(proposed))
    assert "Nothing is done until somebody else confirms it" in seen
    assert "Do you agree?" not in seen
    proposal = Proposal.objects.get()
    mine = lead.post(proposed, {"proposal": proposal.pk, "answer": "confirm"})
    assert mine.status_code == 422
    assert "You proposed this, so somebody else must confirm it." in text(mine)
    second = signed_in(make_national("testing_officer"))
    assert "Proposed by National lead" in text(second.get(QUEUE))
    assert "I read the page." in text(second.get(proposed))
    assert second.post(proposed, {"proposal": proposal.pk}).status_code == 422
    done = second.post(proposed, {"proposal": proposal.pk, "answer": "confirm"}, follow=True)
    assert "Maker Matcher 2 is verified." in text(done)
    assert "(proposed by National lead)" in text(lead.get(QUEUE))
    assert "Testing officer has decided this already" in text(lead.get(proposed))


def test_the_second_person_declines_and_says_why(lead, proposed, signed_in):
    second = signed_in(make_national("testing_officer"))
    proposal = Proposal.objects.get()
    given = {"proposal": proposal.pk, "answer": "decline"}
    assert second.post(proposed, given).status_code == 422
    assert "It waits again" in text(second.post(proposed, {**given, "reason": "It says 3."}, follow=True))
    late = second.post(proposed, {"proposal": proposal.pk, "answer": "confirm"})
    assert late.status_code == 422
    assert "That proposal does not stand any more" in text(late)
    assert not Decided.objects.exists()
