"""Spoilt files of every kind: each is read or refused once, quickly and in little memory; no reader breaks."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest

from coordination.intake import actions
from coordination.intake.extract.errors import MESSAGES, Unreadable
from coordination.intake.extract.limits import MIB, Limits
from coordination.intake.extract.reading import last_line, read
from coordination.intake.models import Batch, StagedRow
from coordination.intake.problems import NotRecognised
from forces.clock import db_now
from tests.coordination.intake import making
from tests.coordination.intake.conftest import own_files  # noqa: F401 - for every test here
from tests.fuzz.forks import readers
from tests.fuzz.sound import KINDS, dense, squeezed
from tests.fuzz.sound import rows as sound_rows
from tests.fuzz.spoiling import spoilt

MOST_SECONDS, MOST_BYTES = 2.0, 200 * MIB
SECONDS_TO_SEE_IT = 10


@dataclass
class Kind:
    """What came of the files of one kind."""

    ended: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    memory: int = 0
    wrong: list[str] = field(default_factory=list)


def how_it_ended(status: int, last: list | None) -> str:
    """ "read", the code of a refusal, or "crashed"."""
    if last and last[0] == "stop" and status == 0:
        Unreadable(last[1], name="grid", **last[2])  # the words fit the values
        return last[1]
    return "read" if status == 0 and last and last[0] == "end" else "crashed"


@pytest.mark.parametrize("kind", KINDS)
def test_every_spoilt_file_is_read_or_refused_quickly(kind, amount, told, tmp_path):
    found = Kind()
    path, out = tmp_path / "grid", tmp_path / "lines"
    limits = json.dumps(Limits(cpu_seconds=SECONDS_TO_SEE_IT).as_dict())
    with readers() as server:
        for number in range(amount("FILES", 200) // len(KINDS)):
            data = spoilt(kind, number)
            if not data:
                continue  # the parent refuses what is empty before it starts a reader
            path.write_bytes(data)
            out.unlink(missing_ok=True)
            used = server.read(path, out, limits)
            code = how_it_ended(used.status, last_line(out))
            found.ended[code] += 1
            found.seconds, found.memory = max(found.seconds, used.cpu), max(found.memory, used.memory)
            if code == "crashed" or used.cpu > MOST_SECONDS or used.memory > MOST_BYTES:
                found.wrong.append(f"spoilt({kind!r}, {number}): {code}, {used}")
    told("Spoilt files, each in a process of its own", _line(kind, found))
    assert not found.wrong, "\n".join(found.wrong)


def large(rows: int) -> dict[str, bytes]:
    """Sound PDFs of so many rows, as different writers make them."""
    grid = [row for number in range(rows // 6 + 1) for row in sound_rows(Random(number))[1:]]
    grid = [row for row in grid if len(row[0]) < 17]
    grid = (grid * (rows // len(grid) + 1))[:rows]
    plain = making.pdf([[grid[start : start + 34]] for start in range(0, rows, 34)])
    return {
        "plain": plain,
        "compressed": squeezed(plain),
        "dense": dense(grid),
        "all the same": dense(grid[:1] * rows),
    }


def test_a_large_sound_pdf_is_read_whole(amount, told, tmp_path):
    """What stops a small file that draws without end must not stop a large table. This takes its time."""
    rows = amount("ROWS", 70)
    path, out = tmp_path / "grid", tmp_path / "lines"
    with readers() as server:
        for name, data in large(rows).items():
            path.write_bytes(data)
            used = server.read(path, out, json.dumps(Limits().as_dict()))
            assert last_line(out) == ["end", rows], (name, last_line(out))
            assert used.memory < MOST_BYTES
            told(
                "Large sound PDFs",
                f"- {name}: {rows} rows in {len(data)} bytes, {used.cpu:.1f} s of CPU, {used.memory / MIB:.0f} MB",
            )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_spoilt_files_come_through_the_door_or_are_refused_once(kind, amount, told, tmp_path):
    """The whole way in: quarantine, the reader in its process, profile, mapping, rules; then read once more."""
    ended: Counter[str] = Counter()
    for number in range(amount("DOORS", 10) // len(KINDS)):
        path = tmp_path / f"{number}.{kind}"
        path.write_bytes(spoilt(kind, number))
        try:
            batch = actions.stage(actions.receive(path, by=None, at=db_now()), by=None, at=db_now())
        except (Unreadable, NotRecognised) as refusal:
            ended["refused"] += 1
            assert str(refusal)
            assert not Batch.objects.filter(state=Batch.State.RECEIVED).exists()
            assert not StagedRow.objects.filter(batch__state=Batch.State.REFUSED).exists()
        else:
            ended["staged"] += 1
            assert batch.state == Batch.State.STAGED
            assert StagedRow.objects.filter(batch=batch).count() >= batch.rows
        _agrees_with_the_fork(path, kind)
    told("Spoilt files by the real door", f"- {kind}: {dict(ended)}")


def _agrees_with_the_fork(path, kind) -> None:
    """What a reader forked for speed says is what one started as the service starts it says."""
    if not path.stat().st_size:
        return
    try:
        with read(path) as extract:
            code = "read" if extract.row_count else "nothing"
    except Unreadable as refusal:
        code = refusal.code
        assert code in MESSAGES
        assert "reader status" not in str(refusal)
    out = path.with_suffix(".lines")
    with readers() as server:
        used = server.read(path, out, json.dumps(Limits().as_dict()))
    assert how_it_ended(used.status, last_line(out)) == code, (kind, path.name)


def _line(kind: str, found: Kind) -> str:
    read_, crashed = found.ended["read"], found.ended["crashed"]
    refused = found.ended.total() - read_ - crashed
    codes = ", ".join(f"{code} {count}" for code, count in sorted(found.ended.items()))
    return (
        f"- {kind}: {found.ended.total()} files; read {read_}, refused {refused}, crashed {crashed}; "
        f"at most {found.seconds:.2f} s of CPU and {found.memory / MIB:.0f} MB ({codes})"
    )
