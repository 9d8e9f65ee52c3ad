"""Imports through the real job: bad files end one job each, and the worker goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from coordination.intake import actions
from coordination.intake.models import Batch, Document
from forces.clock import db_now
from forces.tenancy import national_scope
from jobs import runner
from jobs.actions import request_job
from jobs.models import Job
from register.models import Entry, Head
from tests.chaos.processes import QUICK, Processes, own_valkey, until
from tests.coordination.intake import making
from tests.coordination.intake.conftest import EDITION
from tests.people import make_force, make_national

GOOD = making.csv([making.HEADING_2025, *EDITION])
BAD = {
    "damaged.pdf": (making.two_layouts_pdf()[:-700], "The PDF is damaged: its end is missing."),
    "archive.pdf": (making.archive({"a.txt": b"text"}), "The file is a ZIP archive"),
    "formulas.xlsx": (making.xlsx([making.HEADING_2025, *EDITION], formula_at="P2"), "Cell P2 on sheet"),
    "photo.pdf": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 300, "The file is a picture (JPEG)"),
    "locked.pdf": (making.pdf([[[["a", "b"]]]], locked=True), "The PDF is locked with a password."),
    "scan.pdf": (making.pictures_pdf(), "The PDF holds only pictures of pages"),
    "bomb.xlsx": (
        making.with_member(
            making.xlsx([["a"]]), "xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'
        ),
        "declares XML entities",
    ),
    "other.csv": (b"colour,shape\nred,round\n", "no profile fits this layout"),
}


@pytest.fixture
def centre(committed_db, own_files):
    own_files.mkdir(exist_ok=True)
    make_force("E23000001", "metropolitan", "Metropolitan Police Service")
    lead = make_national("national_lead")
    lead.place = committed_db
    return lead


def receive(tmp_path: Path, name: str, content: bytes, by) -> Batch:
    path = tmp_path / name
    path.write_bytes(content)
    return actions.receive(path, by=by, at=db_now())


def ask(batch: Batch, by, kind="intake.import", **payload) -> Job:
    return request_job(kind, {"batch": str(batch.uid), **payload}, by=by, at=db_now())


def again(job: Job) -> Job:
    with national_scope():
        return Job.objects.get(pk=job.pk)


@pytest.mark.commits
def test_bad_files_end_one_job_each_and_the_next_is_done(centre, tmp_path):
    for name, (content, complaint) in BAD.items():
        job = ask(receive(tmp_path, name, content, centre), centre, accept=True)
        runner.run(job.pk)
        ended = again(job)
        assert ended.state == Job.State.FAILED, name
        assert ended.error.startswith(f"{name}: "), ended.error
        assert complaint in ended.error
        assert Batch.objects.latest("pk").error == ended.error
    assert not Document.objects.filter(state="kept").exists()
    job = ask(receive(tmp_path, "good.csv", GOOD, centre), centre, accept=True)
    runner.run(job.pk)
    ended = again(job)
    assert (ended.state, ended.done, ended.total) == (Job.State.SUCCEEDED, 4, 4)
    assert (
        ended.result["line"] == "good.csv: 4 rows (4 new, 0 corrections, 0 unchanged), 0 warnings, 0 errors"
    )
    assert Head.objects.count() == 4


@pytest.mark.commits
def test_without_accept_a_job_stages_only_and_accepting_is_another(centre, tmp_path):
    batch = receive(tmp_path, "good.csv", GOOD, centre)
    runner.run(ask(batch, centre).pk)
    batch.refresh_from_db()
    assert (batch.state, Head.objects.count()) == (Batch.State.STAGED, 0)
    runner.run(ask(batch, centre, "intake.accept").pk)
    assert Head.objects.count() == 4
    runner.run(ask(batch, centre, "intake.undo", reason="Wrong file.").pk)
    batch.refresh_from_db()
    assert (batch.state, Head.objects.standing().count()) == (Batch.State.UNDONE, 0)


@pytest.mark.commits
def test_a_job_delivered_again_takes_nothing_in_twice(centre, tmp_path):
    batch = receive(tmp_path, "good.csv", GOOD, centre)
    for _time in range(2):
        runner.run(ask(batch, centre, accept=True).pk)
    assert Entry.objects.count() == 4


@pytest.mark.commits
@pytest.mark.processes
def test_a_real_worker_goes_on_after_bad_files(centre, tmp_path, own_files):
    with own_valkey() as valkey:
        folder = tmp_path / "logs"
        folder.mkdir()
        # The worker is a process of its own: it reads the documents where this installation keeps them.
        environment = {
            **centre.place.environment(),
            **QUICK,
            "REDIS_URL": valkey.url(),
            "DATA_DIR": str(tmp_path),
        }
        processes = Processes(environment, folder, include="jobs.tasks")
        jobs = [
            ask(receive(tmp_path, name, content, centre), centre, accept=True)
            for name, content in [
                *((name, content) for name, (content, _c) in BAD.items()),
                ("good.csv", GOOD),
            ]
        ]
        try:
            processes.start("worker", "beat")
            until(lambda: all(again(job).finished_at for job in jobs), every=0.2)
            assert processes.dead() == []
        finally:
            processes.kill_all()
    states = [again(job).state for job in jobs]
    assert states == [*["failed"] * len(BAD), "succeeded"]
    assert Head.objects.count() == 4


@pytest.mark.commits
def test_memory_stays_flat_over_a_hundred_thousand_rows(centre, tmp_path):
    path = tmp_path / "many.csv"
    with path.open("wb") as out:
        out.write(making.csv([making.HEADING_2025]))
        for n in range(100_000):
            line = [*EDITION[0]]
            line[0], line[1], line[15] = (
                f"Place {n % 997}",
                f"{n % 28 + 1:02d}/0{n % 9 + 1}/25",
                str(1000 + n),
            )
            out.write(making.csv([line]))
    batch = actions.receive(path, by=centre, at=db_now())
    # A first small file, so that what is loaded once is loaded.
    actions.stage(receive(tmp_path, "good.csv", GOOD, centre), by=centre, at=db_now())
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    started = time.monotonic()
    actions.stage(batch, by=centre, at=db_now())
    took = time.monotonic() - started
    grew = _memory("VmHWM") - before
    assert batch.counts["new"] == 100_000
    assert grew < 60_000, f"{grew} kB more"
    print(f"100,000 rows staged, checked and matched in {took:.1f} s, {grew} kB")


def _memory(what: str) -> int:
    """kB, from the kernel."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1])
