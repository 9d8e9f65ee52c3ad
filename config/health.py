"""Is the process alive, may it serve, and does it run under a role that may do no harm."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

# What must not be true of the application's role. A member of a table's owner could become the owner; a role
# that inherits the national role would read every force at all times.
_DANGERS = """
    SELECT danger
    FROM pg_roles me
    CROSS JOIN LATERAL (VALUES
        (me.rolsuper, 'it is a superuser'),
        (me.rolbypassrls, 'it bypasses row-level security'),
        (me.rolcreaterole, 'it may create roles'),
        (EXISTS (
            SELECT FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
              AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
              AND pg_has_role(me.oid, c.relowner, 'MEMBER')
         ) AND NOT me.rolsuper, 'it owns tables, or belongs to the role that does'),
        (EXISTS (
            SELECT FROM pg_auth_members m
            JOIN pg_roles national ON national.oid = m.roleid
            WHERE m.member = me.oid AND m.inherit_option AND national.rolname = %s
         ), 'it inherits the rights of the national role')
    ) AS found (is_so, danger)
    WHERE me.rolname = current_user AND found.is_so
"""


class WrongRole(ImproperlyConfigured):
    """The application's database role could do more than the application may. Names the role and the way out."""


def check_role(connection: BaseDatabaseWrapper) -> None:
    """Raise WrongRole unless this connection's role is harmless: the locks between forces bind no other."""
    with connection.cursor() as cursor:
        cursor.execute(_DANGERS, [settings.NATIONAL_ROLE])
        dangers = [row[0] for row in cursor.fetchall()]
    if dangers:
        role = connection.settings_dict["USER"]
        raise WrongRole(
            f"DATABASE_URL signs in as {role}, and {'; '.join(dangers)}. The service refuses to run like that, "
            "because the locks between forces would not hold. Use the application's own role there and the "
            "owner in DATABASE_OWNER_URL; `python -m config.stack.provision` makes both."
        )


def refuse_wrong_role() -> None:
    """For the start of every process that serves. Raises WrongRole.

    A server that cannot be reached is no reason to refuse: `/readyz` asks again until it is there.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        check_role(connection)
    except DatabaseError as error:
        log.warning("The database cannot be asked about our role yet: %s", error)
    finally:
        connection.close()


@register(Tags.database)
def role_check(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """`manage.py check --database default` fails for a role that could do harm."""
    if DEFAULT_DB_ALIAS in (databases or ()):
        try:
            check_role(connections[DEFAULT_DB_ALIAS])
        except WrongRole as wrong:
            return [Error(str(wrong), id="config.E001")]
    return []


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Asks nobody else, so that a dead database does not get it restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process may be sent requests: 200, or 503 problem+json naming what is missing."""
    checks = {"database": _database, "broker": _broker}
    missing = {name: problem for name, ask in checks.items() if (problem := ask())}
    if not missing:
        return HttpResponse("ready\n", content_type="text/plain")
    return JsonResponse(
        {
            "type": "about:blank",
            "title": _("The service is not ready."),
            "status": 503,
            "detail": " ".join(missing.values()),
            "missing": sorted(missing),
        },
        status=503,
        content_type="application/problem+json",
    )


_known_migrated: set[str] = set()  # names of databases; code and its migrations stay as they are


def _database() -> str:
    """Empty, or what is wrong with the database, without a word that would help an intruder."""
    connection = connections[DEFAULT_DB_ALIAS]
    name = str(connection.settings_dict["NAME"])
    try:
        check_role(connection)
        if name not in _known_migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return _("Migrations have not been applied.")
            _known_migrated.add(name)
    except WrongRole:
        return _("The database role is not the application's.")
    except DatabaseError as error:
        log.warning("Not ready: %s", error)
        return _("The database does not answer.")
    return ""


def _broker() -> str:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        ) as client:
            client.ping()
    except redis.RedisError as error:
        log.warning("Not ready: %s", error)
        return _("The message broker does not answer.")
    return ""
