"""A person at a browser, without one: sessions, forms and redirects over HTTP, and what to make of silence."""

from __future__ import annotations

import html
import http.client
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.chaos.history import History


class NotSent(Exception):
    """Nobody listened: it has certainly not happened."""


class Lost(Exception):
    """It was sent and no whole answer came: it may have happened."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    def hidden(self, name: str) -> str:
        """The value of a form's field, or ""."""
        return next(iter(self.values(f'name="{name}"')), "")

    def values(self, attribute: str) -> list[str]:
        """The values of all fields with this attribute: of a choice, each that can be chosen."""
        tags = (tag for tag in re.findall(r"<input[^>]*>", self.text) if attribute in tag)
        found = (re.search(r'value="([^"]*)"', tag) for tag in tags)
        return [html.unescape(value[1]) for value in found if value]

    def said(self) -> tuple[str, str]:
        """What the page tells on top: ("done" | "warning" | "error" | "", words)."""
        if "govuk-notification-banner--success" in self.text:
            return "done", _words(self.text, r'govuk-notification-banner__heading">(.*?)</p>')
        if "govuk-error-summary" in self.text:
            return "error", _words(self.text, r'govuk-error-summary__list">(.*?)</ul>')
        if found := re.search(r"moj-alert--(error|warning)\"", self.text):
            return found[1], _words(self.text, r'moj-alert__content">(.*?)</div>')
        return "", ""


def _words(text: str, pattern: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


class Browser:
    """Asks one of `ports`; goes to the next when nobody listens there. `reader` says whose canaries it may see."""

    def __init__(
        self, ports: Sequence[int], reader: str, history: History, *, timeout: float, door: str
    ) -> None:
        self.ports, self.reader, self.history, self.timeout, self.door = ports, reader, history, timeout, door
        self.cookies: dict[str, str] = {}
        self.at = 0

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, object] | None = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a form, or a body with its headers. Raises NotSent, Lost."""
        port = self.ports[self.at % len(self.ports)]
        more = dict(headers or {})
        if form is not None:
            body = urlencode(form, doseq=True).encode()
            more["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._ask(port, method, path, body, more)
        except (NotSent, Lost) as error:
            self.at += 1
            self.history.count(self.door, type(error).__name__)
            raise
        self.history.count(self.door, answer.status)
        self.history.look_at(self.reader, path, answer.text)
        if answer.status == 500:  # no fault excuses it: what is away for a while is told as 503
            self.history.surprises.append(f"{self.door} answered {method} {path} with 500")
        return answer

    def _ask(self, port: int, method: str, path: str, body: bytes | None, more: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=self.timeout)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NotSent(str(error)) from error
            headers = {
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                **more,
            }
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                text = response.read().decode(errors="replace")
            except (OSError, http.client.HTTPException) as error:
                raise Lost(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self._keep(value)
        return Answer(response.status, text, {name.lower(): value for name, value in response.getheaders()})

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header.strip()).items():
            if morsel.value:
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)


class GaveUp(Exception):
    """The run is over, or nobody answered for far too long."""


class Member(Browser):
    """Somebody who signs in. Reading is repeated until it is answered; writing never is."""

    PATIENCE = 180.0  # seconds without any answer after which the service counts as dead

    def __init__(
        self, name: str, how: dict[str, str], *more: object, stop: threading.Event, **options: object
    ) -> None:
        super().__init__(*more, **options)  # type: ignore[arg-type]
        self.name, self.how, self.stop = name, how, stop

    def read(self, path: str) -> Answer:
        """The page at the end of redirects, signing in again if that is asked for. Raises GaveUp."""
        for _ in range(12):
            answer = self._until_answered(lambda path=path: self.ask("GET", path))  # type: ignore[misc]
            if answer.status == 400:  # a sign-in that was thought lost has taken this session's place
                continue
            if answer.status != 302:
                return answer
            path = answer.location
            if path.startswith("/sign-in/"):
                self.sign_in()
                path = re.sub(r"^.*next=", "", path).replace("%2F", "/") or "/portal/"
        raise GaveUp(f"{self.name} was sent round in circles at {path}")

    def send(self, path: str, form: Mapping[str, object]) -> Answer:
        """Once. Raises NotSent, Lost."""
        return self.ask("POST", path, {**form, "csrfmiddlewaretoken": self.cookies.get("csrf", "")})

    def sign_in(self) -> None:
        if "persona" in self.how:
            self._post("/sign-in/", "/sign-in/persona/", {"persona": self.how["persona"]})
            return
        self._post("/sign-in/", "/sign-in/", {"email": self.how["email"], "password": self.how["password"]})

    def choose_password(self) -> None:
        """By the link in the invitation, once, before anything breaks."""
        if link := self.how.pop("link", ""):
            self.how["password"] = f"{self.name} remembers this 7193"
            self._post(link, link, {"password": self.how["password"]})

    def _post(self, page: str, path: str, form: Mapping[str, object]) -> None:
        """For what may be sent twice."""

        def both() -> Answer:
            shown = self.ask("GET", page)
            return shown if shown.status >= 400 else self.send(path, form)

        answer = self._until_answered(both)
        while answer.status == 429 and not self.stop.wait(
            10
        ):  # too many from this place: wait, as one is told
            answer = self._until_answered(both)
        if answer.status not in (200, 302):
            raise GaveUp(f"{self.name} could not sign in: {answer.status} {answer.said()[1]}")

    def _until_answered(self, ask: Callable[[], Answer]) -> Answer:
        deadline = time.monotonic() + self.PATIENCE
        while True:
            try:
                answer = ask()
                if answer.status < 500:
                    return answer
            except (NotSent, Lost):
                pass
            if self.stop.is_set() or time.monotonic() > deadline:
                raise GaveUp(f"{self.name} got no answer")
            time.sleep(0.1)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
