"""Imports by the centre's pages: bring, look, answer, accept, undo; each refusal in words."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.uploads import LARGEST
from coordination.intake.extract.limits import Limits
from coordination.intake.models import Batch, Document, StagedRow
from events.models import Event
from forces.tenancy import national_scope
from jobs import runner
from jobs.models import Job
from register.models import Head
from tests.coordination.intake import making
from tests.coordination.intake.conftest import (  # noqa: F401  # fixtures
    EDITION,
    bring,
    met,
    own_files,
    plain,
    take_in,
)
from tests.people import make_national

pytestmark = pytest.mark.django_db
GOOD = making.csv([making.HEADING_2025, *EDITION])


@pytest.fixture
def analyst(met, signed_in):  # noqa: F811
    return signed_in(make_national("national_analyst"))


def path(name, *args):
    return reverse(f"admin:national-import{name}", args=args)


def page(client, name, /, *args, status=200, **query):
    answer = client.get(path(name, *args), query)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:2000])
    return re.sub(r"\s+", " ", answer.content.decode())


def send(client, content, name="grid.csv", **more):
    return client.post(path("-new"), {"file": SimpleUploadedFile(name, content), "profile": "", **more})


def work():
    """What a worker would do now: every job that waits."""
    with national_scope():
        waiting = list(Job.objects.filter(state=Job.State.QUEUED).order_by("id"))
    for job in waiting:
        runner.run(job.pk)


def latest():
    return Batch.objects.latest("pk")


# The door -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["regulator", "testing_officer"])
def test_a_national_reader_who_may_not_import_is_refused(role, signed_in, met, bring):  # noqa: F811
    batch = bring(EDITION)
    client = signed_in(make_national(role))
    for name in ("s", "-new"):
        assert client.get(path(name)).status_code == 403, name
    for name in ("", "-read", "-accept", "-undo", "-discard", "-findings", "-rows", "-next"):
        assert client.get(path(name, batch.uid)).status_code == 403, name
    for name in ("-read", "-accept", "-undo", "-discard"):
        assert client.post(path(name, batch.uid), {"reason": "x"}).status_code == 403, name
    assert client.post(path("-row", batch.uid, 1), {"to": "new"}).status_code == 403
    assert send(client, GOOD).status_code == 403
    assert Batch.objects.get().state == "staged"


def test_an_import_that_is_not_there_is_not_found(analyst):
    nothing = "00000000-0000-0000-0000-000000000007"
    for name in ("", "-accept", "-undo", "-discard", "-findings", "-rows", "-next", "-read"):
        page(analyst, name, nothing, status=404)


# Bringing -------------------------------------------------------------------------------------------


def test_the_list_says_that_nothing_was_imported(analyst):
    assert "Nothing has been imported yet." in page(analyst, "s")


def test_limits_are_told_before_a_document_is_brought(analyst):
    told = page(analyst, "-new")
    assert "up to 20 MB" in told
    assert "up to 500 pages" in told


def test_a_document_is_read_by_a_job_and_nothing_is_published(analyst):
    answer = send(analyst, GOOD)
    batch = latest()
    assert answer["Location"] == path("", batch.uid)
    waits = page(analyst, "", batch.uid)
    assert "Being read" in waits
    assert ">Refresh</a>" in waits
    assert path("-discard", batch.uid) not in waits
    work()
    told = page(analyst, "", batch.uid)
    assert "Read, not accepted" in told
    assert "Metropolitan Police deployment grid, 2025" in told
    assert not Head.objects.exists()
    assert "4 rows: 4 new" in page(analyst, "s")
    assert "National analyst" in page(analyst, "s")


def test_no_document_is_an_error_in_the_summary(analyst):
    answer = analyst.post(path("-new"), {"profile": ""})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Choose the document." in told.split("There is a problem")[1]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("big.pdf", b"x" * (60 << 20), "The file is 60 MB. The limit is 20 MB."),
    ],
    ids=["empty", "60 MB"],
)
def test_a_file_that_is_not_taken_at_all_is_refused_at_once(analyst, name, content, said):
    answer = send(analyst, content, name)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert f"{name}: {said}" in told, told[told.index("<h1") :]
    assert "Choose the document." not in told
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("damaged.pdf", making.two_layouts_pdf()[:-700], "its end is missing"),
        ("really-a-zip.pdf", making.archive({"a.txt": b"text"}), "The file is a ZIP archive"),
        ("formulas.xlsx", making.xlsx([making.HEADING_2025, *EDITION], formula_at="P2"), "Cell P2 on sheet"),
        ("photo.pdf", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 300, "The file is a picture (JPEG)"),
    ],
    ids=["damaged", "zip", "formulas", "jpeg"],
)
def test_a_bad_file_shows_its_one_error(analyst, name, content, said):
    assert send(analyst, content, name).status_code == 302
    work()
    told = page(analyst, "", latest().uid)
    assert told.count(said) == 1
    assert "It did not work" in told
    assert "Accept" not in told
    assert not Document.objects.filter(state="kept").exists()


def test_a_name_is_shown_and_never_trusted(analyst):
    send(analyst, GOOD, "../../<b>x.csv")
    work()
    told = page(analyst, "", latest().uid)
    assert "&lt;b&gt;x.csv" in told
    assert "<b>x" not in told
    assert latest().document.path.endswith(latest().document.sha256)


def test_an_unknown_profile_is_refused_beside_its_field(analyst):
    answer = send(analyst, GOOD, profile="no-such")
    assert answer.status_code == 422
    assert not Batch.objects.exists()


def test_an_upload_is_let_go_of_at_the_size_that_is_told():
    assert Limits().file_bytes == LARGEST


# Looking --------------------------------------------------------------------------------------------


def test_errors_are_told_by_row_and_cell_and_keep_the_import_out(analyst, bring):  # noqa: F811
    batch = bring([*EDITION, plain("New Road", "32/05/25", 100), plain("Elm Street", "03/05/25", "many")])
    told = page(analyst, "-findings", batch.uid)
    assert "row 5, column Date" in told
    assert "“32/05/25” is not a date" in told
    assert "row 6, column Faces seen (estimate)" in told
    summary = page(analyst, "", batch.uid)
    assert "It cannot be accepted: there are 2 errors." in summary
    assert path("-accept", batch.uid) not in summary
    answer = analyst.post(path("-accept", batch.uid))
    assert answer.status_code == 422
    assert "There are 2 errors. Nothing was taken in." in answer.content.decode()


def test_warnings_and_notes_have_pages_of_their_own_and_nonsense_has_none(analyst, bring):  # noqa: F811
    batch = bring(EDITION)
    assert "There are no warnings." in page(analyst, "-findings", batch.uid, severity="warning")
    page(analyst, "-findings", batch.uid, severity="note")
    page(analyst, "-findings", batch.uid, severity="gossip", status=404)
    page(analyst, "-rows", batch.uid, match="gossip", status=404)
    page(analyst, "-rows", batch.uid, page="gossip")
    page(analyst, "-row", batch.uid, 99, status=404)


def test_rows_show_what_is_printed_beside_what_was_read(analyst, bring):  # noqa: F811
    batch = bring(EDITION)
    told = page(analyst, "-rows", batch.uid)
    assert "2 May 2025" in told
    assert "printed: 02/05/25" in told
    assert "6 h 32 min" in told
    assert "printed: 30855" not in told
    one = page(analyst, "-row", batch.uid, 1)
    assert "As printed and as read" in one
    assert "Old Bridge" in one


def test_rows_are_paged(analyst, bring):  # noqa: F811
    batch = bring([plain(f"Place {n}", "02/05/25", 1000 + 7 * n, watchlist=str(9000 + n)) for n in range(60)])
    first = page(analyst, "-rows", batch.uid)
    assert "2 of 2" in first
    assert "Place 59" not in first
    assert "Place 59" in page(analyst, "-rows", batch.uid, page=2)


# Accepting and undoing ------------------------------------------------------------------------------


def test_accepting_says_what_becomes_public_and_is_a_job(analyst):
    send(analyst, GOOD)
    work()
    batch = latest()
    told = page(analyst, "-accept", batch.uid)
    assert "New deployments that become public" in told
    assert "Metropolitan Police Service" in told
    assert analyst.post(path("-accept", batch.uid)).status_code == 302
    assert "Being accepted" in page(analyst, "", batch.uid)
    again = analyst.post(path("-accept", batch.uid))
    assert again.status_code == 422
    assert "is being worked on" in again.content.decode()
    work()
    assert Head.objects.count() == 4
    told = page(analyst, "", batch.uid)
    assert "New records published" in told
    assert re.search(r"Accepted.* by National analyst", told)


def test_undoing_needs_a_reason_and_withdraws(analyst, take_in):  # noqa: F811
    batch = take_in(EDITION)
    answer = analyst.post(path("-undo", batch.uid), {"reason": " "})
    assert answer.status_code == 422
    analyst.post(path("-undo", batch.uid), {"reason": "The wrong edition."})
    work()
    assert not Head.objects.standing().exists()
    told = page(analyst, "", batch.uid)
    assert "The wrong edition." in told
    assert "Records withdrawn" in told
    assert Head.objects.first().reference in page(analyst, "-rows", batch.uid)
    with national_scope():
        assert Event.objects.get(name="import.undone.v1").reason == "The wrong edition."


def test_what_is_over_is_refused_in_words(analyst, bring):  # noqa: F811
    batch = bring(EDITION)
    answer = analyst.post(path("-undo", batch.uid), {"reason": "No."})
    assert "This import is not accepted, so there is nothing to undo." in answer.content.decode()
    assert analyst.post(path("-discard", batch.uid)).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "discarded"
    for name in ("-accept", "-discard", "-read"):
        assert analyst.post(path(name, batch.uid)).status_code == 422, name


def test_a_second_import_says_that_it_changes_nothing(analyst, take_in, bring):  # noqa: F811
    take_in(EDITION)
    batch = bring(EDITION)
    told = page(analyst, "", batch.uid)
    assert "Accepting this would change nothing." in told
    assert "The same document came before or since" in told


def test_rows_that_a_restart_lost_are_said_to_be_gone(analyst, bring):  # noqa: F811
    batch = bring(EDITION)
    StagedRow.objects.filter(batch=batch).delete()
    assert "the database server was restarted" in page(analyst, "", batch.uid)


# Questions ------------------------------------------------------------------------------------------


def test_questions_are_answered_one_by_one(analyst, take_in, bring):  # noqa: F811
    take_in(EDITION)
    batch = bring(EDITION[:1] + EDITION[3:])
    told = page(analyst, "", batch.uid)
    assert "2 rows wait for your answer." in told
    first = analyst.get(path("-next", batch.uid))["Location"]
    asked = analyst.get(first).content.decode()
    assert "no longer printed" in asked
    assert analyst.post(first, {}).status_code == 422
    second = analyst.post(first, {"to": "leave"})["Location"]
    assert second != first
    assert analyst.post(second, {"to": "withdraw"})["Location"] == path("", batch.uid)
    assert analyst.post(second, {"to": "new"}).status_code == 422
    assert "2 rows: 2 unchanged" in page(analyst, "s"), "one that was left is no row of the document"
    assert "Public records that are withdrawn, as you answered" in page(analyst, "-accept", batch.uid)
    analyst.post(path("-accept", batch.uid))
    work()
    assert Head.objects.standing().count() == 3
    assert "Records it withdrew, which stay withdrawn" in page(analyst, "-undo", batch.uid)


def test_a_row_that_may_be_one_of_two_offers_both_side_by_side(analyst, take_in, bring):  # noqa: F811
    twins = [
        plain("Old Bridge", "02/05/25", 100, watchlist="5000"),
        plain("Old Bridge", "02/05/25", 100, watchlist="6000"),
    ]
    take_in(twins)
    batch = bring([plain("Old Bridge", "02/05/25", 100, watchlist="7000")])
    row = batch.staged.get(match="ambiguous")
    told = page(analyst, "-row", batch.uid, row.number)
    for reference in Head.objects.values_list("reference", flat=True):
        assert f"It is {reference}" in told
        assert f"Register: {reference}" in told
    assert "(differs)" in told
    chosen = row.candidates[0]["reference"]
    analyst.post(path("-row", batch.uid, row.number), {"to": chosen})
    row.refresh_from_db()
    assert (row.match, row.reference) == ("correction", chosen)
