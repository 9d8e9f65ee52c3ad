"""When the register last changed: a small thing to ask often, before asking for large ones."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from api import examples, shapes
from api.deployments import REALM, moment
from api.describe import described
from api.endpoint import Endpoint, answer, etag, not_modified, realm_asked, unchanged
from register import items
from register.freshness import by_force

WHEN = {
    **shapes.MOMENT,
    "type": ["string", "null"],
    "description": "When its latest entry or removal was, in UTC; null if it has none.",
}


@described(
    tag="Start",
    summary=_("Read when the register last changed"),
    description=_(
        "For each force and for all of them: the time of the latest publication, correction, withdrawal or "
        "removal. Ask this with If-None-Match as often as your limit allows, and for records only when it changes."
    ),
    parameters=(REALM,),
    answer=shapes.of(
        "When the register last changed.",
        realm=shapes.REALM,
        last_updated=WHEN,
        forces=shapes.listed(
            shapes.of("One force.", force=shapes.ref("ForceName"), last_updated=WHEN), "By name."
        ),
    ),
    example=examples.LAST_UPDATED,
    refusals=(304, 400, 405, 406),
)
class LastUpdated(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        ask.finish()
        # Read before the times: an answer may be newer than its tag, never older.
        tag = etag(items.version(realm))
        if unchanged(request, tag):
            return not_modified(tag)
        changed = by_force(realm)
        latest = max((each.at for each in changed if each.at), default=None)
        return answer(
            {
                "realm": realm,
                "last_updated": latest and moment(latest),
                "forces": [
                    {
                        "force": {"code": each.code, "slug": each.slug, "name": each.name},
                        "last_updated": each.at and moment(each.at),
                    }
                    for each in changed
                ],
            },
            tag=tag,
        )
