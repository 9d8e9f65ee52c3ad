"""Notices of deployments to come: stored documents, handed back as they stand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from api import examples, shapes
from api.deployments import A_DAY, DEFAULT_LIMIT, MOST, NAMED, REALM
from api.describe import Parameter, described
from api.endpoint import (
    Endpoint,
    answer,
    compact,
    etag,
    not_modified,
    realm_asked,
    unchanged,
    with_parameters,
)
from api.problems import absolute
from register import search
from register.models import NoticeHead
from register.notices import items, queries
from register.notices.queries import Wanted

STATUSES = tuple(NoticeHead.Status.values)
FILTERS = (
    Parameter(
        "force",
        _("Short name of a force, such as metropolitan, or its code, such as E23000001."),
        within=NAMED,
    ),
    Parameter(
        "place",
        _("Letters in the name of the place or area. A notice whose details are withheld has neither."),
        within={"minLength": search.FEWEST_LETTERS, "maxLength": search.LONGEST_PLACE},
    ),
    Parameter("status", _("How it stands."), choices=STATUSES),
    Parameter(
        "since",
        _("Those that end on this day or later, such as 2026-12-31: give today for those to come."),
        within=A_DAY,
    ),
    Parameter("until", _("Those that start on this day or before, such as 2026-12-31."), within=A_DAY),
)


@described(
    tag="Notices",
    summary=_("List notices of deployments"),
    description=_(
        "What forces tell the public before they deploy, soonest first by the day of the deployment; without `since` "
        "from the first that was ever given. Each item is what the register says now, with the document inside it. "
        "Where the details of a deployment are withheld, `on` is a month and place and times are null; in the order "
        "it stands at the first of that month. A notice is no result and counts in no statistic. An empty list does "
        "not mean that there will be no deployment: only what forces publish here is listed. Follow “next” (or the "
        "Link header) until it is null."
    ),
    parameters=(
        *FILTERS,
        REALM,
        Parameter(
            "limit",
            _("Notices on a page, 1 to %(most)s.") % {"most": MOST},
            kind="integer",
            default=DEFAULT_LIMIT,
            within={"minimum": 1, "maximum": MOST},
        ),
        Parameter(
            "after",
            _("Where the page begins: take it from “next”."),
            within={"pattern": f"^{queries.CURSOR}$"},
        ),
    ),
    answer=shapes.NOTICES,
    example=examples.NOTICES,
    refusals=(304, 400, 405, 406),
)
class Notices(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        wanted = Wanted.read(ask, realm=realm, statuses=STATUSES)
        limit = ask.whole_number("limit", 1, MOST) or DEFAULT_LIMIT
        after = queries.place_in_list(ask)
        ask.finish()
        # Read before the notices: they may be newer than this says, never older.
        tag = etag(queries.version(realm))
        if unchanged(request, tag):
            return not_modified(tag)
        found = items.page(wanted, after=after, size=limit)
        following = with_parameters(request, after=found.after) if found.after else None
        head = compact({"realm": realm, "next": following})
        response = answer(head[:-1] + b',"items":[' + ",".join(found.texts).encode() + b"]}", tag=tag)
        links = [f'<{with_parameters(request, after=None)}>; rel="first"'] if after else []
        if following:
            links.append(f'<{following}>; rel="next"')
        if links:
            response["Link"] = ", ".join(links)
        return response


@described(
    tag="Notices",
    summary=_("Read one notice"),
    description=_(
        "What the register says about it now, the document, and every version there has been. “sha256” is the hash of "
        "the document in canonical form (RFC 8785), which “document_at” serves byte for byte. “commitment” is the "
        "SHA-256 of the salt and those bytes together: it stays when a document has to be removed."
    ),
    parameters=(Parameter("reference", _("Such as LFR-9RT4-WB2C."), place="path"), REALM),
    answer=shapes.NOTICE,
    example=examples.NOTICE,
    refusals=(304, 400, 404, 405, 406),
)
class Notice(Endpoint):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        ask.finish()
        found = items.one(reference, realm=realm)
        if found is None:
            raise Http404(gettext("No notice has the reference %(reference)s.") % {"reference": reference})
        gone = sum(version["redacted"] is not None for version in found.versions)
        tag = etag(f"{found.version}-{gone}")
        if unchanged(request, tag):
            return not_modified(tag)
        home = "public:demonstration" if realm == "demonstration" else "public"
        history = [
            version
            | {
                "document_at": None
                if version["redacted"]
                else absolute(
                    request, reverse(f"{home}:notice-document", args=[reference, version["version"]])
                )
            }
            for version in found.versions
        ]
        more = compact({"salt": found.salt, "history": history})
        return answer(found.text.encode()[:-1] + b"," + more[1:], tag=tag)
