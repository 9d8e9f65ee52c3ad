"""How much one asker may ask in a minute: counted in Valkey, told in every answer (RateLimit, RateLimit-Policy).

A process does not ask Valkey about every request. It counts by itself and hands over what it has counted every few
requests, and each time once little is left; so nobody is refused before their limit, and a fraction of a round trip
is what a request costs. Where Valkey does not answer, nothing is refused: see docs/decisions/0059.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

READER, MACHINE = "reader", "machine"
WINDOW = 60  # seconds; every window begins at a full minute
LARGEST_STEP = 50  # requests that a process may count before it hands them over
PATIENCE = 0.1  # seconds to wait for Valkey
LEFT_ALONE = 2.0  # seconds before a Valkey that did not answer is asked again
MOST_ASKERS = 50_000  # remembered by a process within one window


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an asker stands: under which policy, how much is left of it (None: not known) and for how long."""

    policy: str
    quota: int
    left: int | None
    seconds: int
    is_over: bool = False

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-11 writes them."""
        told = {"RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW}'}
        if self.left is not None:
            told["RateLimit"] = f'"{self.policy}";r={self.left};t={self.seconds}'
        return told


@dataclass(slots=True)
class _Count:
    """What one asker has spent in this window: as Valkey last said, and what it has not been told."""

    known: int = 0
    untold: int = 0


class Counter:
    """The counting of one process. `quotas` are requests in a window by policy; 0 is no limit."""

    def __init__(self, url: str, quotas: Mapping[str, int]) -> None:
        self.quotas = dict(quotas)
        self._valkey = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[str, _Count] = {}
        self._away_until = 0.0
        self.trips = 0

    def spend(self, policy: str, asker: str, cost: int = 1, *, now: float | None = None) -> Standing:
        """Count a request of that cost, and say where the asker stands."""
        moment = time.time() if now is None else now
        window, seconds = int(moment // WINDOW), WINDOW - int(moment % WINDOW)
        quota = self.quotas[policy]
        if not quota:
            return Standing(policy, quota, None, seconds)
        key = f"{policy}:{asker}"
        with self._lock:
            if window != self._window or len(self._counts) > MOST_ASKERS:
                self._window, self._counts = window, {}
            found = self._counts.get(key)
            count = found or self._counts.setdefault(key, _Count())
            if count.known >= quota:
                return Standing(policy, quota, 0, seconds, is_over=True)
            count.untold += cost
            spent = count.known + count.untold
            step = max(1, min(LARGEST_STEP, quota // 100))
            if found and count.untold < step and spent < quota - quota // 10:
                return Standing(policy, quota, quota - spent, seconds)
            handed, count.untold = count.untold, 0
        known = self._hand_over(f"limits:{_database()}:{window}:{key}", handed)
        if known is None:
            with self._lock:
                count.untold += handed
            return Standing(policy, quota, None, seconds)
        with self._lock:
            count.known = max(count.known, known)
        return Standing(policy, quota, max(0, quota - known), seconds, is_over=known > quota)

    def _hand_over(self, key: str, spent: int) -> int | None:
        """What has been spent in all, by every process; None while Valkey does not answer."""
        if time.monotonic() < self._away_until:
            return None
        self.trips += 1
        try:
            pipeline = self._valkey.pipeline(transaction=False)
            pipeline.incrby(key, spent)
            pipeline.expire(key, 2 * WINDOW)
            return int(pipeline.execute()[0])
        except (redis.RedisError, OSError) as error:
            self._away_until = time.monotonic() + LEFT_ALONE
            log.warning("Requests are not limited: Valkey does not answer: %s", error)
            return None


@cache
def counter() -> Counter:
    """The counter of this process."""
    return Counter(settings.REDIS_URL, settings.API_LIMITS)


def spend(request: HttpRequest, cost: int = 1) -> Standing:
    """Count this request for whoever sent it: a credential (`request.auth`) or, without one, an address."""
    policy, asker = asker_of(request)
    return counter().spend(policy, asker, cost)


def asker_of(request: HttpRequest) -> tuple[str, str]:
    """The policy and a name for the asker. An address is never stored, only a hash made with our key."""
    auth: Any = getattr(request, "auth", None)
    if auth is not None:
        return MACHINE, _hashed(str(getattr(auth, "limit_key", None) or getattr(auth, "pk", None) or auth))
    return READER, _reader(client_address(request))


def client_address(request: HttpRequest) -> str:
    """The address that speaks to us or, behind fronts that we trust, the one that speaks to the outermost."""
    fronts = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if fronts:
        told = [each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(told) >= fronts and told[-fronts]:
            return told[-fronts]
    return request.META.get("REMOTE_ADDR", "")


@lru_cache(maxsize=2_000)
def _reader(address: str) -> str:
    return _hashed(_network(address))


def _network(address: str) -> str:
    """One household: an IPv4 address, or the /64 that an IPv6 address is in."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _hashed(name: str) -> str:
    return hashlib.blake2b(name.encode(), key=_key(), digest_size=12).hexdigest()


@cache
def _key() -> bytes:
    return hashlib.sha256(b"limits" + settings.SECRET_KEY.encode()).digest()


def _database() -> str:
    """Two installations may share a Valkey."""
    return str(connection.settings_dict["NAME"])
