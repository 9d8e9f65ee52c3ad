"""What the process is told from outside, read once, with a clear word when something is missing."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str, *, why: str) -> str:
    """The variable's value, or ImproperlyConfigured saying what it is for and how to set it."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: {why} Run `make run`, which sets it, or copy .env.example and fill it in."
        )
    return value


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; anything else is an error."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: use 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def addresses(name: str) -> list[str]:
    """A comma-separated list of addresses to write to or to open: mailto:, https: or tel:."""
    found = words(name)
    for each in found:
        if not each.startswith(("mailto:", "https://", "tel:")) or any(char.isspace() for char in each):
            raise ImproperlyConfigured(
                f"{name}={each!r} is no address: write mailto:somebody@example.org or https://example.org/report."
            )
    return found


SERVING = (
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
)
MIGRATING = "-c lock_timeout=5s -c timezone=UTC"  # building an index may take its time


def postgres(name: str, url: str, *, session: str = SERVING) -> dict[str, object]:
    """A Django DATABASES entry from postgresql://user:password@host:port/name?sslmode=…."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} must look like postgresql://user:password@host:5432/name; its scheme or name is missing."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **dict(parse_qsl(parts.query)),  # sslmode=verify-full and the like
            "options": session,
        },
    }
