"""What readiness asks of services that stand elsewhere: certificates, tests, bookings, advisories, deletion.

Each is an interface. A service that is there registers itself once, when its app loads; until then, and for what it
does not know, the answer is NOT_RECORDED and the rule says "not recorded" instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, Protocol, TypeAlias


class _NotRecorded(Enum):
    NOT_RECORDED = "not_recorded"


NOT_RECORDED: Final = _NotRecorded.NOT_RECORDED
NotRecorded: TypeAlias = Literal[_NotRecorded.NOT_RECORDED]


@dataclass(frozen=True, slots=True)
class Asked:
    """One plan, as far as a service needs to know it."""

    reference: str
    force: int  # id
    technology: str
    starts_at: datetime | None
    ends_at: datetime | None
    algorithm: int | None  # id of the version
    threshold: Decimal | None  # on its maker's scale
    camera: str  # code, or blank
    watchlist: int | None  # the most entries
    needed: Mapping[str, int]  # people by part: operators, engagement_officers


@dataclass(frozen=True, slots=True)
class Certified:
    """Of the people named for a part (code of `PlanRole`): how many, and how many hold a certificate to the end."""

    people: int
    certified: int


@dataclass(frozen=True, slots=True)
class Tested:
    """What the national test of the plan's algorithm version says. Limits that are None were not set.

    `report` names it in words. `lowest` and `highest` are thresholds on the maker's scale, both included; `until` is
    the last day on which the test holds; `cameras` are codes, empty for all.
    """

    report: str
    lowest: Decimal | None = None
    highest: Decimal | None = None
    largest_watchlist: int | None = None
    cameras: tuple[str, ...] = ()
    until: date | None = None
    withdrawn_because: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """Equipment booked for the plan. Empty: none is."""

    what: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Advisories:
    """National advisories that bear on the plan and that its force has not acknowledged: their titles."""

    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """When somebody attested that the watchlist and the biometric data were deleted; None while nobody has."""

    attested_at: datetime | None = None


class Certificates(Protocol):
    def certified(self, plans: Sequence[Asked]) -> Mapping[str, Mapping[str, Certified]]:
        """By reference, then part. A reference or a part left out is not recorded."""


class Tests(Protocol):
    def tested(self, plans: Sequence[Asked]) -> Mapping[str, Tested | None]:
        """By reference; None where the register of tests holds no test of that version."""


class Bookings(Protocol):
    def booked(self, plans: Sequence[Asked]) -> Mapping[str, Booked]: ...


class AdvisoriesKept(Protocol):
    def unacknowledged(self, plans: Sequence[Asked]) -> Mapping[str, Advisories]: ...


class Deletions(Protocol):
    def attested(self, plans: Sequence[Asked]) -> Mapping[str, Deletion]: ...


@dataclass(frozen=True, slots=True)
class Answers:
    """What the services said about one plan."""

    certified: Mapping[str, Certified] | NotRecorded = NOT_RECORDED
    tested: Tested | NotRecorded | None = NOT_RECORDED
    booked: Booked | NotRecorded = NOT_RECORDED
    advisories: Advisories | NotRecorded = NOT_RECORDED
    deletion: Deletion | NotRecorded = NOT_RECORDED


NOTHING_RECORDED = Answers()


@dataclass(slots=True)
class Services:
    """Those that are there. Each may be set once."""

    certificates: Certificates | None = None
    tests: Tests | None = None
    bookings: Bookings | None = None
    advisories: AdvisoriesKept | None = None
    deletions: Deletions | None = None

    def register(
        self,
        *,
        certificates: Certificates | None = None,
        tests: Tests | None = None,
        bookings: Bookings | None = None,
        advisories: AdvisoriesKept | None = None,
        deletions: Deletions | None = None,
    ) -> None:
        """Say that a service is there, from the `ready()` of its app. Raises ValueError if there is one already."""
        given = {
            "certificates": certificates,
            "tests": tests,
            "bookings": bookings,
            "advisories": advisories,
            "deletions": deletions,
        }
        for name, service in given.items():
            if service is None:
                continue
            if getattr(self, name) is not None:
                raise ValueError(f"There is a service for {name} already.")
            setattr(self, name, service)

    @property
    def are_there(self) -> bool:
        """Whether there is any to ask."""
        return any((self.certificates, self.tests, self.bookings, self.advisories, self.deletions))

    def ask(self, plans: Sequence[Asked]) -> dict[str, Answers]:
        """What every service says of every plan, by reference; each is asked once however many plans there are."""
        certified = self.certificates.certified(plans) if self.certificates else {}
        tested = self.tests.tested(plans) if self.tests else {}
        booked = self.bookings.booked(plans) if self.bookings else {}
        advisories = self.advisories.unacknowledged(plans) if self.advisories else {}
        deletion = self.deletions.attested(plans) if self.deletions else {}
        if not (certified or tested or booked or advisories or deletion):
            return {plan.reference: NOTHING_RECORDED for plan in plans}
        return {
            plan.reference: Answers(
                certified.get(plan.reference, NOT_RECORDED),
                tested.get(plan.reference, NOT_RECORDED),
                booked.get(plan.reference, NOT_RECORDED),
                advisories.get(plan.reference, NOT_RECORDED),
                deletion.get(plan.reference, NOT_RECORDED),
            )
            for plan in plans
        }


SERVICES = Services()
