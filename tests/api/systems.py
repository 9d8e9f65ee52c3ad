"""A force's own system as a client: it signs in by the front door and speaks JSON."""

from __future__ import annotations

import base64
import itertools
import json
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from api.systems.shapes import EXAMPLES
from directory import actions as directory
from forces.capabilities import FOR_SYSTEMS
from forces.clock import db_now
from forces.models import Force, Person, System

ALL = tuple(each.value for each in FOR_SYSTEMS)
RESULTS = "/api/v1/results"
TOKEN = "/api/oauth/token"
_count = itertools.count()


def result(**changes: Any) -> dict[str, Any]:
    """A sound result to send; figures are changed by their names."""
    said = deepcopy(EXAMPLES["ResultGiven"])
    said["figures"]["no_action"], said["absent"] = 0, {}
    for name, value in changes.items():
        (said["figures"] if name in said["figures"] else said)[name] = value
    return said


@dataclass
class Machine:
    """A connected system. `call` sends JSON with its token; every POST has a key of its own unless one is given."""

    client: Client
    system: System
    client_id: str
    secret: str
    token: str = ""

    @property
    def person(self) -> Person:
        return self.system.person

    def sign_in(self, **form: str) -> HttpResponse:
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        answer = self.client.post(
            TOKEN,
            "&".join(f"{k}={v}" for k, v in {"grant_type": "client_credentials", **form}.items()),
            content_type="application/x-www-form-urlencoded",
            headers={"Authorization": f"Basic {basic}"},
        )
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer

    def call(self, method: str, address: str, said: Any = None, **headers: str) -> HttpResponse:
        if not self.token:
            assert self.sign_in().status_code == 200
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "post":
            names.setdefault("Idempotency-Key", f"key-{next(_count)}")
        names.setdefault("Authorization", f"Bearer {self.token}")
        more = {} if said is None else {"data": json.dumps(said), "content_type": "application/json"}
        return getattr(self.client, method)(address, **more, headers=names)

    def get(self, address: str, **headers: str) -> HttpResponse:
        return self.call("get", address, **headers)

    def post(self, address: str, said: Any, **headers: str) -> HttpResponse:
        return self.call("post", address, said, **headers)

    def put(self, address: str, said: Any, **headers: str) -> HttpResponse:
        return self.call("put", address, said, **headers)

    def record(self, **changes: Any) -> HttpResponse:
        answer = self.post(RESULTS, result(**changes))
        assert answer.status_code == 201, answer.content
        return answer


def connect(
    force: Force, owner: Person, capabilities=ALL, *, name: str = "", until: timedelta = timedelta(days=30)
) -> Machine:
    at = db_now()
    made = directory.connect_system(
        force,
        name=name or f"{force.name} results system",
        capabilities=capabilities,
        until=at + until,
        by=owner,
        at=at,
    )
    return Machine(Client(), made.system, made.client_id, made.secret)


@pytest.fixture
def kent_system(kent, kent_owner) -> Machine:
    return connect(kent, kent_owner)


@pytest.fixture
def avon_system(avon, avon_owner) -> Machine:
    return connect(avon, avon_owner)
