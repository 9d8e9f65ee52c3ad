"""FastAPI with asyncpg and orjson: rows by keyset over an index, built into objects and encoded."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Request, Response

from bench.peers.records import FIGURES, LISTS, PLAIN

_COLUMNS = ", ".join(f"b.{name}" for name in ("id", *PLAIN, *LISTS))
_SELECT = f"SELECT {_COLUMNS}, f.code, f.slug, f.name FROM bench_deployment b JOIN forces_force f ON f.id = b.force_id"
_LATEST = "ORDER BY b.held_on DESC, b.id DESC LIMIT 51"


async def _connected(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=orjson.dumps, decoder=orjson.loads, schema="pg_catalog")


@asynccontextmanager
async def _pool(app: FastAPI):
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=4, max_size=4, init=_connected
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_pool)


def _built(row: asyncpg.Record) -> dict[str, object]:
    return {
        "reference": row["reference"],
        "version": row["version"],
        "act": row["act"],
        "state": row["state"],
        "reason": row["reason"] or None,
        "realm": row["realm"],
        "tier": row["tier"],
        "origin": row["origin"],
        "force": {"code": row["code"], "slug": row["slug"], "name": row["name"]},
        "first_entered_at": row["first_entered_at"],
        "entered_at": row["entered_at"],
        "sha256": row["sha256"],
        "commitment": row["commitment"],
        "document": {
            "reference": row["reference"],
            "force": row["code"],
            "technology": row["technology"],
            "on": row["held_on"],
            "ends_on": row["ends_on"],
            "started_at": row["started_at"],
            "ended_at": row["ended_at"],
            "duration_minutes": row["duration_minutes"],
            "place": {"name": row["place_name"], "area": row["place_area"]},
            "use_case": {
                "code": row["use_case_code"],
                "scheme": row["use_case_scheme"],
                "label": row["use_case_label"],
            },
            "status": row["status"],
            "abort_reason": row["abort_reason"],
            "watchlist_size": row["watchlist_size"],
            "algorithm": {
                "vendor": row["algorithm_vendor"],
                "product": row["algorithm_product"],
                "version": row["algorithm_version"],
            },
            "threshold": row["threshold"],
            "figures": {name: row[name] for name in FIGURES},
            **{name: row[name] for name in LISTS},
        },
    }


def _answer(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


@app.get("/deployments")
async def deployments(request: Request, after: str = "") -> Response:
    async with request.app.state.pool.acquire() as connection:
        if after:
            on, id = after.split("_")
            rows = await connection.fetch(
                f"{_SELECT} WHERE (b.held_on, b.id) < ($1, $2) {_LATEST}", date.fromisoformat(on), int(id)
            )
        else:
            rows = await connection.fetch(f"{_SELECT} {_LATEST}")
    more = len(rows) > 50
    rows = rows[:50]
    following = f"/deployments?after={rows[-1]['held_on']}_{rows[-1]['id']}" if more else None
    return _answer({"next": following, "items": [_built(row) for row in rows]})


@app.get("/deployments/{reference}")
async def deployment(request: Request, reference: str) -> Response:
    async with request.app.state.pool.acquire() as connection:
        row = await connection.fetchrow(f"{_SELECT} WHERE b.reference = $1", reference)
    if row is None:
        raise HTTPException(404)
    return _answer(_built(row))
