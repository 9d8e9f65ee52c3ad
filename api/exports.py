"""Everything that is public as files: CSV for spreadsheets, JSON lines for programs. The address says which.

A file holds every record that its filters find, as they stand at one instant, however many there are. How many it
must hold is said before it begins (X-Total-Count), so that a download that broke off is known for one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import BaseRenderer

from api import columns, examples
from api.columns import Column
from api.deployments import FILTERS, REALM
from api.describe import Parameter, described
from api.endpoint import Endpoint, compact, etag, not_modified, realm_asked, unchanged
from api.forces import BODY_TYPE, described_force, published
from api.measures import described_measures
from api.statistics import PARAMETERS as OF_STATISTICS
from api.statistics import Wanted, answered
from forces.models import BodyType
from register import items, spreadsheets
from register.exports import Records
from register.search import Search

COUNT = "X-Total-Count"
AT_ONCE = 500  # lines sent in one go
CSV, LINES = spreadsheets.MEDIA_TYPE, "application/jsonl"


class Csv(BaseRenderer):
    """Named only, so that `Accept` is understood: the file is written here."""

    media_type, format = CSV, "csv"


class JsonLines(BaseRenderer):
    media_type, format = LINES, "jsonl"


class Body:
    """A file as it is sent. `texts` are its records as JSON; `close()` is called even if nothing was read."""

    def __init__(self, texts: Iterable[str], form: str, taken: Sequence[Column]) -> None:
        self._texts = texts
        self._form, self._columns = form, taken

    def __iter__(self) -> Iterator[bytes]:
        if self._form == Csv.format:
            rows = ([get(json.loads(text)) for _name, get in self._columns] for text in self._texts)
            yield from spreadsheets.lines([name for name, _get in self._columns], rows)
            return
        texts = iter(self._texts)
        while several := list(islice(texts, AT_ONCE)):
            yield ("\n".join(several) + "\n").encode()

    def close(self) -> None:
        if isinstance(self._texts, Records):
            self._texts.close()


class Export(Endpoint):
    """One file. What is common to all of them: the headers, and in which form it is sent."""

    renderer_classes = (Csv,)
    columns: ClassVar[Sequence[Column]] = ()

    def send(self, texts: Sequence[str] | Records, *names: str, tag: str) -> HttpResponseBase:
        """`names` make the name of the file: our own words and short names of forces only."""
        renderer = self.renderer_classes[0]
        count = texts.count if isinstance(texts, Records) else len(texts)
        body = Body(texts, renderer.format, self.columns)
        response: HttpResponseBase
        if self.request.method == "HEAD":
            body.close()
            response = HttpResponse()
        else:
            response = StreamingHttpResponse(body)
        response["Content-Type"] = {
            "csv": f"{CSV}; charset=utf-8; header=present",
            "jsonl": f"{LINES}; charset=utf-8",
        }[renderer.format]
        name = "-".join(str(each) for each in names if each)
        response["Content-Disposition"] = f'attachment; filename="{name}.{renderer.format}"'
        response["Cache-Control"] = "public, no-cache"
        response["ETag"] = tag
        response[COUNT] = str(count)
        return response

    def send_few(self, items: Sequence[Mapping[str, Any]], *names: str) -> HttpResponseBase:
        """What is worked out whole anyway: its tag is the hash of what is sent."""
        texts = [compact(item).decode() for item in items]
        tag = etag(hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32])
        if unchanged(self.request, tag):
            return not_modified(tag)
        return self.send(texts, *names, tag=tag)

    def file(self, request: HttpRequest) -> HttpResponseBase:
        raise NotImplementedError


def _of_realm(realm: str) -> str:
    return "demonstration" if realm == "demonstration" else ""


class _Deployments(Export):
    columns = columns.DEPLOYMENTS
    costs = 30

    def file(self, request: HttpRequest) -> HttpResponseBase:
        ask = self.ask()
        realm = realm_asked(ask)
        wanted = Search.read(ask, realm=realm)
        ask.finish()
        # Read before the records: a file may be newer than its tag, never older.
        tag = etag(items.version(realm))
        if unchanged(request, tag):
            return not_modified(tag)
        return self.send(
            Records(wanted),
            "deployments",
            _of_realm(realm),
            wanted.force.slug if wanted.force else "",
            str(wanted.year or ""),
            f"{wanted.month:02}" if wanted.month else "",
            tag=tag,
        )


class _Forces(Export):
    columns = columns.FORCES

    def file(self, request: HttpRequest) -> HttpResponseBase:
        ask = self.ask()
        realm = realm_asked(ask)
        body_type = ask.one_of("body_type", BodyType.values)
        ask.finish()
        found = published(realm)
        if body_type:
            found = found.filter(body_type=body_type)
        return self.send_few([described_force(force) for force in found], "forces", _of_realm(realm))


class _Measures(Export):
    columns = columns.MEASURES

    def file(self, request: HttpRequest) -> HttpResponseBase:
        self.ask().finish()
        return self.send_few(described_measures(), "measures")


class _Statistics(Export):
    columns = columns.STATISTICS

    def file(self, request: HttpRequest) -> HttpResponseBase:
        wanted = Wanted(self.ask())
        return self.send_few(
            answered(request, wanted, wanted.as_of()),
            "statistics",
            _of_realm(wanted.realm),
            f"by-{wanted.by}",
            wanted.force.slug if wanted.force else "",
            str(wanted.year or ""),
        )


# --- the eight addresses ------------------------------------------------------------------------------------

COUNTED = {
    COUNT: _(
        "How many records the file holds: rows of the CSV below its headings, or lines. Fewer broke off."
    ),
    "Content-Disposition": _("A name for the file."),
}
ROWS = {"type": "string", "description": "A row of headings, then a row for each record (RFC 4180, UTF-8)."}
LINE = {"type": "string", "description": "A JSON object on each line, as in the list."}
CSV_WORDS = _(
    "For spreadsheets. An empty cell has its reason in the column beside it that ends in _absent: it is never "
    "zero. A text that a spreadsheet would work out as a formula has an apostrophe before it; the JSON lines have "
    "it as it stands."
)
LINES_WORDS = _("For programs: each line is one item of the list, in the same order.")


def _exported(
    name: str,
    base: type[Export],
    form: type[BaseRenderer],
    *,
    summary: str | Promise,
    parameters: Sequence[Parameter],
    example: Mapping[str, Any],
    refusals: Sequence[int] = (304, 400, 405, 406),
) -> type[Endpoint]:
    class File(base):  # type: ignore[misc, valid-type]
        renderer_classes = (form,)

        def get(self, request: HttpRequest) -> HttpResponseBase:
            return self.file(request)

    is_csv = form is Csv
    File.__name__ = f"{name}{'Csv' if is_csv else 'Lines'}"
    headings, row = [name for name, _get in base.columns], [get(example) for _name, get in base.columns]
    written = b"".join(spreadsheets.lines(headings, [row])) if is_csv else compact(example) + b"\n"
    return described(
        tag="Downloads",
        summary=f"{summary} ({'CSV' if is_csv else 'JSON lines'})",
        description=CSV_WORDS if is_csv else LINES_WORDS,
        parameters=parameters,
        answer=ROWS if is_csv else LINE,
        example=written.decode(),
        refusals=refusals,
        media=form.media_type or "",
        headers=COUNTED,
    )(File)


_OF_DEPLOYMENTS: dict[str, Any] = {
    "summary": _("Download deployments"),
    "parameters": (*FILTERS, REALM),
    "example": examples.DEPLOYMENTS["items"][0],
}
_OF_FORCES: dict[str, Any] = {
    "summary": _("Download forces"),
    "parameters": (BODY_TYPE, REALM),
    "example": examples.FORCE,
}
_OF_MEASURES: dict[str, Any] = {
    "summary": _("Download measures"),
    "parameters": (),
    "example": examples.MEASURES["items"][0],
}
_OF_STATISTICS: dict[str, Any] = {
    "summary": _("Download statistics"),
    "parameters": OF_STATISTICS,
    "example": examples.STATISTICS["items"][0],
}

DeploymentsCsv = _exported("Deployments", _Deployments, Csv, **_OF_DEPLOYMENTS)
DeploymentsLines = _exported("Deployments", _Deployments, JsonLines, **_OF_DEPLOYMENTS)
ForcesCsv = _exported("Forces", _Forces, Csv, **_OF_FORCES)
ForcesLines = _exported("Forces", _Forces, JsonLines, **_OF_FORCES)
MeasuresCsv = _exported("Measures", _Measures, Csv, **_OF_MEASURES)
MeasuresLines = _exported("Measures", _Measures, JsonLines, **_OF_MEASURES)
StatisticsCsv = _exported("Statistics", _Statistics, Csv, **_OF_STATISTICS)
StatisticsLines = _exported("Statistics", _Statistics, JsonLines, **_OF_STATISTICS)
