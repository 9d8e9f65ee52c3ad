"""Where we may connect to: https on its own port, at a name whose every address is public."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Iterable[str]]

LONGEST = 2048  # characters of an address
# A name as certificates hold it: labels of letters, digits and hyphens, the last one not a number.
_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII
)
_PATH = re.compile(r"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]*", re.ASCII)
# Addresses that stand for an IPv4 address, which is what must be public then.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotAllowed(ValueError):
    """The address is not one that this service connects to. The text says why and is fit to show."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: `path` begins with a slash and holds the query."""

    host: str
    port: int
    path: str


def parse(url: str, *, ports: frozenset[int]) -> Target:
    """Take a URL apart, refusing all that two readers could understand in two ways. Raises NotAllowed."""
    if len(url) > LONGEST:
        raise NotAllowed(f"The address is longer than {LONGEST} characters.")
    if not url.startswith("https://"):
        raise NotAllowed("The address must begin with https://.")
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise NotAllowed("The address cannot be read.") from error
    if "@" in parts.netloc:
        raise NotAllowed("The address must not hold a name or password.")
    if "#" in url:
        raise NotAllowed("The address must not hold a fragment (#).")
    host = (
        parts.netloc.rpartition(":")[0] if re.search(r":[0-9]*\Z", parts.netloc, re.ASCII) else parts.netloc
    )
    if not _NAME.fullmatch(host.lower()):
        raise NotAllowed("The address must name a host in letters (a-z), not by number.")
    if parts.netloc not in (host, f"{host}:{port}"):
        raise NotAllowed("The port is not a plain number.")
    if port not in ports:
        raise NotAllowed(f"Port {port} is not allowed. Use {', '.join(map(str, sorted(ports)))}.")
    path = url[len("https://") + len(parts.netloc) :] or "/"
    if not path.startswith(("/", "?")) or not _PATH.fullmatch(path):
        raise NotAllowed("The path holds a character that has to be percent-encoded.")
    return Target(host.lower(), port, path if path.startswith("/") else f"/{path}")


def is_public(address: IPAddress) -> bool:
    """Whether the address belongs to the public internet, through every notation that hides another in it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return False  # nobody's public server is reached only like that
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def addresses_of(
    target: Target, *, resolver: Resolver, allows: Callable[[IPAddress], bool], seconds: float
) -> list[IPAddress]:
    """Every address of the name, asked for once. Raises NotAllowed if one of them is not public, or there is none."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="resolve")
    try:
        found = [
            ipaddress.ip_address(each)
            for each in pool.submit(resolver, target.host, target.port).result(seconds)
        ]
    except (OSError, ValueError, TookTooLong) as error:
        raise NotAllowed(f"The name {target.host} has no address now.") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if not found:
        raise NotAllowed(f"The name {target.host} has no address now.")
    if not all(map(allows, found)):
        raise NotAllowed(f"The name {target.host} leads to an address that is not public.")
    return found
