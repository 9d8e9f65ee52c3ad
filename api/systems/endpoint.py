"""What every address for systems has in common: who asks, with which right, in whose scope, and sent only once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.views import APIView

from api import limits
from api.endpoint import JsonOnly, compact
from api.problems import problem
from api.systems import given, kept, shown
from api.systems.tokens import connected
from deployments.actions import Stale
from deployments.models import Deployment
from deployments.twins import Twin, twins_among
from directory.actions import note_refusal, note_refused_texts
from forces.capabilities import Capability
from forces.clock import db_now, london_date
from forces.models import Force, Person, System, SystemLogin, SystemToken
from forces.models.systems import digest
from forces.permissions import grants_of, require
from forces.personal_data import noticing
from forces.refusals import Forbidden, Invalid, Refusal
from forces.tenancy import acting
from register.search import InvalidSearch, Reader

log = logging.getLogger("api.systems")


class NotSignedIn(Refusal):
    """No token, or one that opens nothing."""


class Unconditional(Refusal):
    """A change that does not say which version it was decided on."""


class Changed(Refusal):
    """The version that was named is not the one that stands."""


_KINDS: dict[type[Refusal], str] = {
    **given.KINDS,
    NotSignedIn: "unauthorised",
    Unconditional: "precondition-required",
    Changed: "stale",
    Stale: "stale",
    kept.NoKey: "key-missing",
    kept.InFlight: "in-flight",
    kept.KeyReused: "key-reused",
}


# Several may hold it at once; a change of the row waits for them all.
_HOLD = f"SELECT 1 FROM {System._meta.db_table} WHERE person_id = %s AND period @> %s FOR SHARE"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Caller:
    """The system behind a token and the one force it acts for."""

    person: Person
    force: Force
    scope: frozenset[str]  # what its token is for

    def hold(self) -> None:
        """Ask again for what it may do, and keep that from changing until this transaction ends.

        Whoever disconnects it, or takes a right away, waits for what is being written; after that nothing is.
        Raises NotSignedIn.
        """
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [self.person.pk, db_now()])
            if cursor.fetchone() is None:
                raise NotSignedIn(_("Its system has been disconnected."))
        self.take_rights()

    def take_rights(self) -> None:
        self.person.__dict__["grants"] = grants_of(self.person).narrowed_to(self.scope)

    @property
    def limit_key(self) -> str:
        """Whose limit its requests count towards, however many tokens it gets."""
        return str(self.person.public_id)


class SystemEndpoint(APIView):
    """An address for a force's own systems. The force comes from the token and from nowhere else."""

    metadata_class = None
    content_negotiation_class = JsonOnly
    takes: tuple[str, ...] = ()
    standing: limits.Standing | None = None
    caller: Caller
    at: datetime

    def check_throttles(self, request: Any) -> None:
        """Called by the framework before the method: who asks, and whether they have asked too much.

        A caller who cannot sign in is counted by address, so that tokens cannot be tried without end.
        """
        try:
            self.caller = request.auth = signed_in(request)
        finally:
            self.standing = limits.spend(request)
            if self.standing.is_over:
                raise Throttled(wait=self.standing.seconds)

    def handle_exception(self, error: Exception) -> Any:
        for kind, code in _KINDS.items():
            if isinstance(error, kind):
                response = problem(self.request, code, str(error))
                break
        else:
            response = super().handle_exception(error)
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Bearer realm="systems"' + (
                ', error="invalid_token"' if "Authorization" in self.request.headers else ""
            )
        if isinstance(error, kept.InFlight):
            response["Retry-After"] = "1"
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        del response["Access-Control-Allow-Origin"]  # pages of others have no business here
        if self.standing is not None:
            for name, value in self.standing.headers().items():
                response[name] = value
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = HttpResponse(status=204)
        response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def ask(self) -> Reader:
        """The parameters of the address; one that it does not take is wrong already."""
        ask = Reader(dict(self.request.GET.lists()))
        ask.only(self.takes)
        return ask

    @property
    def today(self) -> date:
        """The day in the United Kingdom at the instant of the request."""
        return london_date(self.at)

    # What a method does ---------------------------------------------------------------------------

    def one(self, reference: str, *, locked: bool = False) -> Deployment:
        """The force's deployment. Another force's, and one that does not exist, are the same 404."""
        found = Deployment.objects.visible_to(self.caller.person).filter(
            force=self.caller.force, reference=reference
        )
        if locked:
            found.select_for_update(of=("self",)).first()
        deployment = loaded(found).first()
        if deployment is None:
            raise Http404(_("Your force has no result with that reference."))
        return owned(deployment, self.caller.force)

    def changing(self, reference: str) -> Deployment:
        """The same, taken for a change, if it is still what the caller saw. Raises Unconditional, Changed."""
        deployment = self.one(reference, locked=True)
        wanted = self.request.headers.get("If-Match", "").strip()
        if not wanted or wanted == "*":
            raise Unconditional(_("Send the “ETag” of the result that you read as “If-Match”."))
        if self.tag(deployment) not in [each.strip() for each in wanted.split(",")]:
            raise Changed(_("Somebody changed it after you read it. Read it again and decide again."))
        return deployment

    def answer(self, deployment: Deployment, *, status: int = 200) -> HttpResponse:
        """What stands now, after a change too."""
        rows = Deployment.objects.owned_by(self.caller.force).filter(pk=deployment.pk)
        now = owned(loaded(rows).get(), self.caller.force)
        twins = self.twins(now)
        response = HttpResponse(
            compact(shown.shown(now, twins)), content_type="application/json", status=status
        )
        response["ETag"] = shown.tag(now, twins)
        return response

    def tag(self, deployment: Deployment) -> str:
        return shown.tag(deployment, self.twins(deployment))

    def twins(self, deployment: Deployment) -> list[Twin]:
        return twins_among(self.caller.force, [deployment]).get(deployment.pk, [])


def loaded(found: Any) -> Any:
    """With everything that is shown, in one query."""
    return found.select_related(
        "current__algorithm", "current__recorded_by", "correction__algorithm", "correction__recorded_by"
    )


def owned(deployment: Deployment, force: Force) -> Deployment:
    deployment.force = force
    for result in filter(None, (deployment.current, deployment.correction)):
        result.deployment = deployment
    return deployment


def operation(*needs: Capability, at: str = "", keyed: bool | None = None) -> Callable[[Any], Any]:
    """A method of an endpoint that asks for these rights, in one transaction and scope of the caller's force.

    `keyed`: None only reads; True must bring an Idempotency-Key; False may. `at` points to where in the body the
    fields of our actions stand. The method is given the body's bytes if it writes.
    """

    def mark(method: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(method)
        def answered(self: SystemEndpoint, request: HttpRequest, **address: str) -> HttpResponse:
            self.at = db_now()
            if keyed is not None:
                self.takes = ()  # parameters are for reading
            if not self.takes:
                self.ask().finish()
            try:
                with texts_watched(self.caller, request), acting(self.caller.force, self.caller.person):
                    if keyed is not None:
                        self.caller.hold()
                    for right in needs:
                        require(self.caller.person, right, self.caller.force)
                    if keyed is None:
                        return method(self, **address)
                    return _written(self, method, keyed, address)
            except Forbidden as refusal:
                note_refusal(refusal, door=request.path)
                raise
            except InvalidSearch:
                raise
            except Invalid as invalid:
                raise (invalid if _is_pointed(invalid) else given.pointed(invalid, at=at)) from invalid

        return answered

    return mark


@contextmanager
def texts_watched(caller: Caller, request: HttpRequest) -> Iterator[None]:
    """Whatever text is refused meanwhile is kept as an attempt, by field and kind, once the work is undone."""
    with noticing() as texts:
        try:
            yield
        finally:
            if texts:
                note_refused_texts(texts, person=caller.person, force=caller.force, door=request.path)


def _written(
    self: SystemEndpoint, method: Callable[..., HttpResponse], keyed: bool, address: dict[str, str]
) -> HttpResponse:
    body = given.body_of(self.request)
    key = self.request.headers.get("Idempotency-Key")
    if key is None and not keyed:
        return method(self, body, **address)
    attempt = kept.Attempt(
        self.caller.force,
        self.caller.person,
        method=str(self.request.method),
        path=self.request.path,
        key=key or "",
        body=body,
    )
    earlier = attempt.earlier()
    if earlier is not None:
        return earlier
    response = method(self, body, **address)
    attempt.keep(response, at=self.at)
    return response


def _is_pointed(invalid: Invalid) -> bool:
    return all(not name or name.startswith("/") for name in invalid.errors)


def signed_in(request: HttpRequest) -> Caller:
    """The system whose token the request shows, with its rights of this moment. Raises NotSignedIn."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and 0 < len(token) <= 255:
        found = (
            SystemToken.objects.filter(token_checksum=digest(token.strip()), expires__gt=db_now())
            .select_related("application")
            .first()
        )
    system = connected(found.application.person_id) if found is not None else None
    if found is None or system is None:
        log.warning("refused %s %s: %s", request.method, request.path, "no token" if not token else "token")
        raise NotSignedIn(
            _("The token is wrong, has expired, or its system is disconnected.")
            if token
            else _("Send a token as “Authorization: Bearer”. Get one from /api/oauth/token.")
        )
    _noted(found.application)
    caller = Caller(system.person, system.force, frozenset(found.scope.split()))
    caller.take_rights()
    return caller


def _noted(login: SystemLogin) -> None:
    """When it was last used, to the minute: not a write for every call."""
    now = db_now()
    old = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    if login.last_used_at is None or now - login.last_used_at > timedelta(minutes=1):
        SystemLogin.objects.filter(old, pk=login.pk).update(last_used_at=now)
