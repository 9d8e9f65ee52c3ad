"""Every address of the site, with objects to put into it.

`addresses()` reads the resolver, so a page that somebody adds is walked without being listed. A parameter that no
maker knows fails the walk: add one to `MAKERS`, by the name of the parameter or by address and parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.site.world import Side


@dataclass(frozen=True)
class Address:
    """One pattern: its full name, the parameters it takes, and its route for those without a name."""

    name: str
    parameters: tuple[str, ...]
    route: str

    def __str__(self) -> str:
        return self.name or self.route

    @property
    def is_about_a_force(self) -> bool:
        return bool(set(self.parameters) - {"code", "app_label"})


def addresses() -> list[Address]:
    found = {str(each): each for each in _walk(get_resolver(), "", "")}
    return [found[name] for name in sorted(found)]


def _walk(resolver: URLResolver, namespace: str, route: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            within = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, within, here)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}" if pattern.name else "", _parameters(here), here)


def _parameters(route: str) -> tuple[str, ...]:
    """Names in `<converter:name>` and `(?P<name>…)`, outermost first."""
    return tuple(dict.fromkeys(re.findall(r"<(?:[a-z_]+:)?([a-z_]+)>", route)))


Maker = Callable[[Side], Any]


def _row(side: Side, name: str) -> int:
    """The id of a record of this force, for the stock pages of the centre's site."""
    model = name.split(":")[1].removesuffix("_change")
    return {
        "forces_force": side.force.pk,
        "forces_person": side.people["planner"].pk,
        "forces_membership": side.membership.pk,
        "forces_appointment": 1,
        "forces_lfruse": 1,
        "events_event": 1,
        "events_delivery": 1,
        "jobs_job": side.job.pk,
    }.get(model, 1)


MAKERS: dict[str, Maker] = {
    "slug": lambda side: side.force.slug,
    "reference": lambda side: side.recorded.reference,
    "membership": lambda side: side.membership.pk,
    "document": lambda side: side.document.public_id,
    "alert": lambda side: side.alert.pk,
    "system": lambda side: side.system.person.public_id,
    "appointment": lambda side: 1,
    "login": lambda side: side.login.pk,
    "person": lambda side: side.people["planner"].public_id,
    "decision": lambda side: "signal",
    "item": lambda side: side.signal.pk,
    "batch": lambda side: side.batch.uid,
    "question": lambda side: side.question.uid,
    "answer": lambda side: side.answer.uid,
    "pack": lambda side: side.pack.uid,
    "number": lambda side: 1,
    "task": lambda side: "purpose",
    "version": lambda side: 1,
    "part": lambda side: 1,
    "table": lambda side: "deployments-by-year",
    "claim": lambda side: "leapwise-deployments-2015-2025",
    "requirement": lambda side: "watchlist-age",
    "what": lambda side: "planned",
    "admin:national-plan reference": lambda side: side.plan.reference,
    "tightening": lambda side: side.tightening.pk,
    "ending": lambda side: "csv",
    **{
        f"portal:{name} reference": lambda side: side.plan.reference
        for name in (
            *("assess", "authorise", "decided", "override", "attest"),
            *("notice", "defer", "cancel-plan", "running"),
            *("plan", "task", "plan-operation", "check-plan", "record-plan", "plan-history", "plan-revision"),
        )
    },
    "choose-password login": lambda side: "MQ",
    "choose-password token": lambda side: "c0-ffee",
    "api:problem code": lambda side: "not-found",
    "admin:app_list app_label": lambda side: "forces",
}
# One's own, where it is not what another must be kept from: what the public may see.
OWN: dict[str, Maker] = {
    "public:deployment reference": lambda side: side.published.reference,
    "public:document reference": lambda side: side.published.reference,
    "public:record-rules reference": lambda side: side.published.reference,
    "api:deployment reference": lambda side: side.published.reference,
    "public:notice reference": lambda side: side.notice,
    "public:notice-document reference": lambda side: side.notice,
    "api:notice reference": lambda side: side.notice,
}
# Addresses at which nobody of these two forces has anything of their own, and where they are tested.
NOBODY_S_OWN = {
    "api:token": "needs a secret: tests/api/test_systems.py",
    "api:working-results": "for a force's own systems, with a token: tests/api/test_writes.py",
    "api:working-result": "for a force's own systems, with a token: tests/api/test_writes.py",
    "api:working-correction": "for a force's own systems, with a token: tests/api/test_writes.py",
    "api:working-withdrawal": "for a force's own systems, with a token: tests/api/test_writes.py",
    "api:nothing": "answers 404 whatever is asked",
    "choose-password": "needs a link that works once: tests/portal/test_sign_in.py",
    "sign-in-as": "made-up people only: tests/portal/test_sign_in.py",
    "public:archive": "404 until one is made: tests/api/test_archive.py",
    "public:security": "404 where no contact is set: tests/public/test_wellknown.py",
    "public:claim": "published claims come with the reference data: tests/public/test_reconciliation.py",
    "public:demonstration:deployment": "made-up records only: tests/public",
    "public:demonstration:document": "made-up records only: tests/public",
    "public:demonstration:record-rules": "made-up records only: tests/public/test_rules_of_record.py",
    "public:demonstration:notice": "made-up notices only: tests/public/test_notices.py",
    "public:demonstration:notice-document": "made-up notices only: tests/public/test_notices.py",
    "public:demonstration:force-notices": "made-up forces only: tests/public/test_notices.py",
    "public:demonstration:force-notices-feed-atom": "made-up forces only: tests/public/test_notices.py",
    "public:demonstration:force-notices-feed-json": "made-up forces only: tests/public/test_notices.py",
    "public:demonstration:force-notices-ics": "made-up forces only: tests/public/test_notices.py",
    "public:demonstration:force": "made-up forces only: tests/public",
    "public:demonstration:force-feed-atom": "made-up forces only: tests/api/test_feeds.py",
    "public:demonstration:force-feed-json": "made-up forces only: tests/api/test_feeds.py",
}
# What is like it and does not exist.
NOTHING: dict[str, Any] = {
    "slug": "no-such-force",
    "reference": "ZZZZ-ZZZZ-ZZZ",
    "membership": 987654321,
    "document": UUID(int=7),
    "alert": 987654321,
    "system": UUID(int=7),
    "appointment": 987654321,
    "login": 987654321,
    "person": UUID(int=7),
    "item": 987654321,
    "object_id": "987654321",
    "batch": UUID(int=7),
    "question": UUID(int=7),
    "answer": UUID(int=7),
    "pack": UUID(int=7),
    "number": 987654321,
    "task": "no-such-task",
    "version": 97,
    "part": 97,
    "table": "no-such-table",
    "claim": "no-such-claim",
    "tightening": 987654321,
    "ending": "doc",
    "uid": UUID(int=7),
}


class NoMaker(LookupError):
    """The walk met a parameter that it cannot fill."""


def value(address: Address, parameter: str, side: Side) -> Any:
    if parameter == "object_id":
        return _row(side, address.name)
    maker = MAKERS.get(f"{address.name} {parameter}") or MAKERS.get(parameter)
    if maker is None:
        raise NoMaker(f"{address}: add a maker for “{parameter}” to tests/site/walker.py.")
    return maker(side)


def path(
    address: Address, side: Side, *, others: Side | None = None, keep: frozenset[str] = frozenset()
) -> str:
    """The address filled in with `side`'s objects; with `others` given, with theirs except for what to `keep`."""
    filled = {}
    for name in address.parameters:
        own = OWN.get(f"{address.name} {name}") if others is None else None
        owner = side if others is None or name in keep else others
        filled[name] = own(side) if own else value(address, name, owner)
    return _reversed(address, filled)


def path_to_nothing(address: Address, side: Side, keep: frozenset[str] = frozenset()) -> str:
    """The same address with what does not exist in place of every object not to `keep`."""
    filled = {
        name: value(address, name, side) if name in keep or name not in NOTHING else NOTHING[name]
        for name in address.parameters
    }
    return _reversed(address, filled)


def _reversed(address: Address, filled: dict[str, Any]) -> str:
    if not address.name:
        return "/" + re.sub(r"[\^$].*", "", address.route)
    try:
        return reverse(address.name, kwargs=filled)
    except NoReverseMatch:
        return reverse(address.name, args=list(filled.values()))


def mixtures(address: Address) -> list[frozenset[str]]:
    """What may be one's own while the rest is another's: nothing, or the force in front of the object."""
    if "slug" in address.parameters and len(address.parameters) > 1:
        return [frozenset(), frozenset({"slug"})]
    return [frozenset()]
