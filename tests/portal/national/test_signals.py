"""Signals to look at: who sees them, with what evidence, and that one decision with a reason is taken."""

import pytest
from django.urls import reverse

from coordination.collation.signals.looking import look_at_all
from tests.coordination.collation.test_signals import publish, signals
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db
LIST = "/admin/signals/"


@pytest.fixture
def first(kent):
    publish(kent)
    look_at_all()
    return signals()[0]


@pytest.fixture
def address(first):
    return reverse("admin:national-decide-item", args=["signal", first.pk])


def test_the_lead_finds_a_signal_with_its_evidence_and_decides(signed_in, national_lead, kent, address):
    lead = signed_in(national_lead)
    assert "Signals to look at" in text(lead.get("/admin/"))
    page = lead.get(LIST)
    assert "10 months in a row on one side of the median; chance seldom gives more than 7." in text(page)
    chart = "/statistics/run-charts/?force=kent&measure=far_alerts"
    records = "/deployments/?force=kent&since=2024-01-01&until=2024-10-31&tier=primary&measure=false_alerts"
    for evidence in (chart, records):
        assert evidence.replace("&", "&amp;") in page.content.decode()
        assert lead.get(evidence).status_code == 200
    assert address in page.content.decode()
    item = lead.get(address)
    assert "10 months in a row on one side of the median" in text(item)
    assert chart.replace("&", "&amp;") in item.content.decode()
    assert lead.post(address, {"choice": "asked", "reason": " "}).status_code == 422
    answer = lead.post(address, {"choice": "asked", "reason": "They changed their watchlist?"}, follow=True)
    assert "Decided. It stands in the history of Kent Police." in text(answer)
    assert "They changed their watchlist?" in text(lead.get(LIST))
    assert "This does not wait any more" in text(lead.get(address))
    assert lead.post(address, {"choice": "explained", "reason": "Twice"}).status_code == 409
    assert signals()[0].decision == "asked"


def test_a_regulator_reads_and_does_not_decide(signed_in, regulator, address):
    reader = signed_in(regulator)
    page = reader.get(LIST)
    assert page.status_code == 200
    assert address not in page.content.decode()
    assert reader.get(address).status_code == 403
    assert reader.post(address, {"choice": "asked", "reason": "Why."}).status_code == 403
    assert signals()[0].decision == ""


def test_a_force_s_people_read_it_in_their_history_and_not_at_the_centre(signed_in, kent_auditor, address):
    auditor = signed_in(kent_auditor)
    assert auditor.get(LIST).status_code == 403
    assert auditor.get(address).status_code == 403
    said = text(auditor.get("/portal/kent/history/"))
    assert "The published figures show a sign of change" in said
    assert "False alerts out of alerts, 2024-01, 2024-10" in said
