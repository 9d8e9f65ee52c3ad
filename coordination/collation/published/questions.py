"""Which part of a table is wanted. Pages and files ask in the same words, so one address is that of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from coordination.collation.published.declaration import Published
from forces.models import Force
from register.models import Tier
from register.search import FIRST_YEAR, LAST_YEAR, LIVE, Reader


@dataclass(frozen=True, slots=True)
class Question:
    """One realm and one tier, never two added up; one force or all; some years or all."""

    realm: str
    tier: str = Tier.PRIMARY.value
    technology: str = LIVE
    force: Force | None = None
    first_year: int | None = None
    last_year: int | None = None

    @property
    def year(self) -> int | None:
        """The one year that is asked for, if it is one."""
        return self.first_year if self.first_year == self.last_year else None

    @property
    def is_narrowed(self) -> bool:
        """Whether years were left out."""
        return self.first_year is not None or self.last_year is not None

    def years_asked(self) -> dict[str, str | int]:
        """The same years in the words of the list of records."""
        if self.year is not None:
            return {"year": self.year}
        ends = {
            "since": self.first_year and f"{self.first_year}-01-01",
            "until": self.last_year and f"{self.last_year}-12-31",
        }
        return {name: day for name, day in ends.items() if day}

    @classmethod
    def read(cls, ask: Reader, published: Published, *, realm: str) -> Self:
        """What an address asks of the table. Raises InvalidSearch with everything that is wrong with it."""
        ask.only(published.dimension.filters)
        year = ask.whole_number("year", FIRST_YEAR, LAST_YEAR)
        first, last = (ask.whole_number(name, FIRST_YEAR, LAST_YEAR) for name in ("from", "to"))
        if first and last and first > last:
            ask.refuse(
                "to", _("Give a year that is not before %(first)s, or leave it out.") % {"first": first}
            )
        found = cls(
            realm,
            tier=ask.one_of("tier", Tier.values) or Tier.PRIMARY.value,
            force=ask.force("force", realm),
            first_year=year or first,
            last_year=year or last,
        )
        ask.finish()
        return found

    def words(self, published: Published) -> dict[str, str]:
        """As an address asks it: only what is not there of itself, always in one order."""
        asked: dict[str, str] = {}
        if self.force is not None:
            asked["force"] = self.force.slug
        if self.tier != Tier.PRIMARY:
            asked["tier"] = self.tier
        years = {"from": self.first_year, "to": self.last_year}
        if "year" in published.dimension.filters:
            years = {"year": self.year}
        return asked | {name: str(year) for name, year in years.items() if year is not None}
