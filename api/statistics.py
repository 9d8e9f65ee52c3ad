"""National and local figures, each with everything that must be said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from api import examples, shapes
from api.deployments import NAMED, REALM, YEARS, moment
from api.describe import Parameter, described
from api.endpoint import Endpoint, answer, realm_asked
from api.problems import absolute
from coordination.collation import queries
from coordination.collation.figures import Coverage, Figure
from coordination.collation.measures import BY_CODE, Rate
from coordination.collation.queries import Figures
from forces.models import Force
from register.freshness import last_changed
from register.models import Tier
from register.search import FIRST_YEAR, LAST_YEAR, LIVE, TECHNOLOGIES, Reader

DIVISIONS = ("year", "month", "force", "all")
PARAMETERS = (
    Parameter(
        "measure", _("One measure; all of them if it is left out. See /api/v1/measures."), within=NAMED
    ),
    Parameter(
        "by",
        _("One item for each year, month or force, or for all of them."),
        choices=DIVISIONS,
        default="year",
    ),
    Parameter("force", _("Short name or code of a force; the nation if it is left out."), within=NAMED),
    Parameter("year", _("One year; needed with by=month."), kind="integer", within=YEARS),
    Parameter("tier", _("How near the source is."), choices=("primary", "secondary"), default="primary"),
    Parameter("technology", _("Kind of facial recognition."), choices=tuple(TECHNOLOGIES), default=LIVE),
    REALM,
)


@described(
    tag="Statistics",
    summary=_("Read statistics"),
    description=_(
        "Each item is one figure: a value or, in its place, a code (never both, never blank); for a rate its "
        "counts and exact 95% interval; of how many records and forces it speaks; and where its records are. "
        "Records of the two tiers are never added up. A period without records has a code: it does not mean "
        "that nothing happened."
    ),
    parameters=PARAMETERS,
    answer=shapes.STATISTICS,
    example=examples.STATISTICS,
)
class Statistics(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        ask = self.ask()
        wanted = Wanted(ask)
        # Read before the figures: they may be newer than this says, never older.
        as_of = wanted.as_of()
        return answer(
            {
                "realm": wanted.realm,
                "tier": wanted.tier,
                "technology": wanted.technology,
                "by": wanted.by,
                "as_of": as_of,
                "items": answered(request, wanted, as_of),
            }
        )


def answered(request: HttpRequest, wanted: Wanted, as_of: str | None) -> list[dict[str, Any]]:
    """Every figure asked for."""
    return [
        {
            "measure": code,
            "from": figures.period.first.isoformat(),
            "to": figures.period.last.isoformat(),
            "force": None if force is None else {"code": force.code, "slug": force.slug, "name": force.name},
            "realm": wanted.realm,
            "tier": wanted.tier,
            **described_figure(figures[code]),
            "coverage": described_coverage(figures.coverage),
            "as_of": as_of,
            **_links(request, wanted, force, figures, figures[code]),
        }
        for force, figures in wanted.found()
        for code in wanted.measures
    ]


class Wanted:
    """What was asked for. Raises InvalidSearch with everything that is wrong."""

    def __init__(self, ask: Reader) -> None:
        self.realm = realm_asked(ask)
        measure = ask.one_of("measure", BY_CODE)
        self.measures: Sequence[str] = [measure] if measure else list(BY_CODE)
        self.by = ask.one_of("by", DIVISIONS) or "year"
        self.force = ask.force("force", self.realm)
        self.year = ask.whole_number("year", FIRST_YEAR, LAST_YEAR)
        self.tier = ask.one_of("tier", Tier.values) or Tier.PRIMARY.value
        self.technology = ask.one_of("technology", TECHNOLOGIES) or LIVE
        if self.by == "month" and self.year is None and "year" not in ask.errors:
            ask.refuse("year", gettext("Choose a year to see its months."))
        if self.by == "force" and self.force is not None:
            ask.refuse("force", gettext("Leave this out with by=force, which answers for every force."))
        ask.finish()

    def found(self) -> list[tuple[Force | None, Figures]]:
        told: dict[str, Any] = {"tier": self.tier, "technology": self.technology}
        if self.by == "force":
            return list(queries.by_force(self.realm, year=self.year, **told))
        if self.by == "all":
            whole = queries.altogether(self.realm, force=self.force, year=self.year, **told)
            return [(self.force, whole)] if whole else []
        if self.by == "month" and self.year is not None:
            months = queries.by_month(
                self.realm,
                force=self.force,
                first=date(self.year, 1, 1),
                last=date(self.year, 12, 31),
                **told,
            )
            return [(self.force, month) for month in months]
        years = queries.by_year(self.realm, force=self.force, **told)
        return [(self.force, year) for year in years if self.year in (None, year.period.year)]

    def as_of(self) -> str | None:
        """When the register last changed, for these forces."""
        latest = last_changed(self.realm, self.force)
        return None if latest is None else moment(latest)


def described_figure(shown: Figure) -> dict[str, Any]:
    interval = shown.interval
    return {
        "value": shown.number,
        "code": shown.code.value if shown.code else None,
        "marks": [mark.value for mark in shown.marks],
        "meanings": list(shown.meanings),
        "numerator": shown.numerator,
        "denominator": shown.denominator,
        "interval": None
        if interval is None
        else {"lower": interval.lower, "upper": interval.upper, "level": interval.level},
        "records": shown.records,
        "known": shown.known,
        "not_known": {
            "not_published": shown.tally.not_published,
            "not_applicable": shown.tally.not_applicable,
            "aborted": shown.tally.aborted,
            "misleading": shown.tally.misleading,
        },
        "completeness": shown.completeness,
    }


def described_coverage(coverage: Coverage | None) -> dict[str, Any] | None:
    """None for one force's own figures."""
    if coverage is None:
        return None
    return {
        "forces": coverage.counted,
        "of": coverage.territorial,
        "others": list(coverage.others),
        "phrase": coverage.phrase,
    }


def _links(
    request: HttpRequest, wanted: Wanted, force: Force | None, figures: Figures, shown: Figure
) -> dict[str, str | None]:
    """Where the records behind a figure are: as data, and as a page that adds them up again."""
    asked: dict[str, Any] = {}
    if force is not None:
        asked["force"] = force.slug
    if wanted.by in ("year", "month") or wanted.year is not None:
        asked["year"] = figures.period.year
    if wanted.by == "month":
        asked["month"] = figures.period.month
    asked["tier"] = wanted.tier
    if wanted.technology != LIVE:
        asked["technology"] = wanted.technology
    made_up = wanted.realm == "demonstration"
    data = {**asked, **({"realm": wanted.realm} if made_up else {})}
    counted = shown.measure.numerator if isinstance(shown.measure, Rate) else shown.measure
    page = reverse("public:demonstration:deployments" if made_up else "public:deployments")
    return {
        "records_at": absolute(request, f"{reverse('api:deployments')}?{urlencode(data)}"),
        "page_at": absolute(request, f"{page}?{urlencode({**asked, 'measure': counted.code})}"),
    }
