"""Briefing packs: one press, a job, two files that say what the database says; who, twice, and a worker that dies."""

import io
import re
from urllib.parse import parse_qsl, urlsplit

import pandas
import pdfplumber
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from coordination.briefing.models import Pack
from coordination.briefing.pack import HEADLINES, TABLES
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from deployments import actions as deployments
from forces.clock import db_now
from forces.models import Realm
from forces.tenancy import national_scope
from jobs import runner
from jobs.models import Job
from portal.jobs import open_decisions
from register.models import Origin, Tier
from tests.deployments.recordings import facts
from tests.people import make_national
from tests.records import enter, entered, redacted  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db
NOTHING = "00000000-0000-0000-0000-000000000007"


@pytest.fixture
def analyst(kent, avon, entered, signed_in):  # noqa: F811
    for on in ("2023-05-01", "2024-04-06", "2024-11-02"):
        entered(kent, on=on)
    entered(avon, on="2024-07-01", figures={"alerts": None, "faces_seen": None})
    entered(kent, on="2024-04-06", origin=Origin.COLLATED, tier=Tier.SECONDARY)
    return signed_in(make_national("national_analyst"))


def path(name, *args):
    return reverse(f"admin:national-{name}", args=args)


def page(client, name, /, *args, status=200):
    answer = client.get(path(name, *args))
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:2000])
    return " ".join(answer.content.decode().split())


def work():
    with national_scope():
        waiting = list(Job.objects.filter(state=Job.State.QUEUED).order_by("id"))
    for job in waiting:
        runner.run(job.pk)


def made(client):
    client.post(path("pack-make"))
    work()
    return Pack.objects.latest("pk")


def text_of(pack):
    with pdfplumber.open(io.BytesIO(bytes(pack.pdf))) as pdf:
        return " ".join(" ".join((page.extract_text() or "") for page in pdf.pages).split())


@pytest.mark.parametrize("role", ["regulator", "testing_officer"])
def test_who_does_not_answer_makes_and_reads_none(role, analyst, signed_in):
    pack = made(analyst)
    client = signed_in(make_national(role))
    assert client.post(path("pack-make")).status_code == 403
    page(client, "packs", status=403)
    for uid in (pack.uid, NOTHING):
        for name in ("pack", "pack-pdf", "pack-ods"):
            page(client, name, uid, status=403)
    assert Pack.objects.count() == 1


def test_one_press_makes_a_pack_that_is_kept_and_listed(analyst):
    assert "No pack has been made yet." in page(analyst, "packs")
    analyst.post(path("pack-make"))
    assert "Being made:" in page(analyst, "packs")
    work()
    pack = Pack.objects.get()
    told = page(analyst, "packs")
    assert "Being made:" not in told
    assert "National analyst" in told
    assert "Fingerprint of its figures" in page(analyst, "pack", pack.uid)
    for ending, media in (
        ("pdf", "application/pdf"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ):
        answer = analyst.get(path(f"pack-{ending}", pack.uid))
        assert answer["Content-Type"] == media
        assert "no-store" in answer["Cache-Control"]
        assert answer.content == bytes(getattr(pack, ending))
    for name in ("pack", "pack-pdf", "pack-ods"):
        page(analyst, name, NOTHING, status=404)


def test_every_figure_of_the_tables_stands_in_the_pdf_as_in_the_database(analyst):
    """Row by row: the numbers beside a row's name are those that the table has now."""
    with pdfplumber.open(io.BytesIO(bytes(made(analyst).pdf))) as pdf:
        lines = [line for found in pdf.pages for line in (found.extract_text() or "").splitlines()]
    for published, tier, measures in TABLES:
        table = Table.of(published, Question(Realm.NATIONAL.value, tier=tier.value), columns=measures)
        for row in table.rows:
            for some in (measures[:4], measures[4:]):
                if not some:
                    continue
                numbers = [table.figure(row, measure) for measure in some]
                shown = [
                    "[x]" if each.number is None else f"{each.number:,}"
                    for each in numbers
                    if not each.is_share
                ]
                assert any(
                    said.startswith(row.label.split()[0]) and all(number in said.split() for number in shown)
                    for said in lines
                ), (published.code, tier, row.label, shown)


def test_each_number_of_the_pdf_leads_to_a_page_that_says_it(analyst, client):
    with pdfplumber.open(io.BytesIO(bytes(made(analyst).pdf))) as pdf:
        links = {link["uri"] for found in pdf.pages for link in found.hyperlinks}
    assert len(links) > 40
    for link in links:
        address = urlsplit(link)
        assert address.netloc == "testserver"
        assert client.get(address.path, dict(parse_qsl(address.query))).status_code == 200, link


def test_the_spreadsheet_has_the_figures_and_an_address_for_each(analyst, tmp_path):
    pack = made(analyst)
    sheets = pandas.read_excel(io.BytesIO(bytes(pack.ods)), sheet_name=None, header=None, engine="calamine")
    headlines = sheets["Headlines 1"]
    start = headlines.index[headlines[0] == "Figure"][0]
    read = dict(zip(headlines[0][start + 1 :], headlines[1][start + 1 :], strict=True))
    question = Question(Realm.NATIONAL.value)
    table = Table.of(TABLES[0][0], question, columns=HEADLINES)
    for measure in HEADLINES:
        assert read[str(measure.label)] == table.figure(table.total, measure).number, measure.code
    addresses = set(sheets["Addresses"][4][3:])
    assert {line["address"] for line in pack.content["lines"]} <= addresses


def test_the_same_register_gives_the_same_figures_and_another_gives_others(analyst, kent):
    first, second = made(analyst), made(analyst)
    assert first.pk != second.pk
    assert (first.register, first.figures) == (second.register, second.figures)
    assert re.sub("[0-9]{2}:[0-9]{2}", "", text_of(first)) == re.sub("[0-9]{2}:[0-9]{2}", "", text_of(second))
    enter(kent, on="2025-01-01")
    assert made(analyst).figures != first.figures


def test_it_says_what_stands_out_what_was_not_compared_and_what_waits(analyst, kent, kent_planner, redacted):  # noqa: F811
    told = text_of(made(analyst))
    assert "Not compared: the algorithm is not published." in told
    assert "too few months between breaks in series to tell change from chance" in told
    assert "No claim is held against the records." in told
    assert "Nothing was corrected, withdrawn or removed." in told
    assert "People invited who have not chosen a password" in told
    assert "None of them is ever added to another." in told


def test_what_waits_at_made_up_forces_is_not_counted(kent, kent_planner, northmoor, northmoor_operator_lead):
    for force, by in ((kent, kent_planner), (northmoor, northmoor_operator_lead)):
        deployments.record(force, facts(), by=by, at=db_now())
    counted = {each.title: each.count for each in open_decisions()}
    assert counted["Results that forces recorded and have not reviewed"] == 1
    assert counted["Results that forces reviewed and have not published"] == 0


def test_a_pack_that_was_kept_before_its_worker_died_is_not_made_again(analyst):
    pack = made(analyst)
    with national_scope():
        job = Job.objects.get()
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.QUEUED, finished_at=None, leased_by=None, lease_until=None, result={}
        )
    runner.run(job.pk)
    assert [each.pk for each in Pack.objects.all()] == [pack.pk]
    with national_scope():
        assert Job.objects.get().result == {"pack": str(pack.uid)}


def test_two_presses_make_two_dated_packs(analyst):
    for _time in range(2):
        analyst.post(path("pack-make"))
    work()
    assert Pack.objects.count() == 2
    assert all(bytes(pack.pdf).rstrip().endswith(b"%%EOF") for pack in Pack.objects.all())


def test_nobody_changes_a_pack(analyst):
    pack = made(analyst)
    for change in (
        lambda: Pack.objects.filter(pk=pack.pk).update(figures="0" * 64),
        lambda: Pack.objects.filter(pk=pack.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
