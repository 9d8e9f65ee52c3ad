"""What a client asks for, and whether it may ask from where it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from api.stream.answers import Refused
from api.stream.guard import Session
from forces.models import Realm
from register.search import LAST_ROW, InvalidSearch, Reader

FURTHEST = LAST_ROW  # the greatest position that can be asked for


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of an ASGI scope that matter here. `headers`: the last of each name."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    address: str

    @classmethod
    def read(cls, scope: Mapping[str, Any]) -> Request:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        address = (scope.get("client") or ("",))[0]
        if settings.HTTPS:
            # Behind a front, which sets this and passes on nothing that a client claims.
            address = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or address
        return cls(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, address)

    def session(self) -> Session:
        """The browser's credential. Raises Refused."""
        key = parse_cookie(self.headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        if not 8 <= len(key) <= 64:
            raise Refused(
                401, "Sign in first: this stream follows what the session of your browser may read."
            )
        return Session(key)

    def origin(self) -> str | None:
        """The origin of the page that asks, if it had to say it. Raises Refused unless it is one of ours."""
        host, port = split_domain_port(self.headers.get("host", ""))
        if not host or not validate_host(host, settings.ALLOWED_HOSTS):
            raise Refused(400, "The request names a host that is not ours.")
        given = self.headers.get("origin")
        if given is None:
            if self.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
                raise Refused(403, "Only a page of this service may follow this.")
            return None
        ports = {port, *map(str, settings.SEPARATE_PORTS)}
        scheme = "https" if settings.HTTPS else "http"
        ours = {f"{scheme}://{host}:{each}" if each else f"{scheme}://{host}" for each in ports}
        if given not in ours:
            raise Refused(403, "Only a page of this service may follow this.")
        return given

    def asked(self, *names: str) -> tuple[str, int | None]:
        """The realm, and after which position; None for what comes from now on. Raises Refused."""
        ask = Reader(parse_qs(self.query, keep_blank_values=True))
        ask.only(names)
        known = [Realm.NATIONAL.value, *([Realm.DEMONSTRATION.value] if settings.DEMONSTRATION else [])]
        realm = (ask.one_of("realm", known) if "realm" in names else "") or Realm.NATIONAL.value
        after = ask.whole_number("after", 0, FURTHEST)
        # A browser that comes back knows better where it stopped than its address does.
        if last := self.headers.get("last-event-id", ""):
            resumed = Reader({"Last-Event-ID": [last]})
            after = resumed.whole_number("Last-Event-ID", 0, FURTHEST)
            ask.errors.update(resumed.errors)
        try:
            ask.finish()
        except InvalidSearch as wrong:
            errors = [
                {"parameter": name, "detail": message}
                for name, messages in wrong.errors.items()
                for message in messages
            ]
            raise Refused(400, f"{errors[0]['parameter']}: {errors[0]['detail']}", errors) from wrong
        return realm, after
