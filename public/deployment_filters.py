"""What the panel above the list of deployments offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Max, Min
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.collation.breakdowns import values_there
from coordination.collation.dimensions import SETTINGS, USE_CASE, Settings
from coordination.collation.measures import MEASURES
from design.forms import FilterForm, Look
from forces.models import Force
from public.worlds import World
from register import search
from register.facets import FALSE_ALERTS as HOW_MANY_FALSE
from register.facets import NOT_PUBLISHED, PUBLISHED, WATCHLIST, Band
from register.models import Head, Origin, Tier
from register.ordering import LATEST, SORTS

# A published label may have 200 characters; a list of them is read at a glance.
LONGEST_CHOICE = 60
MEASURED = {measure.code: measure for measure in MEASURES}
TIERS = {
    Tier.PRIMARY.value: gettext_lazy("The force's own record"),
    Tier.SECONDARY.value: gettext_lazy("Press and other sources"),
}
ORIGINS = {
    Origin.SUBMITTED.value: gettext_lazy("The force itself"),
    Origin.COLLATED.value: gettext_lazy("The national centre, transcribed"),
}
STATES = {
    "standing": gettext_lazy("Standing"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "redacted": gettext_lazy("Removed for personal data"),
}


class _Choice(forms.ChoiceField):
    """Offers choices but takes any value: register.search is the one that judges."""

    def valid_value(self, value: str) -> bool:
        return True


def _labels(bands: Mapping[str, Band]) -> dict[str, Any]:
    return {code: band.label for code, band in bands.items()}


def _choice(label: Any, choices: Mapping[str, Any], anything: str | Promise) -> _Choice:
    return _Choice(label=label, choices=[("", anything), *choices.items()])


class Filters(FilterForm):
    """What the panel offers. The same words as the address and the API."""

    q = forms.CharField(
        label=gettext_lazy("Words in the records"),
        help_text=gettext_lazy(
            "Place, use case, algorithm, source, or what the force answered: Croydon “town centre”"
        ),
    )
    force = _Choice(label=gettext_lazy("Force"))
    year = _Choice(label=gettext_lazy("Year"))
    month = _choice(
        gettext_lazy("Month"), {str(n): name for n, name in MONTHS.items()}, gettext_lazy("All months")
    )
    tier = _choice(gettext_lazy("Source"), TIERS, gettext_lazy("All sources"))
    origin = _choice(gettext_lazy("Entered by"), ORIGINS, gettext_lazy("Anyone"))
    status = _choice(gettext_lazy("Status"), search.STATUSES, gettext_lazy("Any"))
    # Those that stand are what is meant where nothing is said.
    state = _choice(
        gettext_lazy("Records"),
        {code: words for code, words in STATES.items() if code != "standing"},
        STATES["standing"],
    )
    place = forms.CharField(label=gettext_lazy("Place"))
    false_alerts = _choice(gettext_lazy("False alerts"), _labels(HOW_MANY_FALSE), gettext_lazy("Any number"))
    sort = _choice(
        gettext_lazy("Order"),
        {code: words for code, words in SORTS.items() if code != LATEST},
        gettext_lazy("Latest, or best match, first"),
    )
    since = forms.CharField(label=gettext_lazy("From day"))
    until = forms.CharField(label=gettext_lazy("To day"))
    use_case = _Choice(label=gettext_lazy("Use case"))
    algorithm = _Choice(label=gettext_lazy("Algorithm"))
    threshold = _Choice(label=gettext_lazy("Threshold"))
    watchlist = _choice(gettext_lazy("Watchlist size"), _labels(WATCHLIST), gettext_lazy("Any size"))
    published = _choice(gettext_lazy("Time to publish"), _labels(PUBLISHED), gettext_lazy("Any time"))
    measure = _choice(
        gettext_lazy("Total of"), {code: m.label for code, m in MEASURED.items()}, gettext_lazy("No total")
    )
    looks = {
        "q": Look(width="full"),
        "place": Look(width=10),
        "since": Look(width=10),
        "until": Look(width=10),
    }
    # What most people narrow by stands first; on a phone the rest would push the records out of sight.
    tucked = (
        *("origin", "status", "state", "place", "since", "until"),
        *(*search.TEXTS, "watchlist", "published"),
    )

    def __init__(self, data: Any, world: World) -> None:
        super().__init__(data)
        named = Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name")
        self._offer("force", [("", _("All forces")), *named])
        self._offer("year", [("", _("All years")), *((str(y), str(y)) for y in _years(world))])
        for name, texts in _there(world).items():
            self._offer_texts(name, texts)

    def _offer_texts(self, name: str, values: list[str]) -> None:
        """The texts that were published, most records first, and the one that is asked for where it is not there."""
        asked = self.data.get(name, "")
        texts = list(
            dict.fromkeys([*filter(None, values), *([asked] if asked not in ("", NOT_PUBLISHED) else [])])
        )
        named = [(text, Truncator(text).chars(LONGEST_CHOICE)) for text in texts]
        self._offer(name, [("", _("Any")), *named, (NOT_PUBLISHED, _("Not published"))])

    def _keys(self, name: str) -> list[str]:
        # A total speaks of one source: without the source there is none to show.
        return [*super()._keys(name), "measure"] if name == "tier" else super()._keys(name)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices


def _there(world: World) -> dict[str, list[str]]:
    """By filter, the texts under which records stand: a bounded number, from the statistics."""
    settings = [Settings.of(value) for value in values_there(world.realm, SETTINGS)]
    return {
        "use_case": values_there(world.realm, USE_CASE),
        "algorithm": [each.algorithm for each in settings],
        "threshold": [each.threshold for each in settings],
    }


def _years(world: World) -> list[int]:
    """Every year from the first record to the last, latest first."""
    found = Head.objects.in_realm(world.realm).aggregate(first=Min("on"), last=Max("on"))
    return list(range(found["last"].year, found["first"].year - 1, -1)) if found["first"] else []
