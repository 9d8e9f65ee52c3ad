"""What is in the archive: each file with its rows, read from one snapshot of the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any

from api import columns
from api.archive import fields
from api.archive.describing import LICENCE, LICENCE_NAME, SAYS, TITLE, Described, csvw, data_package, moment
from api.archive.packing import Member, Package, Rows
from api.columns import Column
from api.endpoint import compact
from api.forces import described_force, published
from api.measures import described_measures
from coordination.collation.published.formats import as_csv
from coordination.collation.published.questions import Question
from coordination.collation.published.reading import Table
from coordination.collation.published.tables import TABLES
from coordination.collation.published.words import Place, file_name, title
from register import revision_rows, spreadsheets
from register.archives import State
from register.exports import EarlierVersions, Records
from register.models import Tier
from register.notices.items import EveryVersion
from register.revisions import Revisions, Wanted
from register.search import STATES, TECHNOLOGIES, Search

LINES_AT_ONCE = 500
README = """{title}

{says}

As of:    {as_of}
Version:  {version}
Licence:  {licence}
          {licence_at}
          You may use, copy and adapt all of it, also commercially, if you name the source.

Only the national record is in here. Where an installation has a demonstration, nothing of it is.

FILES

{files}

datapackage.json describes every file that has rows (Frictionless Data Package). Beside each CSV stands its
-metadata.json (CSVW).
SHA256SUMS holds the SHA-256 of every other file:   sha256sum --check SHA256SUMS

HOW TO READ THEM

deployments.jsonl is the record: a JSON object on each line, and in it as "document" the exact bytes that were placed on
the register. deployments.csv has the same records in the same order, one row each.
A withdrawn record stays in both and no longer counts. A removed one (redacted) keeps its row without its document.
earlier-versions.jsonl holds the versions that a correction or withdrawal took the place of.
revisions.csv says of each correction which field said what before and after.
notices.jsonl has what forces told before they deployed, every version of it. A notice says what was planned, not what
happened: it is no result and counts in no statistic. Where a force withheld the details, only the month is told.

Missing is never zero. In deployments.csv an empty cell has its reason in the column beside it that ends in _absent. In
statistics a code stands in place of a number: [x] not available or would mislead, [z] does not apply, [c] confidential.
A row without records does not mean that nothing happened: a force that published nothing has no records here.

Records of the two tiers (primary: the forces' own; secondary: press and other sources) are never added up: some of them
are of the same deployments.

A text that a spreadsheet would work out as a formula has an apostrophe before it in CSV; the JSON lines have it as it
stands.
"""


def write(file: IO[bytes], *, realm: str, state: State, version: str) -> list[Member]:
    """Write the whole archive. Inside one snapshot: every file is of the same state of the register."""
    package = Package(file, state.as_of)
    described: list[Described] = []

    def add(
        name: str, words: str, rows: Iterable[Any], write_rows: Callable[[Rows], Iterable[bytes]], **more: Any
    ) -> None:
        counted = Rows(rows)
        known = more.pop("fields", ())
        member = package.add(name, write_rows(counted), rows=counted, **more)
        described.append(Described(member, words, known))
        if known:
            package.add(f"{name}-metadata.json", [csvw(described[-1], as_of=state.as_of)])

    def add_items(name: str, words: str, items: Iterable[Any], taken: Iterable[Column], known: Any) -> None:
        taken = list(taken)
        rows = ([get(item) for _name, get in taken] for item in items)
        add(name, words, rows, _csv([name for name, _get in taken]), fields=known, large=True)

    add("deployments.jsonl", "Deployments: every record", _records(realm), _lines, large=True)
    documents = map(json.loads, _records(realm))
    add_items(
        "deployments.csv",
        "Deployments: every record as a row",
        documents,
        columns.DEPLOYMENTS,
        fields.DEPLOYMENTS,
    )
    words = "Deployments: versions that others took the place of"
    add("earlier-versions.jsonl", words, EarlierVersions(realm), _lines, large=True)
    rows = revision_rows.rows(Revisions(Wanted(realm)))
    words = "Revisions: each field that was corrected, withdrawals and removals"
    add("revisions.csv", words, rows, _csv(revision_rows.COLUMNS), fields=fields.REVISIONS, large=True)
    words = "Notices of deployments to come: every version of each"
    add("notices.jsonl", words, EveryVersion(realm), _lines, large=True)
    for table in tables(realm):
        name = f"statistics/{file_name(table, 'csv')}"
        body = as_csv.write(table, Place(f"/statistics/{table.published.code}/"))
        add(
            name,
            f"Statistics: {title(table)}",
            table.grid.rows,
            _whole(body),
            fields=fields.of_table(table.grid),
        )
    forces = map(described_force, published(realm))
    add_items("forces.csv", "Forces and other bodies", forces, columns.FORCES, fields.FORCES)
    add_items(
        "measures.csv", "What each figure means", described_measures(), columns.MEASURES, fields.MEASURES
    )
    package.add("datapackage.json", [data_package(described, as_of=state.as_of, version=version)])
    package.add("README.txt", [_readme(described, state, version)])
    package.add("SHA256SUMS", [f"{each.sha256}  {each.name}\n".encode() for each in tuple(package.members)])
    package.close()
    return package.members


def tables(realm: str) -> Iterator[Table]:
    """Every published table, of either kind of source."""
    for declared in TABLES:
        for tier in Tier:
            yield Table.of(declared, Question(realm, tier=tier.value))


# --- how rows become bytes ---------------------------------------------------------------------------------


def _records(realm: str) -> Iterator[str]:
    """All there are: of every technology, and those withdrawn or removed after those that stand."""
    return chain.from_iterable(
        Records(Search(realm, technology=technology, state=state))
        for state in STATES
        for technology in TECHNOLOGIES
    )


def _lines(texts: Rows) -> Iterator[bytes]:
    waiting = iter(texts)
    while several := list(islice(waiting, LINES_AT_ONCE)):
        yield ("\n".join(several) + "\n").encode()


def _csv(headings: Iterable[str]) -> Callable[[Rows], Iterable[bytes]]:
    names = list(headings)
    return lambda rows: spreadsheets.lines(names, rows)


def _whole(body: bytes) -> Callable[[Rows], Iterable[bytes]]:
    """What is written already; its rows are counted only."""

    def write_rows(rows: Rows) -> Iterator[bytes]:
        for _row in rows:
            pass
        yield body

    return write_rows


def _readme(described: list[Described], state: State, version: str) -> bytes:
    files = "\n".join(
        f"{each.member.name:<52}{each.member.rows:>10,} {'row ' if each.member.rows == 1 else 'rows'}  {each.title}"
        for each in described
    )
    return README.format(
        title=TITLE,
        says=SAYS,
        as_of=moment(state.as_of) if state.as_of else "nothing has been published yet",
        version=version,
        licence=LICENCE_NAME,
        licence_at=LICENCE,
        files=files,
    ).encode()


# --- which version -----------------------------------------------------------------------------------------


def small_parts(realm: str) -> bytes:
    """What the archive holds beside the register itself, for telling whether that has changed."""
    return compact([[described_force(force) for force in published(realm)], described_measures()])
