"""What a page or file of a table is asked: the filters it offers, and what it refuses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.published.declaration import Published
from coordination.collation.published.questions import Question
from design.forms import FilterForm
from forces.models import Force
from public.worlds import World, asked_of
from register.models import Head, Tier
from register.search import Reader

TIERS = {
    "": gettext_lazy("Forces' own records"),
    Tier.SECONDARY.value: gettext_lazy("Press and other sources"),
}


class _Choice(forms.ChoiceField):
    """Offers choices but takes any value: Question.read is the one that judges."""

    def valid_value(self, value: str) -> bool:
        return True


class Filters(FilterForm):
    """What the panel offers for a table: the words that its dimension takes."""

    force = _Choice(label=gettext_lazy("Force"))
    tier = _Choice(label=gettext_lazy("Source"), choices=list(TIERS.items()))
    year = _Choice(label=gettext_lazy("Year"))

    def __init__(self, data: Any, published: Published, world: World, *, first: Any, last: Any) -> None:
        super().__init__(data)
        years = [str(year) for year in range(last.year, first.year - 1, -1)] if first and last else []
        # “from” is a word of the language, so it cannot be declared above.
        self.fields["from"] = _Choice(label=_("From year"), required=False)
        self.fields["to"] = _Choice(label=_("To year"), required=False)
        for name, words in (("year", _("All years")), ("from", _("First")), ("to", _("Last"))):
            self._offer(name, [("", words), *((year, year) for year in years)])
        for name in set(self.fields) - set(published.dimension.filters):
            del self.fields[name]
        if "force" in self.fields:
            has_records = Exists(Head.objects.in_realm(world.realm).filter(force=OuterRef("pk")))
            named = Force.objects.filter(realm=world.realm).order_by("name")
            # The one asked for stands there too, or the panel would say “All forces” over a page of one.
            offered = [
                (slug, name)
                for slug, name, has_some in named.values_list("slug", "name", has_records)
                if has_some or slug == data.get("force")
            ]
            self._offer("force", [("", _("All forces")), *offered])

    def _offer(self, name: str, choices: list[tuple[str, str | Promise]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices


def question(request: HttpRequest, published: Published, world: World, *, is_form: bool) -> Question:
    """Raises InvalidSearch with everything that is wrong with the address. A form sends fields left blank."""
    return Question.read(Reader(asked_of(request), blank_is_absent=is_form), published, realm=world.realm)
