"""Questions and their answers: made from the register, kept for good, and told apart from what it says now."""

import io
import subprocess
import unicodedata
from urllib.parse import parse_qsl, urlsplit

import pdfplumber
import pytest
from django.db import DatabaseError, transaction
from python_calamine import CalamineWorkbook

from coordination.briefing import actions
from coordination.briefing.asked import Asked, from_query
from coordination.briefing.changes import Changes, reasons
from coordination.briefing.models import Answer, Question
from coordination.briefing.reading import Content, notes_of
from coordination.briefing.steady import Moving
from coordination.briefing.writing import as_pdf
from coordination.briefing.writing.paper import Paper, Section, Text
from coordination.collation.counting import count_again
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden, Invalid
from forces.tenancy import national_scope
from portal.national.public_addresses import addresses_on
from register import actions as register
from register.models import Head, Origin, Tier
from register.search import InvalidSearch
from tests.documents import result
from tests.people import make_national

pytestmark = pytest.mark.django_db
ADDRESSES = addresses_on("https://register.example")
COUNTS = {"alerts": 12, "true_alerts": 9, "true_alerts_confirmed": 9, "false_alerts": 3}
COUNTS |= {"false_alerts_confirmed": 3, "engagements": 9, "arrests": 4, "other_action": 3, "no_action": 2}


@pytest.fixture
def analyst(kent, avon):
    return make_national("national_analyst")


@pytest.fixture
def three_records(kent, entered):
    """Two of Kent's own, one told by the press."""
    own = [entered(kent, on=on, figures=COUNTS) for on in ("2024-04-06", "2024-11-02")]
    press = entered(kent, on="2024-04-06", origin=Origin.COLLATED, tier=Tier.SECONDARY)
    return [*own, press]


def ask(by, code="deployments", title="How often?", **words):
    asked = Asked.stored(code, words)
    return actions.save_question(title=title, reference="UIN 1234", asked=asked, by=by, at=db_now())


def answered(question, by):
    question.refresh_from_db()
    return actions.answer(question, seen=question.answers, addresses=ADDRESSES, by=by, at=db_now())


def correct(force, document, **changes):
    register.correct(
        {**document, **changes},
        force=force,
        origin=Origin.SUBMITTED,
        by=None,
        at=db_now(),
        reason="The sheet was misread",
    )
    count_again(force, [document["reference"]])


def said(answer, tier="primary"):
    part = next(part for part in Content.read(answer.content).parts if part.tier == tier)
    return {line.measure: line for line in part.total}


# Saying ---------------------------------------------------------------------------------------------


def test_an_answer_says_in_plain_english_what_the_records_come_to(analyst, three_records):
    told = answered(ask(analyst, since="2024-01-01", until="2024-12-31"), analyst).content["text"]
    assert told[0].startswith(
        "Between 1 January 2024 and 31 December 2024, forces' own published records count 2 deployments of live "
        "facial recognition: records from 1 of 2 forces. The first of them started on 6 April 2024 and the last on "
        "2 November 2024. Alerts: 24. Known for 2 of 2 records."
    )
    assert told[1].startswith("Apart from forces' own records, and never to be added to them:")
    assert "press reports and other sources count 1 deployment of" in told[1]
    assert "The national register had last changed on" in told[2]


def test_own_records_and_other_sources_are_never_added(analyst, three_records):
    answer = answered(ask(analyst), analyst)
    assert said(answer)["deployments"].number == 2
    assert said(answer, "secondary")["deployments"].number == 1
    assert not any(
        line.number == 3 and line.measure == "deployments" for line in Content.read(answer.content).lines
    )


def test_no_record_is_not_said_to_be_no_deployment(analyst, three_records):
    told = answered(ask(analyst, force="avon-and-somerset", tier="primary"), analyst).content["text"]
    assert "hold no deployment that was asked about. That does not mean that there was none." in told[0]
    assert "0 deployments" not in told[0]


def test_a_table_gives_its_rows_and_a_rate_its_counts_and_interval(analyst, three_records):
    answer = answered(ask(analyst, "deployments-by-year", force="kent"), analyst)
    rate = said(answer)["far_alerts"]
    assert (rate.numerator, rate.denominator, rate.number) == (6, 24, 0.25)
    assert (
        "False alerts out of alerts: 6 of 24, which is 25.0% [u] (95% interval" in answer.content["text"][0]
    )
    rows = [line for part in Content.read(answer.content).parts for line in part.rows]
    assert {(line.key, line.number) for line in rows if line.measure == "alerts"} == {("2024", 24)}


def test_each_number_has_an_address_that_adds_up_to_it(analyst, three_records, client):
    for answer in (
        answered(ask(analyst, "deployments-by-year"), analyst),
        answered(ask(analyst, since="2024-01-01"), analyst),
    ):
        for line in Content.read(answer.content).lines:
            address = urlsplit(line.address)
            assert address.netloc == "register.example"
            page = client.get(address.path, dict(parse_qsl(address.query)))
            assert page.status_code == 200, line.address
            shown = line.numerator if line.numerator is not None else line.number
            assert line.number is None or f"{shown:,}" in page.content.decode(), line.address


def test_chosen_figures_and_notes_are_said_and_needed_notes_always(analyst, three_records):
    question = ask(analyst, "deployments-by-year")
    asked = Asked.stored(question.asks, question.words)
    notes = notes_of(asked, ["arrests"])
    optional = [note for note in notes if not note.needed]
    actions.change_question(
        question,
        seen=1,
        title="Arrests?",
        reference="",
        measures=["arrests", "no such figure"],
        left_out=[note.key for note in notes],
        by=analyst,
        at=db_now(),
    )
    answer = answered(question, analyst)
    assert list(said(answer)) == ["deployments", "arrests"]
    caveats = Content.read(answer.content).caveats
    assert not {note.said for note in optional} & set(caveats)
    assert any(note.startswith("Missing is never zero.") for note in caveats)


# Keeping --------------------------------------------------------------------------------------------


def test_an_answer_stays_as_it_was_and_asking_again_says_what_moved_and_why(
    analyst, kent, three_records, entered
):
    question = ask(analyst, tier="primary")
    first = answered(question, analyst)
    correct(kent, three_records[0], figures={**three_records[0]["figures"], "arrests": 3, "no_action": 3})
    new = entered(kent, on="2024-12-24", figures=COUNTS)
    second = answered(question, analyst)

    assert said(Answer.objects.get(pk=first.pk))["arrests"].number == 8
    assert said(second)["arrests"].number == 11
    changes = Changes.read(second.changes)
    moved = {each.label: (each.before, each.after) for each in changes.moved}
    assert moved["Arrests"] == ("8", "11")
    assert moved["Deployments"] == ("2", "3")
    touched = {each.reference: each for each in changes.touched}
    old = three_records[0]["reference"]
    assert (touched[old].how, touched[old].revisions) == ("stayed", (f"{old}-v2",))
    assert (touched[new["reference"]].how, touched[new["reference"]].revisions) == ("came", ())
    assert reasons(changes) == {f"{old}-v2": "The sheet was misread"}
    assert "The sheet was misread" not in str(second.changes)


def test_a_record_that_was_moved_out_of_the_time_asked_about_is_named(analyst, kent, three_records):
    question = ask(analyst, tier="primary", since="2024-10-01")
    answered(question, analyst)
    correct(kent, three_records[1], on="2024-09-02")
    (went,) = Changes.read(answered(question, analyst).changes).touched
    reference = three_records[1]["reference"]
    assert (went.reference, went.how, went.revisions) == (reference, "went", (f"{reference}-v2",))


def test_the_reason_of_what_was_removed_is_not_told(analyst, kent, three_records, redacted):
    question = ask(analyst, tier="primary")
    answered(question, analyst)
    reference = three_records[0]["reference"]
    redacted(kent, reference)
    changes = Changes.read(answered(question, analyst).changes)
    assert [each.revisions for each in changes.touched] == [(f"{reference}-v1-removed",)]
    assert reasons(changes) == {f"{reference}-v1-removed": "A name stood in the place."}


def test_the_same_register_gives_the_same_figures(analyst, three_records):
    question = ask(analyst)
    first, second = answered(question, analyst), answered(question, analyst)
    assert first.figures == second.figures
    assert first.register == second.register
    changes = Changes.read(second.changes)
    assert changes.same_register and not changes.moved and not changes.touched


def test_nobody_changes_an_answer_or_what_was_asked(analyst, three_records):
    answer = answered(ask(analyst), analyst)
    for change in (
        lambda: Answer.objects.filter(pk=answer.pk).update(number=7),
        lambda: Answer.objects.filter(pk=answer.pk).delete(),
        lambda: Question.objects.update(words={"force": "kent"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_figures_are_not_read_while_the_statistics_are_behind(analyst, kent, monkeypatch):
    register.enter(result(kent), force=kent, origin=Origin.SUBMITTED, tier=Tier.PRIMARY, by=None, at=db_now())
    monkeypatch.setattr("coordination.briefing.steady.BETWEEN", 0)
    with pytest.raises(Moving):
        answered(ask(analyst), analyst)
    assert not Answer.objects.exists()
    assert Question.objects.get().answers == 0


# Who, and twice -------------------------------------------------------------------------------------


def test_only_who_holds_the_right_saves_changes_and_answers(analyst, regulator, kent_owner, three_records):
    question = ask(analyst)
    for person in (regulator, kent_owner):
        with pytest.raises(Forbidden):
            ask(person)
        with pytest.raises(Forbidden):
            answered(question, person)
        with pytest.raises(Forbidden):
            actions.change_question(
                question, seen=1, title="x", reference="", measures=[], left_out=[], by=person, at=db_now()
            )


def test_each_change_is_one_event(analyst, three_records):
    question = ask(analyst)
    answered(question, analyst)
    with national_scope():
        events = Event.objects.filter(subject=f"question:{question.uid}").order_by("pk")
        assert [event.name for event in events] == ["question.saved.v1", "question.answered.v1"]


def test_pressing_twice_gives_one_answer(analyst, three_records):
    question = ask(analyst)
    actions.answer(question, seen=0, addresses=ADDRESSES, by=analyst, at=db_now())
    with pytest.raises(actions.AnsweredMeanwhile):
        actions.answer(question, seen=0, addresses=ADDRESSES, by=analyst, at=db_now())
    assert Answer.objects.count() == 1


def test_two_who_change_one_question_do_not_overwrite_each_other(analyst, three_records):
    question = ask(analyst)
    told = {"reference": "", "measures": [], "left_out": [], "by": analyst, "at": db_now()}
    actions.change_question(question, seen=1, title="First", **told)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.change_question(question, seen=1, title="Second", **told)


@pytest.mark.parametrize(
    ("title", "reference", "field"),
    [(" ", "", "title"), ("x" * 201, "", "title"), ("x", "y" * 61, "reference")],
)
def test_a_question_that_cannot_be_kept_is_refused(analyst, title, reference, field):
    asked = Asked.stored("deployments", {})
    with pytest.raises(Invalid) as refusal:
        actions.save_question(title=title, reference=reference, asked=asked, by=analyst, at=db_now())
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("no-such-table", {}),
        ("deployments-by-year", {"yeer": "2024"}),
        ("deployments", {"force": "narnia"}),
        ("deployments", {"state": "withdrawn"}),
    ],
)
def test_what_cannot_be_asked_is_refused(kent, code, words):
    with pytest.raises(InvalidSearch):
        Asked.stored(code, words)


def test_the_order_of_a_list_and_its_pages_are_not_asked(analyst, three_records):
    asked = from_query("deployments", "sort=first&after=2024-04-06_7&measure=alerts&tier=primary&force=")
    assert dict(asked.words) == {"tier": "primary"}


def test_records_found_by_words_are_answered_for(analyst, kent, three_records, entered):
    entered(kent, on="2024-06-01", place={"name": "Harbour Parade", "area": None})
    answer = answered(ask(analyst, q="harbour", tier="primary"), analyst)
    assert said(answer)["deployments"].number == 1
    assert "Only records with words: harbour are counted." in answer.content["text"][0]


# Files ----------------------------------------------------------------------------------------------


def tags_of(nodes):
    for node in nodes:
        yield node["type"]
        yield from tags_of(node.get("children", []))


def test_the_pdf_says_every_figure_links_each_and_can_be_followed(analyst, three_records):
    answer = answered(ask(analyst, "deployments-by-year", title="Odd <b>*words*</b> #here £ ŵ"), analyst)
    with pdfplumber.open(io.BytesIO(bytes(answer.pdf))) as pdf:
        text = " ".join((page.extract_text() or "").replace("\n", " ") for page in pdf.pages)
        links = {link["uri"] for page in pdf.pages for link in page.hyperlinks}
        catalog = pdf.doc.catalog
        tags = set(tags_of(pdf.structure_tree))
        assert pdf.metadata["Title"] == "Odd <b>*words*</b> #here £ ŵ"
        assert not any(page.images for page in pdf.pages)
    assert catalog["Lang"] == b"en-GB"
    assert catalog["MarkInfo"]["Marked"] is True
    assert {"StructTreeRoot", "Outlines"} <= set(catalog)
    assert b"pdfuaid:part" in bytes(answer.pdf)
    assert {"H1", "P", "L", "Link", "Table", "THead", "TH", "TD", "Caption"} <= tags
    assert "Odd <b>*words*</b> #here £ ŵ" in text
    for line in Content.read(answer.content).lines:
        assert line.text in text, line
        assert line.address in links
    for paragraph in answer.content["text"]:
        assert paragraph[:60] in text


@pytest.mark.parametrize(
    ("odd", "printed"),
    [
        ("Ŵ 😀 漢", "Ŵ [U+1F600] [U+6F22]"),
        ("a\uffffb\ufeffc", "a[U+FFFF]b[U+FEFF]c"),
        ("\u0378 ไ", "[U+0378] [U+0E44]"),
        ('#read("/etc/passwd") $x$', '#read("/etc/passwd") $x$'),
    ],
)
def test_no_character_of_a_question_or_record_keeps_its_files_from_being_written(
    analyst, kent, entered, odd, printed
):
    entered(kent, on="2024-04-06", use_case={"code": None, "scheme": None, "label": odd})
    count_again(kent, list(Head.objects.values_list("reference", flat=True)))
    answer = answered(ask(analyst, "deployments-by-use-case", title=odd), analyst)
    with pdfplumber.open(io.BytesIO(bytes(answer.pdf))) as pdf:
        text = " ".join((page.extract_text() or "").replace("\n", " ") for page in pdf.pages)
    assert text.count(printed) >= 2
    assert ("cannot show stand as their code" in text) is ("[U+" in printed)
    CalamineWorkbook.from_filelike(io.BytesIO(bytes(answer.ods))).get_sheet_by_name("Cover").to_python()


def test_all_characters_that_a_pdf_is_sure_of_can_be_printed(analyst):
    said = [
        char
        for first, last in as_pdf.SURE
        for char in map(chr, range(ord(first), ord(last) + 1))
        if unicodedata.category(char) != "Cn"
    ]
    paper = Paper("x", "y", (), (Section("z", (Text(" ".join(said)),)),), db_now())
    assert as_pdf._compiled(paper, as_pdf._as_data(paper))


def test_the_spreadsheet_says_every_figure_with_its_address(analyst, three_records, tmp_path):
    answer = answered(ask(analyst, "deployments-by-year"), analyst)
    book = CalamineWorkbook.from_filelike(io.BytesIO(bytes(answer.ods)))
    total = book.get_sheet_by_name("Total 1").to_python()
    heading = next(place for place, row in enumerate(total) if row[0] == "Figure")
    read = {row[0]: row[1] for row in total[heading + 1 :]}
    assert read == {
        line.label: line.text if line.number is None else line.number for line in said(answer).values()
    }
    addresses = {row[4] for row in book.get_sheet_by_name("Addresses").to_python()[3:]}
    assert addresses == {line.address for line in Content.read(answer.content).lines}
    cells = [
        cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    ]
    assert any(cell == answer.content["text"][0] for cell in cells)


def test_a_worker_without_any_font_or_network_writes_the_same_file(analyst, three_records, tmp_path):
    """The library brings all it needs: nothing of this machine is in the file."""
    answer = answered(ask(analyst, "deployments-by-year"), analyst)
    (tmp_path / "one.pdf").write_bytes(bytes(answer.pdf))
    found = subprocess.run(
        ["grep", "-c", "Libertinus", tmp_path / "one.pdf"], capture_output=True, check=False
    )
    assert found.returncode == 0
