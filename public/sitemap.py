"""Addresses of the national record for search engines (sitemaps.org): an index, and parts of no more than they take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.collation.published.tables import TABLES
from coordination.collation.reconciliation.models import Claim, Role
from coordination.framework.models import Version
from forces.models import Force
from public.worlds import NATIONAL, World, page
from register.models import Head, NoticeHead
from register.streaming import Rows

MOST = 50_000  # addresses in one part, as the protocol says
AT_ONCE = 1_000
MEDIA_TYPE = "application/xml; charset=utf-8"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
FIXED = (
    *("home", "deployments", "revisions", "statistics", "reconciliation", "capability", "comparison"),
    *("run-charts", "forces", "notices", "notices-calendar", "framework", "framework-versions"),
)
PLAIN = ("methods", "data", "accessibility", "privacy", "cookies", "contact")
# By the keys of the tables, so that a part costs no sorting; parts shift when records come, which harms nobody.
_RECORDS = """
SELECT 0, r.reference, r.entered_at, r.page FROM (
  SELECT reference, entered_at, 'deployment' AS page FROM register_head WHERE realm = %(realm)s
  UNION ALL SELECT reference, entered_at, 'notice' FROM register_noticehead WHERE realm = %(realm)s
) r ORDER BY r.reference OFFSET %(first)s LIMIT %(most)s
"""


@page
def index(request: HttpRequest, *, world: World) -> HttpResponse:
    count = sum(kind.objects.in_realm(NATIONAL.realm).count() for kind in (Head, NoticeHead))
    parts = [
        reverse("public:sitemap-pages"),
        *(reverse("public:sitemap-records", args=[part]) for part in range(1, -(-count // MOST) + 1)),
    ]
    lines = (f"<sitemap><loc>{escape(request.build_absolute_uri(part))}</loc></sitemap>\n" for part in parts)
    opening = f'{DECLARATION}<sitemapindex xmlns="{NAMESPACE}">\n'
    return HttpResponse(f"{opening}{''.join(lines)}</sitemapindex>\n", content_type=MEDIA_TYPE)


@page
def pages(request: HttpRequest, *, world: World) -> HttpResponse:
    slugs = Force.objects.filter(realm=NATIONAL.realm).order_by("slug").values_list("slug", flat=True)
    claims = Claim.objects.filter(role=Role.CLAIM).order_by("pk").values_list("code", flat=True)
    latest = Version.objects.latest_adopted()
    requirements = latest.requirements.order_by("pk").values_list("code", flat=True) if latest else ()
    addresses = [
        *(NATIONAL.url(name) for name in FIXED),
        *(NATIONAL.url("statistics-table", published.code) for published in TABLES),
        *(NATIONAL.url("claim", code) for code in claims),
        *(NATIONAL.url("requirement", code) for code in requirements),
        *(reverse(f"public:{name}") for name in PLAIN),
        *(NATIONAL.url("force", slug) for slug in slugs),
    ]
    return HttpResponse(
        b"".join(_written(request, ((each, None) for each in addresses))), content_type=MEDIA_TYPE
    )


@page
def records(request: HttpRequest, part: int, *, world: World) -> HttpResponseBase:
    """One part of the records: withdrawn and removed ones too, for their pages say so and stay."""
    if part < 1 or part > 100_000:
        raise Http404(_("There is no such part."))
    rows = Rows(
        _RECORDS, {"realm": NATIONAL.realm, "first": (part - 1) * MOST, "most": MOST}, at_once=AT_ONCE
    )
    if rows.is_empty:
        rows.close()
        raise Http404(_("There is no such part."))
    body = _Body(request, rows)
    response: HttpResponseBase
    if request.method == "HEAD":
        body.close()
        response = HttpResponse(content_type=MEDIA_TYPE)
    else:
        response = StreamingHttpResponse(body, content_type=MEDIA_TYPE)
    return response


class _Body:
    """A part as it is sent; `close()` is called even if nothing was read."""

    def __init__(self, request: HttpRequest, rows: Rows) -> None:
        self._request, self._rows = request, rows

    def __iter__(self) -> Iterator[bytes]:
        yield from _written(
            self._request,
            ((NATIONAL.url(kind, reference), at) for _count, reference, at, kind in self._rows.rows()),
        )

    def close(self) -> None:
        self._rows.close()


def _written(request: HttpRequest, addresses: Iterable[tuple[str, datetime | None]]) -> Iterator[bytes]:
    root = request.build_absolute_uri("/").rstrip("/")
    yield f'{DECLARATION}<urlset xmlns="{NAMESPACE}">\n'.encode()
    waiting: list[str] = []
    for address, at in addresses:
        changed = f"<lastmod>{at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}</lastmod>" if at else ""
        waiting.append(f"<url><loc>{escape(root + address)}</loc>{changed}</url>\n")
        if len(waiting) == AT_ONCE:
            yield "".join(waiting).encode()
            waiting = []
    yield ("".join(waiting) + "</urlset>\n").encode()
