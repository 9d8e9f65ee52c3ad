"""What the page and the files of the comparison are asked: one setting or all of them, one year or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.breakdowns import is_there
from coordination.collation.dimensions import SETTINGS, Settings
from design.forms import FilterForm
from register.facets import LONGEST_ALGORITHM, LONGEST_THRESHOLD, NOT_PUBLISHED
from register.models import Tier
from register.search import FIRST_YEAR, LAST_YEAR, Reader

WORDS = ("algorithm", "threshold", "year")
# The form sends both words of a setting as one; the address that people keep has the words of the list of records.
SETTING = "setting"
LONGEST = LONGEST_ALGORITHM + LONGEST_THRESHOLD + 20


@dataclass(frozen=True, slots=True)
class Asked:
    """`settings` None: whichever can be compared. `is_from_form`: the address is to be said in the list's own words."""

    settings: Settings | None = None
    year: int | None = None
    is_from_form: bool = False

    @classmethod
    def read(cls, ask: Reader, *, realm: str) -> Self:
        """Raises InvalidSearch with everything that is wrong with the address."""
        ask.only((*WORDS, SETTING))
        year = ask.whole_number("year", FIRST_YEAR, LAST_YEAR)
        chosen = ask.text(SETTING, 1, LONGEST, as_it_stands=True)
        settings = _chosen(ask, chosen) if chosen else _named(ask)
        if settings and not ask.errors and not is_there(realm, SETTINGS, settings.value, tier=Tier.PRIMARY):
            ask.refuse(
                SETTING if chosen else "threshold",
                _(
                    "No record names this algorithm together with this threshold. Choose one of the settings that "
                    "forces have published."
                ),
            )
        ask.finish()
        return cls(settings, year, bool(chosen))

    def words(self) -> dict[str, str]:
        """As an address asks it, always in one order."""
        asked = {}
        if self.settings is not None:
            asked = SETTINGS.words(self.settings.value)
        return asked | ({"year": str(self.year)} if self.year else {})


def _chosen(ask: Reader, text: str) -> Settings | None:
    if "algorithm" in ask.given or "threshold" in ask.given:
        ask.refuse(SETTING, _("Give either “setting” or “algorithm” with “threshold”, not both."))
    try:
        settings = Settings.of(text)
    except (ValueError, TypeError):
        settings = None
    if settings is None or not all(isinstance(each, str) for each in settings) or settings.value != text:
        ask.refuse(SETTING, _("Choose one of the settings that forces have published."))
        return None
    return settings


def _named(ask: Reader) -> Settings | None:
    longest = {"algorithm": LONGEST_ALGORITHM, "threshold": max(LONGEST_THRESHOLD, len(NOT_PUBLISHED))}
    told = {name: ask.text(name, 1, most, as_it_stands=True) for name, most in longest.items()}
    given = [name for name in longest if name in ask.given]
    if len(given) == 1:
        other = next(name for name in longest if name not in given)
        ask.refuse(
            other,
            _(
                "Give “algorithm” and “threshold” together: the scale of a threshold is its maker's own. Where one is "
                "not published, write not_published."
            ),
        )
    if not all(told.values()):
        return None
    return Settings(*("" if text == NOT_PUBLISHED else text for text in told.values()))


class _Choice(forms.ChoiceField):
    """Offers choices but takes any value: Asked.read is the one that judges."""

    def valid_value(self, value: str) -> bool:
        return True


class Filters(FilterForm):
    setting = _Choice(label=gettext_lazy("Algorithm version and threshold"))
    year = _Choice(label=gettext_lazy("Year"))

    def __init__(self, data: Any, offered: Sequence[Settings], first: date | None, last: date | None) -> None:
        super().__init__(data)
        years = [str(year) for year in range(last.year, first.year - 1, -1)] if first and last else []
        self._offer("year", [("", _("All years")), *((year, year) for year in years)])
        self._offer(
            "setting",
            [
                ("", _("The first that can be compared")),
                *((each.value, str(each)) for each in offered),
            ],
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices
