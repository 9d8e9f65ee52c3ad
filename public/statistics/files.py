"""The files of a published table."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from threading import Lock

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from coordination.collation.published import words
from coordination.collation.published.formats import FORMATS, as_json
from coordination.collation.published.reading import Table
from public.asked import told
from public.statistics.asked import question
from public.statistics.table import declared, place_of
from public.worlds import World, page
from register.search import InvalidSearch

SHAPE = 1  # raise it when the same table is written in another shape
KEPT = 32  # spreadsheets of some 25 kB


@partial(page, takes=None)
def send(request: HttpRequest, table: str, ending: str, *, world: World) -> HttpResponse:
    """The table in one format. The same parameters as its page; a blank one is refused."""
    published, form = declared(table), FORMATS.get(ending)
    if form is None:
        raise Http404(_("There is no file of that kind."))
    try:
        read = Table.of(published, question(request, published, world, is_form=False))
    except InvalidSearch as wrong:
        raise BadRequest(told(wrong)) from wrong
    place = place_of(request, published, world)
    # All that any format says is in the JSON, and it is cheap to write.
    said = as_json.write(read, place)
    tag = f'"{SHAPE}-{hashlib.sha256(said).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        body = (
            form.write(read, place)
            if form.is_text
            else _kept(f"{ending} {tag}", lambda: form.write(read, place))
        )
        response = HttpResponse(body, content_type=form.media_type)
        response["Content-Disposition"] = f'attachment; filename="{words.file_name(read, ending)}"'
    response["ETag"] = tag
    response["Access-Control-Allow-Origin"] = "*"
    if ending == "csv":
        asked = place.of(read).removeprefix(place.page)
        metadata = world.url("statistics-file", published.code, "csv-metadata.json") + asked
        response["Link"] = f'<{metadata}>; rel="describedby"; type="application/csvm+json"'
    return response


_WRITTEN: OrderedDict[str, bytes] = OrderedDict()
_LOCK = Lock()


def _kept(key: str, write: Callable[[], bytes]) -> bytes:
    """A spreadsheet takes a tenth of a second to write and is the same each time."""
    with _LOCK:
        if key in _WRITTEN:
            _WRITTEN.move_to_end(key)
            return _WRITTEN[key]
    written = write()
    with _LOCK:
        _WRITTEN[key] = written
        while len(_WRITTEN) > KEPT:
            _WRITTEN.popitem(last=False)
    return written
