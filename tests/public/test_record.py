"""One record: every figure with its source, what changed since, and the exact bytes."""

import hashlib

import pytest

from forces.clock import db_now
from register import actions
from register.canonical import canonical_bytes
from tests.public.test_deployments import text

pytestmark = pytest.mark.django_db

PROVENANCE = {
    "publisher": "Kent Police",
    "document": "Deployments 2024",
    "url": "https://www.kent.police.uk/deployments.pdf",
    "sha256": "a" * 64,
    "page": 4,
    "row": 15,
    "printed": {"Total Alerts": "3 ", "Date": "04/06/24", "arrests": None},
    "corrections": [
        {
            "field": "on",
            "printed": "04/06/24",
            "corrected": "2024-04-06",
            "reason": "Day and month are the wrong way round.",
        }
    ],
}


def page(client, document):
    response = client.get(f"/deployments/{document['reference']}/")
    assert response.status_code == 200
    return text(response)


def test_every_figure_is_a_number_or_a_reason(client, kent, entered):
    document = entered(kent, figures={"engagements": None, "arrests": 0})
    shown = page(client, document)
    assert "Engagements [x] Not published. The source gives no figure." in shown
    assert "Arrests 0 The publisher does not say" in shown
    assert "Faces seen 5,460 Estimated" in shown
    assert "1 of 3 alerts, 33.3% (95% interval 0.84% to 90.6%)" in shown


def test_the_four_reasons_are_four_different_words(client, kent, entered):
    reasons = {
        "alerts": ("not_published", "Not published."),
        "arrests": ("not_applicable", "Does not apply."),
        "faces_seen": ("aborted", "Aborted before there was a figure."),
        "other_action": ("misleading", "Left out because it would mislead."),
    }
    figures = dict.fromkeys(reasons)
    absent = {field: {"code": code, "why": f"Because of {field}."} for field, (code, _) in reasons.items()}
    shown = page(
        client,
        entered(kent, figures=figures, absent=absent, status="aborted", abort_reason="Technical fault"),
    )
    assert "Aborted: Technical fault" in shown
    for field, (_code, words) in reasons.items():
        assert f"{words} Because of {field}." in shown


def test_a_transcribed_record_names_its_source_and_says_it_was_not_submitted(client, kent, entered):
    document = entered(kent, origin="collated", provenance=PROVENANCE, quality=["faces_estimated"])
    shown = page(client, document)
    assert (
        "Transcribed by the national centre from what Kent Police published; not submitted by the force."
        in shown
    )
    assert "page 4, row 15" in shown
    assert "a" * 64 in shown
    assert "Alerts 3 The publisher does not say “3 ”" in shown
    assert "the source prints “04/06/24”; this record uses “2024-04-06”. Day and month" in shown
    assert "Faces seen is an estimate by the force" in shown


def test_a_submitted_record_says_so(client, kent, entered):
    assert "Published on this register by Kent Police itself." in page(client, entered(kent))


def test_answers_to_contradictions_are_published(client, kent, entered):
    document = entered(
        kent, arithmetic=[{"check": "outcomes_exceed_alerts", "answer": "Two people came with one alert."}]
    )
    assert "Two people came with one alert." in page(client, document)


def test_a_correction_and_a_withdrawal_are_told_with_their_reasons(client, kent, entered):
    document = entered(kent)
    actions.correct(
        {**document, "on": "2024-05-07"},
        force=kent,
        origin="submitted",
        by=None,
        at=db_now(),
        reason="The date was misread.",
    )
    shown = page(client, document)
    assert "Corrected" in shown
    assert "The date was misread." in shown
    assert "7 May 2024" in shown
    actions.withdraw(
        document["reference"], force=kent, by=None, at=db_now(), reason="It never took place at all."
    )
    shown = page(client, document)
    assert "This result was withdrawn" in shown
    assert "It never took place at all." in shown
    assert "Faces seen 5,460" in shown


def test_every_version_is_there_as_exact_bytes(client, kent, entered):
    document = entered(kent)
    later = {**document, "on": "2024-05-07"}
    actions.correct(
        later, force=kent, origin="submitted", by=None, at=db_now(), reason="The date was misread."
    )
    shown = page(client, document)
    for version, expected in ((1, document), (2, later)):
        response = client.get(f"/deployments/{document['reference']}/v{version}.json")
        assert response.content == canonical_bytes(expected)
        assert response["Content-Type"] == "application/json"
        assert hashlib.sha256(response.content).hexdigest() in shown


@pytest.mark.parametrize("version", ["0", "2", "99999999999999999999"])
def test_a_version_that_is_not_there_is_404(client, kent, entered, version):
    assert client.get(f"/deployments/{entered(kent)['reference']}/v{version}.json").status_code == 404


def test_a_redacted_record_shows_its_tombstone_and_nothing_else(client, kent, entered, redacted):
    document = entered(kent, place={"name": "Outside the house of Jane Doe", "area": None})
    redacted(kent, document["reference"])
    shown = page(client, document)
    assert "The document was removed" in shown
    assert "A name stood in the place." in shown
    assert "5,460" not in shown
    assert "Place removed" in shown
    for address in (
        f"/deployments/{document['reference']}/",
        "/deployments/?state=redacted",
        "/forces/kent/",
    ):
        assert "Jane Doe" not in text(client.get(address)), address
    assert "Place removed" in text(client.get("/deployments/?state=redacted"))
    gone = client.get(f"/deployments/{document['reference']}/v1.json")
    assert gone.status_code == 410
    assert "A name stood in the place." in text(gone)


def test_complaint_routes_are_on_every_record(client, kent, entered):
    shown = page(client, entered(kent))
    for route in (
        "Kent Police",
        "Independent Office for Police Conduct",
        "Information Commissioner's Office",
    ):
        assert route in shown


def test_a_record_of_the_other_world_is_found_at_its_own_address(client, northmoor, kent, entered):
    made_up, real = entered(northmoor)["reference"], entered(kent)["reference"]
    assert client.get(f"/deployments/{made_up}/")["Location"] == f"/demonstration/deployments/{made_up}/"
    assert client.get(f"/demonstration/deployments/{real}/")["Location"] == f"/deployments/{real}/"
    assert client.get(f"/deployments/{made_up}/v1.json").status_code == 404


def test_a_reference_is_found_in_any_letters(client, kent, entered):
    reference = entered(kent)["reference"]
    page = client.get(f"/deployments/{reference.lower()}/", {"utm_source": "x"})
    assert (page.status_code, page["Location"]) == (302, f"/deployments/{reference}/")
    assert client.get(f"/deployments/{reference.lower()}/v1.json").status_code == 200
    assert reference.encode() in client.get(f"/revisions/?record={reference.lower()}").content
    assert f"/deployments/{reference}/".encode() in client.get(f"/deployments/?q={reference.lower()}").content
