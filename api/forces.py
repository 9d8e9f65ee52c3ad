"""The bodies that may deploy, and what is known of how they use the technology."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from api import examples, shapes
from api.deployments import REALM
from api.describe import Parameter, described
from api.endpoint import Endpoint, answer, realm_asked
from forces.models import BodyType, Force, LfrUse, Succession

BODY_TYPE = Parameter("body_type", _("Kind of body."), choices=BodyType.values)
SLUG = Parameter("slug", _("Short name, such as metropolitan."), place="path")


def published(realm: str) -> QuerySet[Force]:
    """Forces of a realm with their uses and who took over from them: three queries, however many."""
    return Force.objects.filter(realm=realm).prefetch_related(
        Prefetch("lfr_uses", LfrUse.objects.order_by("technology", "period")),
        Prefetch("successions", Succession.objects.select_related("successor").order_by("on")),
    )


@described(
    tag="Forces",
    summary=_("List forces"),
    description=_(
        "The 43 territorial forces of England and Wales, and other bodies that may publish, which are never "
        "counted among the 43: use body_type=territorial for those alone. All on one page. A period with no "
        "known use is unknown, which is not the same as no use."
    ),
    parameters=(BODY_TYPE, REALM),
    answer=shapes.FORCES,
    example=examples.FORCES,
)
class Forces(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        body_type = ask.one_of("body_type", BodyType.values)
        ask.finish()
        found = published(realm)
        if body_type:
            found = found.filter(body_type=body_type)
        return answer({"realm": realm, "next": None, "items": [described_force(force) for force in found]})


@described(
    tag="Forces",
    summary=_("Read one force"),
    description=_("One force by its short name."),
    parameters=(SLUG, REALM),
    answer=shapes.ref("Force"),
    example=examples.FORCE,
    refusals=(400, 404, 405, 406),
)
class OneForce(Endpoint):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        ask.finish()
        force = published(realm).filter(slug=slug).first()
        if force is None:
            raise Http404(gettext("No force has the short name %(slug)s.") % {"slug": slug})
        return answer(described_force(force))


def described_force(force: Force) -> dict[str, Any]:
    return {
        "code": force.code,
        "slug": force.slug,
        "name": force.name,
        "area_name": force.area_name or None,
        "region": force.region or None,
        "body_type": force.body_type,
        "realm": force.realm,
        "population": None
        if force.population is None
        else {
            "people": force.population,
            "year": force.population_year,
            "source": force.population_source or None,
        },
        "valid_from": force.valid_from and force.valid_from.isoformat(),
        "valid_until": force.valid_until and force.valid_until.isoformat(),
        "successors": [
            {"slug": each.successor.slug, "on": each.on.isoformat(), "source": each.source}
            for each in force.successions.all()
        ],
        "uses": [
            {
                "technology": use.technology,
                "status": use.status,
                "from": use.period.lower and use.period.lower.isoformat(),
                "until": use.period.upper and use.period.upper.isoformat(),
                "source": use.source,
                "source_url": use.source_url or None,
                "is_verified": use.is_verified,
            }
            for use in force.lfr_uses.all()
        ],
    }
