"""Those who read all the while: the public's pages, interface and stream, and people who look where they may not."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Sequence

from tests.chaos.client import Browser, GaveUp, Lost, Member, NotSent
from tests.chaos.history import History

PAGES = (
    "/", "/deployments/", "/statistics/", "/forces/", "/demonstration/", "/demonstration/deployments/",
    "/demonstration/statistics/", "/demonstration/forces/", "/api/v1/forces", "/api/v1/deployments",
    "/api/v1/deployments?realm=demonstration&limit=200", "/api/v1/deployments?realm=demonstration&state=withdrawn",
    "/api/v1/statistics", "/api/v1/statistics?realm=demonstration&by=all",
)  # fmt: skip


class Reader(threading.Thread):
    """The public, at `pace` seconds between two pages: every page, and records as they are published."""

    def __init__(
        self, ports: Sequence[int], seed: int, history: History, stop: threading.Event, pace: float
    ) -> None:
        super().__init__(daemon=True, name="public")
        self.browser = Browser(ports, "public", history, timeout=8, door="public")
        self.chance, self.stop, self.pace, self.history = random.Random(seed), stop, pace, history

    def run(self) -> None:
        while not self.stop.wait(self.pace):
            path = self.chance.choice(PAGES)
            known = [
                each for each in self.history.operations[-50:] if each.act == "publish" and each.reference
            ]
            if known and self.chance.random() < 0.5:
                one = self.chance.choice(known)
                path = self.chance.choice(
                    (
                        f"/api/v1/deployments/{one.reference}?realm=demonstration",
                        f"/demonstration/deployments/{one.reference}/",
                        f"/deployments/{one.reference}/",
                    )
                )
            try:
                self.browser.ask("GET", path)
            except (NotSent, Lost):
                continue


class Snoop(threading.Thread):
    """Somebody of one force who reads their own pages and tries those of another force: always in vain."""

    def __init__(
        self, member: Member, other: str, history: History, stop: threading.Event, pace: float
    ) -> None:
        super().__init__(daemon=True, name=f"snoop of {member.reader}")
        self.member, self.other, self.history, self.stop, self.pace = member, other, history, stop, pace
        self.chance = random.Random(member.reader)

    def run(self) -> None:
        while not self.stop.wait(self.pace):
            mine, theirs = f"/portal/{self.member.reader}", f"/portal/{self.other}"
            known = [each.reference for each in self.history.operations[-80:] if each.reference]
            reference = self.chance.choice(known) if known else "LFR-AAAA-AAAA"
            own = self.chance.choice(("/", "/deployments/", "/team/", f"/deployments/{reference}/"))
            try:
                self.member.read(mine + own)
                for tried in ("/", "/deployments/", "/history/", f"/deployments/{reference}/"):
                    answer = self.member.read(theirs + tried)
                    if answer.status != 404:
                        self.history.leaks.append(
                            f"{self.member.reader} got {answer.status} for {theirs}{tried}"
                        )
            except GaveUp:
                return


class Follower(threading.Thread):
    """Follows the public stream of one realm from its beginning, and comes back where it stopped."""

    def __init__(self, port: int, realm: str, name: str, history: History, stop: threading.Event) -> None:
        super().__init__(daemon=True, name=name)
        self.port, self.realm, self.history, self.stop = port, realm, history, stop
        self.seen = history.followers.setdefault(f"{name} ({realm})", [])
        self.connections = 0
        self.stopped_at = 0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self._follow()
            except (OSError, http.client.HTTPException):
                self.stop.wait(0.2)

    def last(self) -> int:
        return self.seen[-1][1] if self.seen else 0

    def _follow(self) -> None:
        stream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Last-Event-ID": str(self.stopped_at)} if self.stopped_at else {}
            stream.request("GET", f"/stream/?realm={self.realm}&after=0", headers=headers)
            answer = stream.getresponse()
            self.history.count("stream", answer.status)
            if answer.status != 200:
                self.stop.wait(0.5)
                return
            self.connections += 1
            has_data = False
            position: int | None = None
            while not self.stop.is_set() and (line := answer.readline()):
                text = line.decode(errors="replace").rstrip("\r\n")
                self.history.look_at("public", "/stream/", text)
                # As browsers do: the id stands once the empty line has come, with data or without.
                if text.startswith("id:"):
                    position = int(text[3:])
                has_data = has_data or text.startswith("data:")
                if not text and position is not None:
                    self.stopped_at = position
                    if has_data:
                        self.seen.append((self.connections, position))
                    position, has_data = None, False
        finally:
            stream.close()


def await_caught_up(followers: Sequence[Follower], last: dict[str, int], seconds: float) -> bool:
    """Until every follower has seen its realm's last position. False if one has not in time."""
    deadline = time.monotonic() + seconds
    while any(each.last() < last.get(each.realm, 0) for each in followers):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
