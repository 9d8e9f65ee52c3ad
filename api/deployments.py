"""Published deployments: stored documents, handed back as they stand."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from api import examples, shapes
from api.describe import Parameter, described
from api.endpoint import (
    Endpoint,
    answer,
    compact,
    etag,
    held_versions,
    not_modified,
    realm_asked,
    unchanged,
    with_parameters,
)
from api.problems import absolute
from register import items, search, words
from register.facets import FALSE_ALERTS, PUBLISHED, WATCHLIST
from register.ordering import MOST_RANKED, SORTS
from register.search import Search

DEFAULT_LIMIT, MOST = 50, 200
SOME = "LFR-0000-0000"  # stands for any reference

NAMED = {"minLength": 1, "maxLength": 200}
A_DAY = {"pattern": f"^{search.DAY}$", "format": "date"}
YEARS = {"minimum": search.FIRST_YEAR, "maximum": search.LAST_YEAR}
FILTERS = (
    Parameter(
        "force",
        _("Short name of a force, such as metropolitan, or its code, such as E23000001."),
        within=NAMED,
    ),
    Parameter(
        "year", _("Year in which the deployment started, in UK local time."), kind="integer", within=YEARS
    ),
    Parameter(
        "month",
        _("Month from 1 to 12, together with a year."),
        kind="integer",
        within={"minimum": 1, "maximum": 12},
    ),
    Parameter("tier", _("How near the source is."), choices=("primary", "secondary")),
    Parameter("origin", _("Who placed it on the register."), choices=("submitted", "collated")),
    Parameter("status", _("Whether the deployment ran."), choices=tuple(search.STATUSES)),
    Parameter(
        "state",
        _("Which records: those that count (the default), those withdrawn, or those removed."),
        choices=tuple(search.STATES),
        default="standing",
    ),
    Parameter(
        "technology", _("Kind of facial recognition."), choices=tuple(search.TECHNOLOGIES), default="live"
    ),
    Parameter(
        "place",
        _("Letters in the name of the place or area."),
        within={"minLength": search.FEWEST_LETTERS, "maxLength": search.LONGEST_PLACE},
    ),
    Parameter("since", _("First day on which the deployment started, such as 2024-04-06."), within=A_DAY),
    Parameter("until", _("Last day on which the deployment started, such as 2024-04-06."), within=A_DAY),
    Parameter(
        "use_case",
        _(
            "A use case, its whole label as published; where a record has none, CODE (SCHEME). `not_published` finds "
            "records that give neither."
        ),
        within={"minLength": 1, "maxLength": search.TEXTS["use_case"]},
    ),
    Parameter(
        "algorithm",
        _(
            "An algorithm as Vendor Product Version, or Vendor Product, version not published. `not_published` finds "
            "records that name none."
        ),
        within={"minLength": 1, "maxLength": search.TEXTS["algorithm"]},
    ),
    Parameter(
        "threshold",
        _(
            "A threshold as published, such as 0.64, or `not_published`. It means nothing without the algorithm: ask "
            "for both."
        ),
        within={"minLength": 1, "maxLength": search.TEXTS["threshold"]},
    ),
    Parameter(
        "watchlist",
        _("How many entries the watchlist held. Images, or people where the record says so."),
        choices=tuple(WATCHLIST),
    ),
    Parameter(
        "published",
        _(
            "Days from the deployment to its publication by the force. It does not apply to what the national centre "
            "transcribed."
        ),
        choices=tuple(PUBLISHED),
    ),
    Parameter(
        "false_alerts",
        _(
            "Whether the record says that there were false alerts, confirmed or not: `some`, `none`, or "
            "`not_published` where it gives no number."
        ),
        choices=tuple(FALSE_ALERTS),
    ),
    Parameter(
        "q",
        _(
            "Words in the record's texts: place, area, reference, use case, algorithm, threshold, why it was aborted, "
            "answers about figures, source and its misprints. All of them must be there, in any form (street, streets) "
            "and any order; “several words” in straight quotes as they stand, `-word` for what must not be there, `or` "
            "between two. Only records that stand are searched."
        ),
        within={"minLength": 1, "maxLength": words.LONGEST},
    ),
    Parameter(
        "sort",
        _(
            "The order. Without it the latest come first, and with `q` the best match. Where more than %(most)s "
            "records hold the words the latest come first all the same. A record that gives no number comes after "
            "those that do."
        )
        % {"most": MOST_RANKED},
        choices=tuple(SORTS),
    ),
)
REALM = Parameter(
    "realm",
    _("The national record, unless the made-up demonstration is asked for."),
    choices=("national", "demonstration"),
    default="national",
)


@described(
    tag="Deployments",
    summary=_("List published deployments"),
    description=_(
        "Latest first by the day the deployment started, unless another order is asked for. Each item is what the "
        "register says now, with the "
        "published document inside it. Follow “next” (or the Link header) until it is null; there is no count, "
        "which the statistics give. Filters are the same as on the page /deployments/."
    ),
    parameters=(
        *FILTERS,
        REALM,
        Parameter(
            "limit",
            _("Records on a page, 1 to %(most)s.") % {"most": MOST},
            kind="integer",
            default=DEFAULT_LIMIT,
            within={"minimum": 1, "maximum": MOST},
        ),
        Parameter(
            "after",
            _("Where the page begins: take it from “next”."),
            within={"pattern": f"^{search.CURSOR}$"},
        ),
    ),
    answer=shapes.DEPLOYMENTS,
    example=examples.DEPLOYMENTS,
    refusals=(304, 400, 405, 406),
)
class Deployments(Endpoint):
    def get(self, request: HttpRequest) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        wanted = Search.read(ask, realm=realm)
        limit = ask.whole_number("limit", 1, MOST) or DEFAULT_LIMIT
        after = ask.cursor("after", wanted)
        ask.finish()
        found = items.page(wanted, after=after, size=limit, held=held_versions(request))
        tag = etag(found.version)
        if unchanged(request, tag):
            return not_modified(tag)
        following = with_parameters(request, after=found.after) if found.after else None
        head = compact({"realm": realm, "next": following})
        response = answer(head[:-1] + b',"items":[' + b",".join(found.texts) + b"]}", tag=tag)
        links = [f'<{with_parameters(request, after=None)}>; rel="first"'] if after else []
        if following:
            links.append(f'<{following}>; rel="next"')
        if links:
            response["Link"] = ", ".join(links)
        return response


@described(
    tag="Deployments",
    summary=_("Read one deployment"),
    description=_(
        "What the register says about it now, the published document, and every version there has been. "
        "“sha256” is the hash of the document in canonical form (RFC 8785), which “document_at” serves byte "
        "for byte. “commitment” is the SHA-256 of the salt and those bytes together: it stays when a document "
        "has to be removed."
    ),
    parameters=(Parameter("reference", _("Such as LFR-7K2M-Q4XD."), place="path"), REALM),
    answer=shapes.DEPLOYMENT,
    example=examples.DEPLOYMENT,
    refusals=(304, 400, 404, 405, 406),
)
class Deployment(Endpoint):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        ask = self.ask()
        realm = realm_asked(ask)
        ask.finish()
        found = items.one(reference, realm=realm)
        if found is None:
            raise Http404(gettext("No record has the reference %(reference)s.") % {"reference": reference})
        gone = sum(version["redacted"] is not None for version in found.versions)
        tag = etag(f"{found.version}-{gone}")
        if unchanged(request, tag):
            return not_modified(tag)
        documents_at = _documents_at(request, reference, realm=realm)
        history = [
            version
            | {"document_at": None if version["redacted"] else f"{documents_at}v{version['version']}.json"}
            for version in found.versions
        ]
        more = compact({"salt": found.salt, "history": history})
        return answer(found.text[:-1] + b"," + more[1:], tag=tag)


def moment(at: Any) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _documents_at(request: HttpRequest, reference: str, *, realm: str) -> str:
    """Where the documents of a reference are: what comes before `v1.json` in the address of the first."""
    home = "public:demonstration" if realm == "demonstration" else "public"
    return absolute(request, _first_document(home).replace(SOME, reference).removesuffix("v1.json"))


@cache
def _first_document(home: str) -> str:
    return reverse(f"{home}:document", args=[SOME, 1])
