"""`manage.py import`: what it prints, and how it ends."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from coordination.intake.models import Batch, StagedRow
from register.models import Head
from tests.coordination.intake import making
from tests.coordination.intake.conftest import EDITION, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(rows, name="grid.csv"):
        path = tmp_path / name
        path.write_bytes(rows if isinstance(rows, bytes) else making.csv([making.HEADING_2025, *rows]))
        return str(path)

    return write


def test_an_import_ends_with_one_line_of_counts(met, file, capsys):
    call_command("import", file([*EDITION, row(alerts="9")]))
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(
        "warning: row 5, column Total Alerts: 9 alerts are printed, but 7 true and 1 false."
    )
    assert out[-1] == "grid.csv: 5 rows (5 new, 0 corrections, 0 unchanged), 1 warning, 0 errors"
    assert Head.objects.count() == 5


def test_a_dry_run_publishes_nothing_and_keeps_no_rows(met, file, capsys):
    call_command("import", "--dry-run", file(EDITION))
    assert capsys.readouterr().out.splitlines()[-1] == (
        "grid.csv: 4 rows (4 new, 0 corrections, 0 unchanged), 0 warnings, 0 errors"
    )
    assert not Head.objects.exists()
    assert not StagedRow.objects.exists()
    assert Batch.objects.get().state == Batch.State.DISCARDED


def test_errors_are_named_by_row_and_cell_and_nothing_is_taken_in(met, file, capsys):
    bad = [*EDITION[0]]
    bad[6] = "-7"
    with pytest.raises(CommandError, match="Nothing was taken in"):
        call_command("import", file([*EDITION, bad]))
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "error: row 5, column Total Alerts: “-7” is below zero. A count cannot be. Correct it."
    assert out[-1].endswith("0 warnings, 1 error")
    assert not Head.objects.exists()


def test_json_says_the_same(met, file, capsys):
    call_command("import", "--json", "--profile", "met-2025", file(EDITION))
    said = json.loads(capsys.readouterr().out)
    assert (said["profile"], said["state"], said["rows"], said["counts"]["entered"]) == (
        "met-2025",
        "accepted",
        4,
        4,
    )
    assert said["findings"] == []


def test_a_file_that_cannot_be_read_is_one_line(met, file):
    with pytest.raises(CommandError) as caught:
        call_command("import", file(making.archive({"a.txt": b"text"}), "grid.pdf"))
    assert "The file is a ZIP archive, whatever its name says." in str(caught.value)


def test_an_import_is_by_the_person_named(met, file, national_lead):
    call_command("import", "--by", "lead@centre.example", file(EDITION))
    assert Batch.objects.get().accepted_by_id == national_lead.pk
    with pytest.raises(CommandError, match="Nobody signs in as"):
        call_command("import", "--by", "nobody@centre.example", file(EDITION))
