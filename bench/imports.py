"""Goal 9: rows of a file staged and checked by every rule, beside a bare COPY and the usual importer."""

from __future__ import annotations

import csv
import multiprocessing
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench import synthetic
from bench.goals import Findings, Row
from bench.ground import Bench
from bench.product import forces, point_at
from bench.rounds import ratio, rounds, spread

ROWS = 20_000  # a fifth for a quick look
TIMES_MORE = 5  # for memory
FEW = 1_000  # all that the usual importer is given
PROFILE = "normalised-primary"


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """In a database of its own."""
    database = bench.create("lfr_bench_imports")
    with psycopg.connect(bench.admin_url(database), autocommit=True) as admin:
        synthetic.make_forces(admin)
    point_at(database)
    rows = ROWS if seconds > 1 else ROWS // 5
    try:
        _speed(bench, database, found, times, rows)
        _memory(bench, database, found, rows)
    finally:
        point_at(large)


def write_file(path: Path, count: int, *, seed: int = 7) -> None:
    """Synthetic records in the columns of our normalised CSV."""
    from coordination.intake.profile import profiles

    columns = profiles()[PROFILE].layouts[0].columns
    made = synthetic.records(
        count, [synthetic.SyntheticForce(force.pk, n) for n, force in enumerate(forces(), 1)], seed
    )
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for record in made:
            writer.writerow(_line(record))


def _line(record: synthetic.Record) -> dict[str, Any]:
    fields, figures = record.pattern.fields, record.pattern.fields["figures"]
    return {
        "force_code": record.force.code,
        "force_name": record.force.name,
        "date": record.on.isoformat(),
        "duration_minutes": fields["duration_minutes"],
        "location_name": f"{record.place} {record.number}",
        "borough_or_area": record.area,
        "purpose": "Made up to measure speed",
        # Much the same for a month, as in what forces publish: a jump in every row would be a finding in every row.
        "watchlist_size": 8_000
        + 100 * (record.on.month - record.on.year % 10)
        + fields["watchlist_size"] % 100,
        "threshold": fields["threshold"],
        "faces_seen": figures["faces_seen"] or "",
        "alerts_total": figures["alerts"] or 0,
        "true_alerts_confirmed": figures["true_alerts_confirmed"] or 0,
        "true_alerts_unconfirmed": figures["true_alerts_unconfirmed"] or 0,
        "arrests": figures["arrests"] or 0,
        "other_action": figures["other_action"] or 0,
        "no_action": figures["no_action"] or 0,
        "engagements": figures["engagements"] or 0,
        "record_id": record.reference,
        "source_tier": "primary_pdf",
        "date_as_printed": record.on.isoformat(),
    }


def _receive(path: Path) -> Any:
    from coordination.intake import actions

    return actions.receive(path, profile=PROFILE, by=None, at=datetime.now(UTC))


def _stage(path: Path) -> Any:
    """The whole way: read by the child, mapped, staged, matched, checked."""
    from coordination.intake import actions

    return actions.stage(_receive(path), by=None, at=datetime.now(UTC))


def _speed(bench: Bench, database: str, found: Findings, times: int, count: int) -> None:
    from coordination.intake import staging
    from coordination.intake.extract.reading import read
    from coordination.intake.mapping import Source, map_rows
    from coordination.intake.models import Finding, StagedRow
    from coordination.intake.profile import profiles

    path = bench.folder / "synthetic.csv"
    write_file(path, count)
    profile = profiles()[PROFILE]
    batch = _receive(path)
    with read(path, name=path.name) as extract:
        began = time.perf_counter()
        mapped = list(map_rows(extract.rows(), profile, Source(extract.name, extract.sha256)))
        mapping = count / (time.perf_counter() - began)
    found.note("Import", "rows a second: reading and mapping alone", spread([mapping]), "")

    def clear() -> None:
        Finding.objects.all().delete()
        StagedRow.objects.all().delete()

    def staged() -> float:
        clear()
        began = time.perf_counter()
        staging.copy_rows(batch, mapped)
        staging.check(batch, profile=profile, today=date(2026, 1, 1))
        return count / (time.perf_counter() - began)

    staged()
    with psycopg.connect(bench.admin_url(database), autocommit=True) as admin:
        columns = ", ".join(f'"{name}"' for name in staging._ROW_COLUMNS)
        with admin.cursor() as cursor, cursor.copy(f"COPY intake_stagedrow ({columns}) TO STDOUT") as copy:
            lines = b"".join(bytes(piece) for piece in copy)

        def direct() -> float:
            clear()
            began = time.perf_counter()
            with (
                admin.cursor() as cursor,
                cursor.copy(f"COPY intake_stagedrow ({columns}) FROM STDIN") as copy,
            ):
                copy.write(lines)
            return count / (time.perf_counter() - began)

        def whole() -> float:
            clear()
            began = time.perf_counter()
            _stage(path)
            return count / (time.perf_counter() - began)

        usual = _usual(admin, bench.folder / "few.csv")
        given = rounds(
            {"staging and rules": staged, "COPY": direct, "from the file": whole, "import-export": usual},
            times,
        )
        entered, corrected = _accept(bench)
        found.note("Import", "rows a second: taken to the register", spread([entered]), "")
        found.note("Import", "rows a second: correcting what stands there", spread([corrected]), "")
    for name, rate in given.items():
        found.note("Import", f"rows a second: {name}", spread(rate), "")
    found.add(
        [
            Row(9, "staging and rules, beside a bare COPY into the same table",
                ratio(given["staging and rules"], given["COPY"]), 0.4),
            Row(9, "staging and rules, beside django-import-export",
                ratio(given["staging and rules"], given["import-export"]), 100),
            Row(9, "the whole way from the file (read, map, match, stage, check), beside django-import-export",
                ratio(given["from the file"], given["import-export"])),
        ]
    )  # fmt: skip


def _usual(admin: psycopg.Connection[Any], path: Path) -> Callable[[], float]:
    """django-import-export with a ModelResource, as its manual begins."""
    import tablib
    from django.db import models
    from import_export import resources

    write_file(path, FEW)
    heading = path.read_text().splitlines()[0].split(",")
    numbers = {name for name in heading if name.startswith(("true_", "false_", "alerts", "faces"))} | {
        *("duration_minutes", "watchlist_size", "arrests", "other_action", "no_action", "engagements"),
    }
    numbers -= {"false_alert_rate_printed", "false_alerts_total_derived", "true_alerts_total_derived"}
    columns = ", ".join(f"{name} {'integer' if name in numbers else 'text'}" for name in heading)
    admin.execute("DROP TABLE IF EXISTS bench_import")
    admin.execute(f"CREATE TABLE bench_import (id bigserial PRIMARY KEY, {columns}, UNIQUE (record_id))")
    admin.execute("GRANT ALL ON bench_import TO PUBLIC; GRANT ALL ON SEQUENCE bench_import_id_seq TO PUBLIC")

    class Meta:
        app_label = "intake"  # the importer asks for an app that is installed
        managed = False
        db_table = "bench_import"

    fields = {
        name: models.IntegerField(null=True) if name in numbers else models.TextField(null=True)
        for name in heading
    }
    imported = type("Imported", (models.Model,), {"__module__": __name__, "Meta": Meta, **fields})
    chosen = {"model": imported, "import_id_fields": ["record_id"], "fields": heading}
    importer = type("Importer", (resources.ModelResource,), {"Meta": type("Meta", (), chosen)})
    data = tablib.Dataset().load(path.read_text(), format="csv")

    def usual() -> float:
        admin.execute("TRUNCATE bench_import")
        began = time.perf_counter()
        importer().import_data(data, raise_errors=True)
        return FEW / (time.perf_counter() - began)

    return usual


def _accept(bench: Bench) -> tuple[float, float]:
    """A second for rows that become entries, with their events, and for rows of a later print that correct them."""
    from coordination.intake import actions

    def taken(path: Path) -> float:
        batch = _stage(path)
        began = time.perf_counter()
        actions.accept(batch, by=None, at=datetime.now(UTC))
        return FEW / (time.perf_counter() - began)

    first, later = bench.folder / "accepted.csv", bench.folder / "later.csv"
    write_file(first, FEW, seed=11)
    with first.open(newline="") as source, later.open("w", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        heading, *rows = csv.reader(source)
        engagements = heading.index("engagements")
        writer.writerow(heading)
        for row in rows:
            row[engagements] = str(int(row[engagements] or 0) + 1)
            writer.writerow(row)
    return taken(first), taken(later)


def _memory(bench: Bench, database: str, found: Findings, rows: int) -> None:
    peaks = {}
    many = rows * TIMES_MORE
    for count in (rows, many):
        path = bench.folder / f"rows-{count}.csv"
        write_file(path, count, seed=count)
        # A process that begins anew: one that is forked would find room in what its parent has used and freed.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            peaks[count] = pool.apply(_peak, (str(path), database))
    found.note("Import", f"memory added by a file of {many:,} rows", spread([peaks[many]]), "MiB")
    found.add(
        [
            Row(9, f"memory for {many:,} rows, beside {rows:,}",
                spread([peaks[many] / max(peaks[rows], 1)]), 1.5, at_least=False)
        ]
    )  # fmt: skip


def _peak(path: str, database: str) -> float:
    """MiB that this process grows by while it stages the file."""
    import django

    django.setup()
    point_at(database)
    from coordination.intake import actions
    from coordination.intake.extract.limits import Limits

    before = _kibibytes("VmRSS")
    limits = Limits(file_bytes=200 * 1024 * 1024, seconds=600, cpu_seconds=600, output_bytes=2**30)
    batch = actions.receive(Path(path), profile=PROFILE, by=None, at=datetime.now(UTC), limits=limits)
    actions.stage(batch, by=None, at=datetime.now(UTC), limits=limits)
    return (_kibibytes("VmHWM") - before) / 1024


def _kibibytes(what: str) -> int:
    """Of this process: `VmRSS` now, `VmHWM` at most. What getrusage() tells begins with what the parent had."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    raise LookupError(what)
