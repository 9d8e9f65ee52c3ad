"""What an address of the legal framework asks for: a day, and a force whose own stricter values are put in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.forms import FilterForm, Look
from forces.clock import db_now, london_date
from forces.models import Force
from public.worlds import World, asked_of
from register.search import Reader

PARAMETERS = ("on", "force")


class _Choice(forms.ChoiceField):
    """Offers choices but takes any value: the reader of the address is the one that judges."""

    def valid_value(self, value: str) -> bool:
        return True


class Filters(FilterForm):
    """What the panel offers: the same words as the address."""

    on = forms.CharField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("Year, month and day, such as 2024-04-06. Today if left blank."),
    )
    force = _Choice(label=gettext_lazy("Force"))
    looks = {"on": Look(width=10)}

    def __init__(self, data: Any, world: World) -> None:
        super().__init__(data)
        named = Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name")
        field = self.fields["force"]
        assert isinstance(field, _Choice)  # noqa: S101 - declared above
        field.choices = [("", _("The nation: what is asked of every force")), *named]


@dataclass(frozen=True, slots=True)
class Asked:
    """`on` is today where the address names no day."""

    on: date
    force: Force | None
    says_day: bool

    @property
    def address(self) -> str:
        """The parameters again, for links that keep them."""
        said = {"on": self.on.isoformat()} if self.says_day else {}
        return (
            f"?{urlencode(said | ({'force': self.force.slug} if self.force else {}))}"
            if said or self.force
            else ""
        )


def read(request: HttpRequest, world: World) -> Asked:
    """Raises InvalidSearch with everything that is wrong with the address."""
    ask = Reader(asked_of(request), blank_is_absent=True)
    ask.only(PARAMETERS)
    on, force = ask.day("on"), ask.force("force", world.realm)
    ask.finish()
    return Asked(on or london_date(db_now()), force, on is not None)
