"""Who is asking, and whose rows the database shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from forces.capabilities import Capability
from forces.personal_data import PersonalData, noticing
from forces.refusals import Forbidden
from forces.tenancy import as_myself, scope
from portal.sign_in import sessions

if TYPE_CHECKING:
    from forces.models import Person

SIGNED_IN = ("/portal/", "/admin/")


class TenancyMiddleware:
    """Open a transaction and a reading scope round each view of people who sign in, and render inside it.

    Public pages get neither: they read register entries and statistics, which everybody may read, and they
    never touch the session. A view that raises leaves nothing behind; a refusal is recorded after that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not request.path.startswith(SIGNED_IN) or not request.user.is_authenticated:
            return None
        if not sessions.goes_on(request):
            return None
        person = person_of(request)
        request.person = person  # type: ignore[attr-defined]
        sessions.follow_rights(request, person)
        with noticing() as texts:
            try:
                with scope(person):
                    response = view(request, *args, **kwargs)
                    if callable(getattr(response, "render", None)):
                        response = response.render()
            except Forbidden as refusal:
                record_refusal(refusal, path=request.path)
                raise PermissionDenied(str(refusal)) from refusal
            except Http404:
                if request.method not in {"GET", "HEAD", "OPTIONS"}:
                    record_nothing_there(person, slug=kwargs.get("slug"), path=request.path)
                raise
            finally:
                if texts:
                    record_texts(texts, person, slug=kwargs.get("slug"), path=request.path)
        return response


def person_of(request: HttpRequest) -> Person:
    """The person behind the signed-in login, with rights read once for this request."""
    from forces.models import Person

    person_id = request.user.person_id  # type: ignore[union-attr]
    with as_myself(Person(pk=person_id)):
        person = Person.objects.get(pk=person_id)
        person.grants  # noqa: B018 - read once, while nothing but their own can be seen
    return person


def record_refusal(refusal: Forbidden, *, path: str) -> None:
    """Keep the refused attempt, in a transaction of its own."""
    from directory.actions import note_refusal

    note_refusal(refusal, door=path)


def record_nothing_there(person: Person, *, slug: str | None, path: str) -> None:
    """Keep that somebody sent a form to an address that is nothing to them, whether or not there is anything there.

    No page of theirs leads to it. Kept in the history of the force in the address: of all that are, none is a secret.
    """
    from forces.models import Force

    force = Force.objects.filter(slug=slug).first() if slug and path.startswith("/portal/") else None
    record_refusal(Forbidden(person, Capability.READ_RECORDS, force), path=path)


def record_texts(texts: list[PersonalData], person: Person, *, slug: str | None, path: str) -> None:
    """Keep that texts were refused for personal data, in a transaction of its own and never with their words."""
    from directory.actions import note_refused_texts
    from forces.models import Force

    force = Force.objects.filter(slug=slug).first() if slug and path.startswith("/portal/") else None
    note_refused_texts(texts, person=person, force=force, door=path)
