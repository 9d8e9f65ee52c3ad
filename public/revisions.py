"""What was changed after it was published: every corrected field of every correction, withdrawals and removals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from design.components import Column, Table
from design.forms import FilterForm, Look
from forces.clock import db_now
from forces.models import Force
from public import values, wording
from public.asked import tell, told
from public.worlds import World, asked_of, page
from register import revision_rows, revisions, spreadsheets
from register.models import Entry
from register.revisions import Cursor, Kind, Revision, Revisions, Wanted
from register.search import InvalidSearch, Reader

PAGE = 25
# A correction of more fields than this leads to the two documents instead.
MOST_FIELDS = 40
PARAMETERS = ("force", "year", "record")
COUNT = "X-Total-Count"
TAGS: dict[Kind, tuple[Any, str]] = {
    Kind.CORRECTION: (gettext_lazy("Corrected"), "teal"),
    Kind.WITHDRAWAL: (gettext_lazy("Withdrawn"), "red"),
    Kind.REMOVAL: (gettext_lazy("Removed"), "red"),
}


class Filters(FilterForm):
    """What the panel offers: the same words as the address."""

    force = forms.CharField(label=gettext_lazy("Force"), widget=forms.Select)
    year = forms.CharField(label=gettext_lazy("Year of the change"), widget=forms.Select)
    record = forms.CharField(label=gettext_lazy("Reference of a record"))
    looks = {"record": Look(width=10)}

    def __init__(self, data: Any, world: World) -> None:
        super().__init__(data)
        named = Force.objects.filter(realm=world.realm).order_by("name").values_list("slug", "name")
        years = [(str(year), str(year)) for year in _years(world)]
        for name, choices in (
            ("force", [("", _("All forces")), *named]),
            ("year", [("", _("All years")), *years]),
        ):
            widget = self.fields[name].widget
            assert isinstance(widget, forms.Select)  # noqa: S101 - declared above
            widget.choices = choices


def _years(world: World) -> list[int]:
    """From the first entry of this realm to now, latest first."""
    entries = Entry.objects.of_results().filter(realm=world.realm)
    first = entries.order_by("pk").values_list("entered_at", flat=True).first()
    return list(range(db_now().year, first.year - 1, -1)) if first else []


@dataclass(frozen=True, slots=True)
class Shown:
    """One revision as the page draws it."""

    revision: Revision
    title: str
    tag: str
    colour: str
    page: str
    permalink: str
    reason: str
    words: str
    table: Table | None
    is_cut: bool
    documents: list[tuple[int, str]]


def _asked(request: HttpRequest, world: World) -> tuple[Wanted, Cursor | None]:
    """Raises InvalidSearch with everything that is wrong with the address."""
    ask = Reader(asked_of(request), blank_is_absent=True)
    ask.only((*PARAMETERS, "after"))
    force = ask.force("force", world.realm)
    year = ask.whole_number("year", 2000, 2100)
    reference = ask.reference("record")
    after = None
    if place := ask.text("after", 1, 60):
        try:
            after = Cursor.read(place)
        except ValueError:
            ask.refuse(
                "after", _("This is not a place in the list. Follow the link to the next page instead.")
            )
    ask.finish()
    return Wanted(world.realm, force, reference, year), after


@partial(page, takes=None)
def listing(request: HttpRequest, *, world: World) -> HttpResponse:
    filters = Filters(request.GET, world)
    context: dict[str, Any] = {
        "realm": world.realm,
        "world": world,
        "pages": world.pages("revisions"),
        "filters": filters,
        "feeds": world.feeds_of_changes,
        "list_url": world.url("revisions"),
    }
    try:
        wanted, after = _asked(request, world)
    except InvalidSearch as wrong:
        tell(filters, wrong)
        return render(request, "public/revisions.html", context, status=400)
    found = revisions.page(wanted, after=after, size=PAGE)
    context |= {
        "about": _about(wanted),
        "revisions": [_shown(each, world) for each in found.revisions],
        "first": _address(request) if after else "",
        "next": _address(request, after=str(found.after)) if found.after else "",
        "csv_url": world.url("revisions-csv") + _address(request),
        "is_narrowed": wanted != Wanted(world.realm),
    }
    return render(request, "public/revisions.html", context)


def _about(wanted: Wanted) -> str:
    parts = [
        wanted.force.name if wanted.force else _("All forces"),
        wording.period(wanted.year),
        wanted.reference,
    ]
    return ", ".join(part for part in parts if part)


def _address(request: HttpRequest, **changed: str) -> str:
    kept = {name: value for name in PARAMETERS if (value := request.GET.get(name))}
    asked = urlencode({**kept, **changed})
    return f"?{asked}" if asked else ""


def permalink(world: World, revision: Revision) -> str:
    """Where this revision stands for good: among those of its record."""
    return f"{world.url('revisions')}?{urlencode({'record': revision.reference})}#{revision.name}"


def _shown(revision: Revision, world: World) -> Shown:
    tag, colour = TAGS[revision.kind]
    found = revision.differences
    place = wording.place(revision.place, revision.area)
    return Shown(
        revision,
        title=f"{place}, {revision.on.day} {wording.period(revision.on.year, revision.on.month)}",
        tag=str(tag),
        colour=colour,
        page=world.url("deployment", revision.reference),
        permalink=permalink(world, revision),
        reason=revision.reason,
        words=_words(revision),
        table=_table(revision) if found else None,
        is_cut=len(found or ()) > MOST_FIELDS,
        documents=[
            (version, world.url("document", revision.reference, version))
            for version, document in ((revision.version - 1, revision.old), (revision.version, revision.new))
            if document is not None
        ],
    )


def _words(revision: Revision) -> str:
    """What has to be said where no field can be shown."""
    if revision.kind is Kind.REMOVAL:
        return _(
            "The document of version %(version)s was removed, because personal data had slipped into it. "
            "What it said is not repeated here."
        ) % {"version": revision.version}
    if revision.is_removed:
        return _("The document of this version was removed since, so what it said is not repeated here.")
    if revision.kind is Kind.WITHDRAWAL:
        return _("The record stays readable and no longer counts in any statistic.")
    if revision.old is None:
        return _("The document of the version before was removed since, so what was changed cannot be shown.")
    return "" if revision.differences else _("No field says anything else than before.")


def _table(revision: Revision) -> Table:
    assert revision.old is not None and revision.new is not None  # noqa: S101 - there are differences
    return Table(
        _("What was corrected in %(name)s") % {"name": revision.name},
        [Column(_("Field")), Column(_("Before")), Column(_("After"))],
        [
            [
                values.name(each.path),
                values.with_method(revision.old, each.path),
                values.with_method(revision.new, each.path),
            ]
            for each in (revision.differences or ())[:MOST_FIELDS]
        ],
        caption_hidden=True,
    )


# --- the file ----------------------------------------------------------------------------------------------


class _Body:
    """The file as it is sent; `close()` is called even if nothing was read."""

    def __init__(self, found: Revisions) -> None:
        self._found = found

    def __iter__(self) -> Iterator[bytes]:
        yield from spreadsheets.lines(revision_rows.COLUMNS, revision_rows.rows(self._found))

    def close(self) -> None:
        self._found.close()


@partial(page, takes=None)
def as_csv(request: HttpRequest, *, world: World) -> HttpResponseBase:
    """Every revision that was asked for, as a file. X-Total-Count is their number: fewer broke off."""
    try:
        wanted, after = _asked(request, world)
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong
    if after is not None:
        raise BadRequest(_("The file holds all of them. Take “after” out of the address."))
    found = Revisions(wanted)
    body = _Body(found)
    response: HttpResponseBase
    if request.method == "HEAD":
        body.close()
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(body)
    name = "-".join(
        filter(
            None,
            (
                "revisions",
                "demonstration" if world.is_made_up else "",
                wanted.force.slug if wanted.force else "",
                str(wanted.year or ""),
            ),
        )
    )
    response["Content-Type"] = f"{spreadsheets.MEDIA_TYPE}; charset=utf-8; header=present"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = COUNT
    response[COUNT] = str(found.count)
    return response
