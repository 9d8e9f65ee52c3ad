"""Goals 1 to 4: what a public read costs, beside the usual ways to serve the same rows."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from bench import load
from bench.goals import Findings, Row
from bench.ground import Bench
from bench.load import Heard
from bench.peers import records
from bench.rounds import ratio, rounds, spread

PAGES = 20  # different pages asked in turn, so that nobody answers one from memory
DETAILS = 200
API = "/api/v1/deployments"
REALM = "realm=demonstration"
DATASETTE_ROWS = 200_000  # it reads SQLite by index as well; more would only take longer to write


@dataclass
class Served:
    """A contestant that answers: where, and which pages and records it is asked for."""

    port: int
    pages: list[str]
    worked: Callable[[], float]
    details: list[str] = field(default_factory=list)
    last_pages: list[str] = field(default_factory=list)


def measure(bench: Bench, found: Findings, *, small: str, large: str, times: int, seconds: float) -> None:
    """Serve the databases by everybody, ask, and stop everybody."""
    served = _serve(bench, small, large)
    try:
        _pages(served, found, times, seconds)
        _details(served, found, times, seconds)
        _unchanged(served, found, times, seconds)
        _flat(served, found, times, seconds)
    finally:
        bench.stop()


def _serve(bench: Bench, small: str, large: str) -> dict[str, Served]:
    cursors, last, references = _places(bench.admin_url(large))
    small_cursors, _, _ = _places(bench.admin_url(small))
    environment = bench.environment(large)
    product = bench.serve("product", "config.wsgi:application", "wsgi", environment)
    product_small = bench.serve("product-small", "config.wsgi:application", "wsgi", bench.environment(small))
    django = bench.serve("django", "bench.peers.django_project:application", "wsgi", environment)
    fastapi = bench.serve("fastapi", "bench.peers.fastapi_app:app", "asgi", environment)
    datasette = _datasette(bench, large)

    def worked(name: str) -> Callable[[], float]:
        return lambda: bench.worked(name)

    def ours(at: Sequence[str]) -> list[str]:
        return [f"{API}?{REALM}" + (f"&after={cursor}" if cursor else "") for cursor in at]

    served = {
        "product": Served(
            product, ours(cursors), worked("product"), [f"{API}/{each}?{REALM}" for each in references], ours(last)
        ),
        "product, 10,000 records": Served(product_small, ours(small_cursors), worked("product-small")),
        "plain DRF": Served(
            django,
            [f"/plain/?page={page}" for page in range(1, PAGES + 1)],
            worked("django"),
            [f"/plain/{each}/" for each in references],
        ),
        "tidy DRF": Served(
            django,
            [f"/tidy/?page={page}" for page in range(1, PAGES + 1)],
            worked("django"),
            [f"/tidy/{each}/" for each in references],
        ),
        "django-ninja": Served(
            django,
            [f"/ninja/deployments?limit=50&offset={50 * page}" for page in range(PAGES)],
            worked("django"),
            [f"/ninja/deployments/{each}" for each in references],
        ),
        "FastAPI": Served(
            fastapi,
            ["/deployments" + (f"?after={cursor}" if cursor else "") for cursor in cursors],
            worked("fastapi"),
            [f"/deployments/{each}" for each in references],
        ),
        "Datasette": Served(
            datasette,
            ["/bench/deployment.json?_size=50&_shape=objects&_nocount=1&_sort_desc=held_on"
             + (f"&held_on__lte={cursor[:10]}" if cursor else "") for cursor in cursors],
            worked("datasette"),
        ),
    }  # fmt: skip
    names = {"product, 10,000 records": "product-small", "FastAPI": "fastapi", "Datasette": "datasette"}
    for name, one in served.items():
        bench.wait_for(
            names.get(name, "product" if name == "product" else "django"),
            f"http://127.0.0.1:{one.port}{one.pages[0]}",
        )
    return served


def _datasette(bench: Bench, database: str) -> int:
    from config.stack.ground import free_port

    path = bench.folder / "bench.db"
    records.to_sqlite(bench.admin_url(database), path, most=DATASETTE_ROWS)
    port = free_port()
    bench.start(
        "datasette",
        [sys.executable, "-m", "datasette", "serve", "-i", str(path), "--port", str(port), "--setting",
         "num_sql_threads", "3", "--setting", "suggest_facets", "off"],
        {},
    )  # fmt: skip
    return port


def _places(admin_url: str) -> tuple[list[str], list[str], list[str]]:
    """Where the first pages begin, where the last ones do, and some references."""
    at = (
        'SELECT "on"::text || \'_\' || entry_id FROM (SELECT "on", entry_id, row_number() OVER () AS n FROM'
        ' (SELECT "on", entry_id FROM register_head WHERE realm = \'demonstration\' ORDER BY "on" {order}, entry_id'
        " {order} LIMIT 1200) AS listed) AS counted WHERE n %% 50 = {rest} ORDER BY n LIMIT %s"
    )
    with psycopg.connect(admin_url) as admin:
        first = [row[0] for row in admin.execute(at.format(order="DESC", rest=0), [PAGES - 1])]
        last = [row[0] for row in admin.execute(at.format(order="ASC", rest=2), [PAGES])]
        references = [
            row[0]
            for row in admin.execute(
                "SELECT reference FROM register_head ORDER BY md5(reference) LIMIT %s", [DETAILS]
            )
        ]
    return ["", *first], last, references


@dataclass(frozen=True, slots=True)
class Cost:
    """What was heard, and the milliseconds that the server's processes worked for an answer (not PostgreSQL's)."""

    heard: Heard
    work: float

    @property
    def rate(self) -> float:
        return self.heard.rate


def _asking(one: Served, paths: Sequence[str], seconds: float, **more: object) -> Callable[[], Cost]:
    def ask() -> Cost:
        before, began = one.worked(), time.perf_counter()
        heard = load.ask(one.port, paths, seconds=seconds, **more)  # type: ignore[arg-type]
        took = time.perf_counter() - began
        return Cost(heard, (one.worked() - before) / (heard.rate * took))

    return ask


def _rates(heard: Sequence[Cost]) -> list[float]:
    return [one.rate for one in heard]


def _note(found: Findings, area: str, given: dict[str, list[Cost]]) -> None:
    for name, costs in given.items():
        found.note(area, f"{name}: requests a second", spread(_rates(costs)), "")
        found.note(
            area, f"{name}: work of its process for an answer", spread([one.work for one in costs]), "ms"
        )
        found.note(area, f"{name}: 99th percentile", spread([one.heard.p99 for one in costs]), "ms")
        found.note(area, f"{name}: bytes of an answer", spread([one.heard.size for one in costs]), "")


def _pages(served: dict[str, Served], found: Findings, times: int, seconds: float) -> None:
    names = ["product", "plain DRF", "tidy DRF", "django-ninja", "FastAPI", "Datasette"]
    for name in names:  # nobody's first answers count
        load.ask(served[name].port, served[name].pages, seconds=1)
    given = rounds({name: _asking(served[name], served[name].pages, seconds) for name in names}, times)
    _note(found, "Page of 50", given)
    ours = _rates(given["product"])
    for name, target in (
        ("plain DRF", 50), ("tidy DRF", 8), ("FastAPI", 1.5), ("django-ninja", None), ("Datasette", None),
    ):  # fmt: skip
        found.add([Row(1, f"pages a second, beside {name}", ratio(ours, _rates(given[name])), target)])
    p99 = ratio(*([one.heard.p99 for one in given[name]] for name in ("product", "FastAPI")))
    found.add([Row(1, "99th percentile, beside FastAPI's", p99, 0.7, at_least=False)])


def _details(served: dict[str, Served], found: Findings, times: int, seconds: float) -> None:
    names = ["product", "plain DRF", "tidy DRF", "FastAPI"]
    for name in names:
        load.ask(served[name].port, served[name].details, seconds=1)
    given = rounds({name: _asking(served[name], served[name].details, seconds) for name in names}, times)
    _note(found, "One record", given)
    ours = _rates(given["product"])
    for name, target in (("plain DRF", 20), ("FastAPI", 0.9), ("tidy DRF", None)):
        found.add([Row(2, f"records a second, beside {name}", ratio(ours, _rates(given[name])), target)])


def _unchanged(served: dict[str, Served], found: Findings, times: int, seconds: float) -> None:
    product, fastapi = served["product"], served["FastAPI"]
    with urllib.request.urlopen(f"http://127.0.0.1:{product.port}{product.pages[0]}") as answer:
        tag = answer.headers["ETag"]
    asked = {
        "product, unchanged (304)": _asking(
            product, product.pages[:1], seconds, headers={"If-None-Match": tag}
        ),
        "product, whole": _asking(product, product.pages[:1], seconds),
        "FastAPI, uncached": _asking(fastapi, fastapi.pages[:1], seconds),
    }
    for ask in asked.values():
        ask()
    given = rounds(asked, times)
    _note(found, "The same page again", given)
    theirs = _rates(given["FastAPI, uncached"])
    found.add(
        [
            Row(3, "304 a second, beside FastAPI uncached",
                ratio(_rates(given["product, unchanged (304)"]), theirs), 4),
            Row(3, "the whole page again, beside FastAPI uncached",
                ratio(_rates(given["product, whole"]), theirs)),
            Row(3, "of 50 reads begun after a commit, those that do not show it",
                spread([_stale(product)]), 0, at_least=False, unit=""),
        ]
    )  # fmt: skip


def _stale(product: Served) -> float:
    """Enter a record, then ask with the tag from before: how often the answer is still the old one."""
    from bench.product import enter_one

    stale = 0
    url = f"http://127.0.0.1:{product.port}{product.pages[0]}"
    for _ in range(50):
        with urllib.request.urlopen(url) as answer:
            tag = answer.headers["ETag"]
        reference = enter_one()
        request = urllib.request.Request(url, headers={"If-None-Match": tag})
        try:
            with urllib.request.urlopen(request) as answer:
                stale += reference.encode() not in answer.read()
        except urllib.error.HTTPError:  # 304: it has not changed, says the server
            stale += 1
    return float(stale)


def _flat(served: dict[str, Served], found: Findings, times: int, seconds: float) -> None:
    product, small = served["product"], served["product, 10,000 records"]
    load.ask(small.port, small.pages, seconds=1)
    load.ask(product.port, product.last_pages, seconds=1)
    given = rounds(
        {
            "first pages of all": _asking(product, product.pages, seconds),
            "first pages of 10,000": _asking(small, small.pages, seconds),
            "last pages of all": _asking(product, product.last_pages, seconds),
        },
        times,
    )
    _note(found, "Page by page", given)
    first, ten, last = (
        _rates(given[name]) for name in ("first pages of all", "first pages of 10,000", "last pages of all")
    )
    found.add(
        [
            Row(4, "cost of a page of all the records, beside one of 10,000", ratio(ten, first), 1.2, at_least=False),
            Row(4, "cost of the last pages, beside the first", ratio(first, last), 1.2, at_least=False),
        ]
    )  # fmt: skip
