"""Batches: staged beside the register, accepted whole, undone whole; newer editions correct and never double."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from coordination.intake import actions
from coordination.intake.extract.errors import Unreadable
from coordination.intake.extract.limits import MIB
from coordination.intake.matching import Pair, assign
from coordination.intake.models import Batch, Document, Finding, Line, Match, StagedRow
from coordination.intake.problems import NotRecognised
from events.models import Event
from forces.clock import db_now
from forces.refusals import Forbidden
from forces.tenancy import national_scope
from register import actions as register
from register.models import Act, Entry, Head, Origin, Tier
from register.queries import documents, history
from tests.coordination.intake import making
from tests.coordination.intake.conftest import EDITION, plain, row

pytestmark = pytest.mark.django_db


def matches(batch):
    return dict(StagedRow.objects.filter(batch=batch).values_list("number", "match"))


def standing():
    """What the register says: place to document."""
    heads = list(Head.objects.filter(is_withdrawn=False))
    found = documents([head.entry_id for head in heads])
    return {found[head.entry_id]["place"]["name"]: found[head.entry_id] for head in heads}


def faces():
    return sum(document["figures"]["faces_seen"] or 0 for document in standing().values())


# Staging and accepting --------------------------------------------------------------------------------


def test_staging_publishes_nothing(met, bring):
    batch = bring(EDITION)
    assert (batch.state, batch.rows, batch.profile) == (Batch.State.STAGED, 4, "met-2025")
    assert set(matches(batch).values()) == {Match.NEW}
    assert not Head.objects.exists()


def test_accepting_enters_every_row_with_its_provenance(met, take_in, national_lead):
    batch = take_in(EDITION, by=national_lead)
    assert batch.counts["entered"] == 4
    head = Head.objects.get(place="Old Bridge")
    assert (head.origin, head.tier, head.force) == (Origin.COLLATED, Tier.PRIMARY, met)
    document = documents([head.entry_id])[head.entry_id]
    assert document["provenance"]["sha256"] == batch.document.sha256
    assert document["provenance"]["row"] == 1
    assert document["provenance"]["printed"]["Faces seen (estimate)"] == "30855"
    line = Line.objects.get(reference=head.reference)
    assert (line.batch, line.row, line.entry_id) == (batch, 1, head.entry_id)
    assert [trace.batch for trace in actions.traced_to(head.reference)] == [batch]


def test_accepting_records_one_event_by_whoever_accepted(met, take_in, national_lead):
    batch = take_in(EDITION, by=national_lead)
    with national_scope():
        events = Event.objects.filter(name="import.accepted.v1")
        assert [(e.person_id, e.payload["batch"], e.payload["entered"]) for e in events] == [
            (national_lead.pk, str(batch.uid), 4)
        ]


def test_a_batch_is_accepted_once(met, take_in):
    batch = take_in(EDITION)
    with pytest.raises(actions.NotAcceptable):
        actions.accept(batch, by=None, at=db_now())
    assert Entry.objects.count() == 4


def test_a_batch_with_an_error_is_refused_whole(met, bring):
    batch = bring([*EDITION, plain("Nowhere", "31/02/25", 100)])
    (finding,) = Finding.objects.filter(batch=batch, severity="error")
    assert (finding.code, finding.number, finding.row, finding.column) == ("not_a_date", 5, 5, "Date")
    assert "“31/02/25” is not a date written as DD/MM/YY" in finding.message
    with pytest.raises(actions.NotAcceptable, match="There is 1 error"):
        actions.accept(batch, by=None, at=db_now())
    assert not Head.objects.exists()


def test_staged_rows_lost_in_a_crash_are_noticed(met, bring):
    batch = bring(EDITION)
    StagedRow.objects.filter(batch=batch).delete()
    with pytest.raises(actions.NotAcceptable, match="Read the document again"):
        actions.accept(batch, by=None, at=db_now())
    actions.stage(batch, by=None, at=db_now())
    assert actions.accept(batch, by=None, at=db_now()).counts["entered"] == 4


def test_staging_tables_are_unlogged():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r' AND relname LIKE 'intake_%%'"
        )
        assert {name for (name,) in cursor.fetchall()} == {"intake_stagedrow", "intake_standing"}


# The same again, and newer editions -------------------------------------------------------------------


def test_the_same_document_again_changes_nothing(met, take_in, bring):
    take_in(EDITION)
    batch = bring(EDITION)
    assert set(matches(batch).values()) == {Match.UNCHANGED}
    assert actions.changes_nothing(batch)
    actions.accept(batch, by=None, at=db_now())
    assert (Entry.objects.count(), Line.objects.count()) == (4, 4)


def test_the_same_rows_in_another_file_change_nothing(met, take_in, bring):
    take_in(EDITION)
    batch = bring(making.xlsx([making.HEADING_2025, *reversed(EDITION)]), name="grid.xlsx")
    assert actions.changes_nothing(batch)


def test_a_newer_edition_corrects_adds_and_misses_but_never_doubles(met, take_in, bring):
    take_in(EDITION)
    before = {place: document["reference"] for place, document in standing().items()}
    changed = plain("Old Bridge", "02/05/25", 31000)
    redated = [*EDITION[2]]
    redated[1] = "07/05/25"
    added = plain("Station Approach", "06/05/25", 9999, lasted="4h 02m", watchlist="16189")
    batch = bring([changed, EDITION[1], redated, added])
    assert matches(batch) == {
        1: Match.CORRECTION, 2: Match.UNCHANGED, 3: Match.CORRECTION, 4: Match.NEW,
    }  # fmt: skip
    assert batch.counts["missing"] == 0, "8 May is after the last day of this edition"
    actions.accept(batch, by=None, at=db_now())
    now = standing()
    assert len(now) == 5
    assert now["Old Bridge"]["figures"]["faces_seen"] == 31000
    assert now["Canal Walk"]["on"] == "2025-05-07"
    assert {place: now[place]["reference"] for place in before} == before
    assert history(before["Old Bridge"])[0].reason == (
        "A later print of the source differs: faces seen 30855 → 31000."
    )
    assert history(before["Canal Walk"])[0].reason == (
        "A later print of the source differs: on 2025-05-06 → 2025-05-07."
    )


def test_an_older_edition_again_does_not_bring_old_figures_back(met, take_in, bring):
    take_in(EDITION)
    take_in([plain("Old Bridge", "02/05/25", 31000), *EDITION[1:]])
    batch = bring(EDITION, name="old.csv")
    assert actions.changes_nothing(batch)
    assert standing()["Old Bridge"]["figures"]["faces_seen"] == 31000


def test_a_row_that_is_gone_is_reported_and_stays(met, take_in, bring):
    take_in(EDITION)
    batch = bring([EDITION[0], EDITION[1], EDITION[3]])
    (missing,) = StagedRow.objects.filter(batch=batch, match=Match.MISSING)
    assert missing.place == "Canal Walk"
    (finding,) = Finding.objects.filter(batch=batch, code="gone_from_source")
    assert missing.reference in finding.message
    actions.accept(batch, by=None, at=db_now())
    assert "Canal Walk" in standing()


def test_a_row_that_is_gone_is_withdrawn_when_a_person_says_so(met, take_in, bring, national_lead):
    take_in(EDITION)
    batch = bring([EDITION[0], EDITION[1], EDITION[3]])
    missing = StagedRow.objects.get(batch=batch, match=Match.MISSING)
    actions.resolve_match(batch, missing.number, to=actions.WITHDRAW, by=national_lead, at=db_now())
    actions.accept(batch, by=national_lead, at=db_now())
    assert "Canal Walk" not in standing()
    assert history(missing.reference)[0].reason == "The source no longer prints this deployment."


def test_two_deployments_at_one_place_on_one_day_stay_two(met, take_in, bring):
    twice = [
        plain("Old Bridge", "02/05/25", 30855),
        plain("Old Bridge", "02/05/25", 1200, lasted="3h 10m", arrests="1", none="5"),
    ]
    take_in(twice)
    assert Head.objects.filter(place="Old Bridge").count() == 2
    corrected = plain("Old Bridge", "02/05/25", 1260, lasted="3h 10m", arrests="1", none="5")
    batch = bring([twice[0], corrected])
    assert matches(batch) == {1: Match.UNCHANGED, 2: Match.CORRECTION}
    actions.accept(batch, by=None, at=db_now())
    assert sorted(
        document["figures"]["faces_seen"]
        for document in documents(Head.objects.values_list("entry_id", flat=True)).values()
    ) == [1260, 30855]


def test_rows_printed_alike_are_as_many_as_are_printed(met, take_in, bring):
    one = plain("Old Bridge", "02/05/25", 30855)
    take_in([one, one])
    assert Head.objects.count() == 2
    assert actions.changes_nothing(bring([one, one], name="again.csv"))
    assert matches(bring([one, one, one], name="three.csv")) == {
        1: Match.UNCHANGED, 2: Match.UNCHANGED, 3: Match.NEW,
    }  # fmt: skip


def test_a_row_of_another_day_at_the_same_place_is_new(met, take_in, bring):
    take_in(EDITION)
    batch = bring([*EDITION, plain("Old Bridge", "09/05/25", 30111, lasted="6h 01m", watchlist="16110")])
    assert matches(batch)[5] == Match.NEW


# What waits for a person ------------------------------------------------------------------------------


@pytest.fixture
def torn(met, take_in, bring):
    """Two deployments alike but for their faces; the next edition changes both, and nothing tells which is which."""
    take_in([plain("Old Bridge", "02/05/25", 30855), plain("Old Bridge", "02/05/25", 30111)])
    return bring([plain("Old Bridge", "02/05/25", 30500), plain("Old Bridge", "02/05/25", 30600)])


def test_an_ambiguous_match_waits_for_a_person(torn):
    assert set(matches(torn).values()) == {Match.AMBIGUOUS}
    actions.accept(torn, by=None, at=db_now())
    assert faces() in (30855, 30111)  # one place, two records: `standing` shows one of them
    assert Entry.objects.count() == 2
    assert torn.counts["ambiguous"] == 2


def test_a_person_says_which_it_is_before_acceptance(torn, national_lead):
    chosen = StagedRow.objects.get(batch=torn, number=1).candidates[0]["reference"]
    actions.resolve_match(torn, 1, to=chosen, by=national_lead, at=db_now())
    actions.resolve_match(torn, 2, to=actions.NEW, by=national_lead, at=db_now())
    actions.accept(torn, by=national_lead, at=db_now())
    assert Head.objects.count() == 3
    assert documents([Head.objects.get(pk=chosen).entry_id]).popitem()[1]["figures"]["faces_seen"] == 30500


def test_a_person_says_which_it_is_after_acceptance(torn, national_lead):
    actions.accept(torn, by=national_lead, at=db_now())
    chosen = StagedRow.objects.get(batch=torn, number=2).candidates[0]["reference"]
    actions.resolve_match(torn, 2, to=chosen, by=national_lead, at=db_now())
    actions.resolve_match(torn, 1, to=actions.LEAVE, by=national_lead, at=db_now())
    assert documents([Head.objects.get(pk=chosen).entry_id]).popitem()[1]["figures"]["faces_seen"] == 30600
    assert Head.objects.count() == 2
    with pytest.raises(actions.NotResolvable):
        actions.resolve_match(torn, 2, to=actions.NEW, by=national_lead, at=db_now())


def test_only_offered_references_can_be_chosen(torn, national_lead):
    with pytest.raises(actions.NotResolvable):
        actions.resolve_match(torn, 1, to="LFR-0000-0000", by=national_lead, at=db_now())


def test_what_the_force_published_itself_is_never_overwritten(met, take_in, bring):
    take_in(EDITION)
    document = standing()["Old Bridge"]
    own = {**document, "figures": {**document["figures"], "faces_seen": 29000}, "provenance": None}
    register.correct(
        own, force=met, origin=Origin.SUBMITTED, by=None, at=db_now(), reason="The force's own figures."
    )
    batch = bring([plain("Old Bridge", "02/05/25", 31000), *EDITION[1:]])
    assert matches(batch)[1] == Match.AMBIGUOUS
    assert Finding.objects.filter(batch=batch, code="force_published_itself").count() == 1
    with pytest.raises(actions.NotResolvable):
        actions.resolve_match(batch, 1, to=document["reference"], by=None, at=db_now())
    actions.accept(batch, by=None, at=db_now())
    assert standing()["Old Bridge"]["figures"]["faces_seen"] == 29000


def secondary(place, on, faces, url="https://example.org/report"):
    from coordination.intake.profile import profiles

    values = {
        "force_code": "E23000001", "force_name": "Metropolitan Police Service", "source": "A report", "date": on,
        "location_name": place, "faces_seen": str(faces), "data_quality": "press",
        "source_tier": "press_quoting_force", "source_url": url,
    }  # fmt: skip
    (layout,) = profiles()["normalised-secondary"].layouts
    return [values.get(name, "") for name in layout.columns]


def test_the_forces_own_record_replaces_a_secondary_one(met, take_in, bring):
    from coordination.intake.profile import profiles

    heading = list(profiles()["normalised-secondary"].layouts[0].columns)
    take_in([secondary("Old Bridge", "2025-05-02", 30855)], heading=heading, name="press.csv")
    head = Head.objects.get()
    assert head.tier == Tier.SECONDARY
    take_in(EDITION)
    head.refresh_from_db()
    assert head.tier == Tier.PRIMARY
    assert Head.objects.count() == 4
    batch = bring([secondary("Old Bridge", "2025-05-02", 30855)], heading=heading, name="press.csv")
    assert set(matches(batch).values()) == {Match.UNCHANGED}, "the better source stands"


def test_another_source_that_differs_waits_for_a_person(met, take_in, bring):
    take_in(EDITION)
    StagedRow.objects.all().delete()
    Line.objects.count()
    batch = bring([plain("Old Bridge", "02/05/25", 31000), *EDITION[1:]])
    # The same rows, as if they had been read from another publisher's table.
    Batch.objects.filter(pk=batch.pk).update(series="elsewhere")
    batch.refresh_from_db()
    actions.accept(batch, by=None, at=db_now())
    assert matches(batch)[1] == Match.AMBIGUOUS
    assert Finding.objects.filter(batch=batch, code="another_source_differs").count() == 1
    assert standing()["Old Bridge"]["figures"]["faces_seen"] == 30855


def test_pairs_are_taken_where_each_is_the_others_best():
    found, left = assign(
        [Pair(1, "A", 9), Pair(2, "A", 7), Pair(2, "B", 6), Pair(3, "C", 5), Pair(4, "C", 5)]
    )
    assert found == {1: "A", 2: "B"}
    assert {row: [pair.reference for pair in pairs] for row, pairs in left.items()} == {3: ["C"], 4: ["C"]}


# Undoing ----------------------------------------------------------------------------------------------


def test_undoing_withdraws_and_never_deletes(met, take_in, national_lead):
    batch = take_in(EDITION)
    done = actions.undo(batch, by=national_lead, at=db_now(), reason="Wrong file.")
    assert done == {"withdrawn": 4, "restored": 0, "kept": 0}
    assert standing() == {}
    assert Entry.objects.count() == 8
    last = Entry.objects.order_by("-pk").first()
    assert (last.act, last.reason) == (Act.WITHDRAWAL, "The import was undone: Wrong file.")


def test_undoing_a_correction_puts_the_old_figures_back(met, take_in):
    take_in(EDITION)
    batch = take_in([plain("Old Bridge", "02/05/25", 31000), *EDITION[1:]])
    assert actions.undo(batch, by=None, at=db_now(), reason="Wrong file.") == {
        "withdrawn": 0, "restored": 1, "kept": 0,
    }  # fmt: skip
    assert standing()["Old Bridge"]["figures"]["faces_seen"] == 30855
    assert len(standing()) == 4


def test_undoing_keeps_what_has_changed_since(met, take_in):
    first = take_in(EDITION)
    take_in([plain("Old Bridge", "02/05/25", 31000), *EDITION[1:]])
    assert actions.undo(first, by=None, at=db_now(), reason="Wrong file.") == {
        "withdrawn": 3, "restored": 0, "kept": 1,
    }  # fmt: skip
    assert set(standing()) == {"Old Bridge"}


def test_after_undoing_the_rows_are_new_again(met, take_in):
    actions.undo(take_in(EDITION), by=None, at=db_now(), reason="Wrong file.")
    again = take_in(EDITION, name="again.csv")
    assert again.counts["entered"] == 4
    assert len(standing()) == 4


def test_a_batch_is_undone_once_and_with_a_reason(met, take_in):
    batch = take_in(EDITION)
    with pytest.raises(actions.NotUndoable):
        actions.undo(batch, by=None, at=db_now(), reason=" ")
    actions.undo(batch, by=None, at=db_now(), reason="Wrong file.")
    with pytest.raises(actions.NotUndoable):
        actions.undo(batch, by=None, at=db_now(), reason="Wrong file.")


# Who may, and what is kept ----------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["kent_publisher", "regulator"])
def test_imports_are_for_the_centre(request, met, bring, take_in, tmp_path, person):
    by = request.getfixturevalue(person)
    path = tmp_path / "grid.csv"
    path.write_bytes(making.csv([making.HEADING_2025, *EDITION]))
    staged, accepted = bring(EDITION), take_in([plain("Elsewhere", "03/02/25", 5)])
    for forbidden in (
        lambda: actions.receive(path, by=by, at=db_now()),
        lambda: actions.stage(staged, by=by, at=db_now()),
        lambda: actions.accept(staged, by=by, at=db_now()),
        lambda: actions.resolve_match(staged, 1, to=actions.NEW, by=by, at=db_now()),
        lambda: actions.discard(staged, by=by, at=db_now()),
        lambda: actions.undo(accepted, by=by, at=db_now(), reason="No."),
    ):
        with pytest.raises(Forbidden):
            forbidden()


def test_a_document_is_quarantined_until_it_is_read(met, tmp_path):
    path = tmp_path / "grid.csv"
    path.write_bytes(making.csv([making.HEADING_2025, *EDITION]))
    batch = actions.receive(path, by=None, at=db_now())
    assert batch.document.state == Document.State.QUARANTINED
    assert default_storage.exists(f"imports/quarantine/{batch.document.sha256}")
    actions.stage(batch, by=None, at=db_now())
    sha256 = batch.document.sha256
    assert batch.document.state == Document.State.KEPT
    assert batch.document.path == f"imports/documents/{sha256[:2]}/{sha256}"
    assert default_storage.exists(batch.document.path)
    assert not default_storage.exists(f"imports/quarantine/{sha256}")


def test_a_picture_is_deleted_and_its_batch_says_why(met, bring, own_files):
    with pytest.raises(Unreadable):
        bring(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 200, name="grid.pdf")
    batch = Batch.objects.get()
    assert batch.state == Batch.State.REFUSED
    assert batch.error.startswith("grid.pdf: The file is a picture (JPEG). No picture is ever taken in.")
    assert batch.document.state == Document.State.REFUSED
    assert [path for path in own_files.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_at_the_door(tmp_path):
    path = tmp_path / "huge.pdf"
    with path.open("wb") as out:
        out.truncate(60 * MIB)
    with pytest.raises(Unreadable, match="60 MB"):
        actions.receive(path, by=None, at=db_now())
    assert not Document.objects.exists()


def test_an_unknown_layout_is_refused_with_what_was_seen(bring):
    with pytest.raises(NotRecognised, match="no profile fits this layout"):
        bring(b"colour,shape\nred,round\n")
    assert Batch.objects.get().state == Batch.State.REFUSED


def test_an_unknown_profile_is_refused_with_those_there_are(tmp_path):
    (tmp_path / "grid.csv").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(NotRecognised, match="There are: met-2020-2022, met-2023-2024"):
        actions.receive(tmp_path / "grid.csv", profile="met-1999", by=None, at=db_now())


def test_a_discarded_batch_leaves_no_rows(met, bring):
    batch = bring(EDITION)
    actions.discard(batch, by=None, at=db_now())
    assert batch.state == Batch.State.DISCARDED
    assert not StagedRow.objects.exists()
    with pytest.raises(actions.NotAcceptable):
        actions.accept(batch, by=None, at=db_now())


def test_lines_are_for_good(met, take_in):
    take_in(EDITION)
    for change in (lambda: Line.objects.update(row=9), lambda: Line.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_cell_row_helper_is_consistent():
    assert len(row()) == len(making.HEADING_2025)
