"""The cache that all processes share: counters of attempts and other things that may be forgotten.

In Valkey while it answers, in this process while it does not: counting goes on, only no longer together. What is kept
is JSON: somebody who can write to Valkey must not be able to run code here, as they could with pickles.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.db import DEFAULT_DB_ALIAS, connections

log = logging.getLogger(__name__)

LEFT_ALONE = 5.0  # seconds before a Valkey that did not answer is asked again


class Json:
    """Numbers stay as they are, so that Valkey can count with them."""

    def dumps(self, value: Any) -> bytes | int:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        return json.loads(stored)


def key(key: str, prefix: str, version: int) -> str:
    """Keys name the database they belong to: two installations may share a Valkey."""
    return f"cache:{connections[DEFAULT_DB_ALIAS].settings_dict['NAME']}:{prefix}:{version}:{key}"


def _kept_going(name: str) -> Callable[..., Any]:
    """The method of that name, asked of Valkey or, while it is away, of this process."""

    def method(self: SharedOrOwn, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.away_until:
            try:
                answer = getattr(RedisCache, name)(self, *args, **kwargs)
            except redis.RedisError as error:
                log.warning("The shared cache does not answer; this process counts alone: %s", error)
                self.away_until = time.monotonic() + LEFT_ALONE
            else:
                return answer
        return getattr(self.own, name)(*args, **kwargs)

    return method


class SharedOrOwn(RedisCache):
    """Never raises because Valkey is away; see the top of the file for what is given up then."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.own = LocMemCache("while Valkey is away", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})
        self.away_until = 0.0  # time.monotonic()

    add = _kept_going("add")
    get = _kept_going("get")
    set = _kept_going("set")
    touch = _kept_going("touch")
    delete = _kept_going("delete")
    get_many = _kept_going("get_many")
    has_key = _kept_going("has_key")
    incr = _kept_going("incr")
    set_many = _kept_going("set_many")
    delete_many = _kept_going("delete_many")

    def clear(self) -> None:
        """Our own keys alone: the broker's queues are in the same Valkey."""
        self.own.clear()
        client = self._cache.get_client(write=True)
        for found in client.scan_iter(match=f"{key('', self.key_prefix, self.version)}*", count=500):
            client.delete(found)
