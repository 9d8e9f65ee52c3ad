"""Who is asking, and whose rows the database shows them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from forces.refusals import Forbidden
from forces.tenancy import as_myself, scope

SIGNED_IN = ("/portal/", "/admin/")


class TenancyMiddleware:
    """Open a transaction and a reading scope round each view of people who sign in, and render inside it.

    Public pages get neither: they read register entries and statistics, which everybody may read, and they
    never touch the session. A view that raises leaves nothing behind; a refusal is recorded after that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = None
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not request.path.startswith(SIGNED_IN) or not request.user.is_authenticated:
            return None
        request.person = person_of(request)
        try:
            with scope(request.person):
                response = view(request, *args, **kwargs)
                if callable(getattr(response, "render", None)):
                    response = response.render()
        except Forbidden as refusal:
            record_refusal(refusal, path=request.path)
            raise
        response.headers["Cache-Control"] = "private, no-store"
        return response


def person_of(request: HttpRequest):
    """The person behind the signed-in login, with rights read once for this request."""
    from forces.models import Person

    with as_myself(Person(pk=request.user.person_id)):
        return Person.objects.get(pk=request.user.person_id)


def record_refusal(refusal: Forbidden, *, path: str) -> None:
    """Keep the refused attempt, in a transaction of its own."""
    from directory.actions import note_refusal

    note_refusal(refusal, door=path)
