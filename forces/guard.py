"""Rows that belong to a force, and the guard against asking for everybody's by mistake.

`Deployment.objects` refuses to run until it hears whose rows are meant. The guard sits where SQL is compiled
or built (fetch, iterate, count, exists, aggregate, subquery, union, explain, update, delete), not on a list
of method names: exists() and subqueries slip past such lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import sql

if TYPE_CHECKING:
    from forces.models import Force, Person

_whole_table: ContextVar[bool] = ContextVar("whole_table", default=False)


class UnscopedQuery(RuntimeError):
    """Somebody asked for rows without saying whose. A fault in our code, never a user's."""


class ForceQuery(sql.Query):
    """A query that remembers whose rows it asks for and will not compile before it knows."""

    scope: str | None = None
    model: type[models.Model]

    def check_scope(self) -> None:
        if self.scope is None and not self.is_empty() and not _whole_table.get():
            raise UnscopedQuery(
                f"{self.model.__name__}: say visible_to(person), owned_by(force) or across_forces(reason=…)."
            )

    def get_compiler(self, *args: Any, **kwargs: Any):
        self.check_scope()
        return super().get_compiler(*args, **kwargs)


class ForceQuerySet(models.QuerySet):
    def __init__(self, model=None, query=None, using=None, hints=None):
        super().__init__(model, ForceQuery(model) if query is None else query, using, hints)

    def visible_to(self, person: Person):
        """Rows of the forces this person may read; of every force for those who read nationally."""
        readable = person.grants.readable_forces()
        said = self._scoped("visible_to")
        return said if readable is None else said.filter(force__in=readable)

    def owned_by(self, force: Force):
        """Rows of this one force."""
        return self._scoped("owned_by").filter(force=force)

    def across_forces(self, *, reason: str):
        """Rows of every force the database scope lets through; `reason` is for the reader of the code."""
        if not reason:
            raise UnscopedQuery("across_forces() needs a reason.")
        return self._scoped(reason)

    def _scoped(self, scope: str):
        clone = self._chain()  # type: ignore[attr-defined]
        clone.query.scope = scope
        return clone

    def _add_hints(self, **hints: Any) -> None:
        """A related manager (`deployment.answers`) inherits the force of the row it hangs on."""
        super()._add_hints(**hints)  # type: ignore[misc]
        if getattr(hints.get("instance"), "force_id", None) is not None and self.query.scope is None:  # type: ignore[attr-defined]
            self.query.scope = "instance"  # type: ignore[attr-defined]


def _guarded(name: str):
    def method(self, *args: Any, **kwargs: Any):
        for queryset in (self, *args):
            if isinstance(queryset, ForceQuerySet):
                queryset.query.check_scope()  # type: ignore[attr-defined]
        return getattr(super(ForceQuerySet, self), name)(*args, **kwargs)

    method.__name__ = name
    return method


# These build another kind of query from ours, or merge ours into another, without compiling it.
for _name in ("update", "delete", "_raw_delete", "raw", "__or__", "__and__", "__xor__"):
    setattr(ForceQuerySet, _name, _guarded(_name))


class ForceManager(models.Manager.from_queryset(ForceQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ForceQuerySet:
        """Forward foreign keys and refresh_from_db() come with the row they start from: its force is meant."""
        queryset = super().get_queryset()
        instance = self._hints.get("instance")
        force_id = getattr(instance, "force_id", None)
        return queryset._scoped("instance").filter(force_id=force_id) if force_id is not None else queryset


class ForceOwned(models.Model):
    """A row of one force. Its table carries a `TenantTable` lock; references to it are composite keys."""

    force = models.ForeignKey("forces.Force", models.PROTECT, related_name="+")

    objects = ForceManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def validate_unique(self, exclude=None):
        with asking_whole_table():
            super().validate_unique(exclude)

    def validate_constraints(self, exclude=None):
        with asking_whole_table():
            super().validate_constraints(exclude)


@contextmanager
def asking_whole_table() -> Iterator[None]:
    """Uniqueness is a fact about the whole table, whoever asks."""
    token = _whole_table.set(True)
    try:
        yield
    finally:
        _whole_table.reset(token)
