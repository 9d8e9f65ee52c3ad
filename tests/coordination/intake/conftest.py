"""Made-up rows in the shape of a published grid, in the test's database alone."""

from __future__ import annotations

import pytest

from coordination.intake import actions
from forces.clock import db_now
from tests.coordination.intake import making
from tests.people import make_force


@pytest.fixture
def met(db):
    return make_force("E23000001", "metropolitan", "Metropolitan Police Service")


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Each test keeps its documents in a folder of its own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }
    return tmp_path / "files"


def row(
    place="Old Bridge", on="02/05/25", *, lasted="6h 32m", watchlist="16199", threshold="0.64", alerts="8",
    true="7", unconfirmed="0", false="1", rate="0.003%", arrests="5", other="1", none="1", faces="30855",
):  # fmt: skip
    """One row of the grid of 2025, all of whose cells are consistent."""
    alerted = [alerts, true, unconfirmed, false, "0", rate]
    return [place, on, lasted, "Crime Hotspot", watchlist, threshold, *alerted, arrests, other, none, faces]


def plain(place, on, faces, **more):
    """A row with a number of faces of its own and no false alerts."""
    return row(place, on, faces=str(faces), false="0", rate="0%", alerts="7", **more)


EDITION = [
    plain("Old Bridge", "02/05/25", 30855),
    plain("Market Square", "02/05/25", 2490, lasted="5h 45m", watchlist="16189"),
    plain("Canal Walk", "06/05/25", 18050, lasted="6h 00m", watchlist="16189", arrests="2", none="4"),
    plain("High Street", "08/05/25", 17310, lasted="6h 15m", watchlist="16109", arrests="3", none="3"),
]


@pytest.fixture
def bring(tmp_path):
    """Receive and stage rows of the 2025 layout (or bytes as they are) as a CSV file."""
    count = 0

    def run(rows, *, by=None, name="grid.csv", heading=making.HEADING_2025, profile=""):
        nonlocal count
        count += 1
        path = tmp_path / f"{count}-{name}"
        path.write_bytes(rows if isinstance(rows, bytes) else making.csv([heading, *rows]))
        batch = actions.receive(path, name=name, profile=profile, by=by, at=db_now())
        return actions.stage(batch, by=by, at=db_now())

    return run


@pytest.fixture
def take_in(bring):
    """Bring rows and accept them."""

    def run(rows, **options):
        batch = bring(rows, **options)
        return actions.accept(batch, by=options.get("by"), at=db_now())

    return run
