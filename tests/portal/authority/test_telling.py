"""The notice: previewed as the public will read it, published, withheld for a while; and what is cancelled."""

from datetime import timedelta

import pytest

from deployments.models import Plan
from deployments.planning import actions
from forces.clock import LONDON, db_now, london_date
from register.models import NoticeHead
from register.queries import documents
from tests.portal.authority.desk import WHY, attempts, text, url

pytestmark = pytest.mark.django_db
LATE = "The intelligence came in this morning and the place was chosen at noon."


def soon(hours):
    """A place task that starts so many hours from now."""
    starts = (db_now() + timedelta(hours=hours)).astimezone(LONDON)
    return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=3)).isoformat()}


def told(plan):
    return documents([plan.notice_entry])[plan.notice_entry]


def test_the_preview_is_what_is_published(kents, signed_in):
    plan = kents.authorise(kents.assessed(), conditions=["Signs at every way in."])
    client = signed_in(kents.engagement)
    shown = client.get(url("notice", plan))
    said = text(shown)
    assert "Publish it by" in said and "Signs at every way in." in said and "Market Square, Northmoor" in said
    answer = client.post(url("notice", plan), {"seen": plan.content_hash})
    assert answer.status_code == 302, text(answer)
    now = kents.now(plan)
    assert now.status == Plan.Status.NOTIFIED
    assert told(now)["authority"]["conditions"] == ["Signs at every way in."]
    assert "The public is told" in text(client.get(url("notice", plan)))


def test_everybody_who_reads_plans_previews_and_only_some_publish(kents, avons, signed_in):
    plan = kents.authorised()
    client = signed_in(kents.planner)
    assert "Who may publish it" in text(client.get(url("notice", plan)))
    assert client.post(url("notice", plan), {"seen": plan.content_hash}).status_code == 403
    assert signed_in(avons.engagement).get(url("notice", plan)).status_code == 404
    assert kents.now(plan).status == Plan.Status.AUTHORISED


def test_short_notice_needs_its_reason(kents, signed_in):
    plan = kents.authorised(place=soon(5))
    client = signed_in(kents.engagement)
    assert "The latest lawful moment was" in text(client.get(url("notice", plan)))
    missing = client.post(url("notice", plan), {"seen": plan.content_hash, "reason": ""})
    assert missing.status_code == 422 and "Say why the public is told so late" in text(missing)
    client.post(url("notice", plan), {"seen": plan.content_hash, "reason": LATE})
    assert told(kents.now(plan))["short_notice"]["reason"] == LATE


def test_a_notice_of_other_words_is_not_published(kents, signed_in):
    plan = kents.authorised()
    kents.edited(plan)
    answer = signed_in(kents.engagement).post(url("notice", plan), {"seen": plan.content_hash})
    assert answer.status_code == 409
    assert attempts(plan) == [("notify", "stale")]


def test_a_plan_that_is_not_complete_has_no_preview(kents, signed_in):
    plan = actions.begin(kents.force, by=kents.planner, at=db_now())
    assert signed_in(kents.planner).get(url("notice", plan)).status_code == 302


def deferral(plan, **more):
    day = london_date(db_now()) + timedelta(days=10)
    return {
        "seen": plan.content_hash,
        "ground": "specific_person",
        "reason": WHY,
        "review_on-day": day.day,
        "review_on-month": day.month,
        "review_on-year": day.year,
        **more,
    }


def test_an_officer_withholds_the_notice_and_that_much_is_public(kents, avons, signed_in):
    plan = kents.authorised()
    client = signed_in(kents.officer)
    shown = text(client.get(url("defer", plan)))
    assert "Where it takes place is not told yet" in shown and "The ground that you choose" in shown
    answer = client.post(url("defer", plan), deferral(plan))
    assert answer.status_code == 302, text(answer)
    head = NoticeHead.objects.get(reference=plan.reference)
    assert head.is_withheld and head.place == ""
    assert "Look at that again by" in text(client.get(url("decided", plan)))
    assert "Withheld for now" in text(client.get(url("notice", plan)))
    assert signed_in(kents.engagement).get(url("defer", plan)).status_code == 403
    assert signed_in(avons.officer).get(url("defer", plan)).status_code == 404


def test_withholding_needs_ground_reason_and_day(kents, signed_in):
    plan = kents.authorised()
    answer = signed_in(kents.officer).post(url("defer", plan), {"seen": plan.content_hash})
    assert answer.status_code == 422
    for words in ("Select the ground", "Say why the public may not be told before", "Enter day on which"):
        assert words in text(answer), words
    far = signed_in(kents.officer).post(url("defer", plan), deferral(plan, **{"review_on-year": 2099}))
    assert "within 92 days" in text(far)


def test_a_cancelled_deployment_is_told_to_the_public_as_shown(kents, signed_in):
    plan = kents.notified()
    client = signed_in(kents.officer)
    assert "This deployment was cancelled" in text(client.get(url("cancel-plan", plan)))
    short = client.post(url("cancel-plan", plan), {"seen": plan.content_hash, "reason": "No."})
    assert short.status_code == 422
    answer = client.post(url("cancel-plan", plan), {"seen": plan.content_hash, "reason": LATE})
    assert "The public notice says so" in text(client.get(answer["Location"]))
    now = kents.now(plan)
    assert (now.status, told(now)["status"], told(now)["cancelled_reason"]) == (
        "cancelled",
        "cancelled",
        LATE,
    )


def test_what_was_never_told_is_cancelled_without_a_word_to_the_public(kents, avons, signed_in):
    plan = kents.submitted()
    client = signed_in(kents.planner)
    assert "The public was never told of it" in text(client.get(url("cancel-plan", plan)))
    client.post(url("cancel-plan", plan), {"seen": plan.content_hash, "reason": LATE})
    assert kents.now(plan).status == Plan.Status.CANCELLED
    assert not NoticeHead.objects.filter(reference=plan.reference).exists()
    assert signed_in(kents.assessor).get(url("cancel-plan", plan)).status_code == 403
    assert signed_in(avons.planner).get(url("cancel-plan", plan)).status_code == 404
