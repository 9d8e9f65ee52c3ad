"""People, their logins and the roles they hold, each with its dates."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase

from forces.models.force import Force
from forces.ranks import Rank
from forces.roles import FORCE_ROLES, NATIONAL_ROLES, Role


class Person(models.Model):
    """Somebody who acts. One person may have several logins and belong to several forces.

    Four-eyes is by person. Only what a role needs is held: a name and how colleagues find them. A force's own
    system acts under a name of its own, so that history says truthfully who recorded what; by keys in the
    database it can hold no role, no appointment and no login, and neither reviews nor publishes.
    """

    class Kind(models.TextChoices):
        HUMAN = "human", _("Person")
        SYSTEM = "system", _("System of a force")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HUMAN)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Func(function="statement_timestamp"))

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def grants(self):
        """What this person may do now: a `forces.permissions.Grants`, read once per instance."""
        from forces.permissions import grants_of

        return grants_of(self)

    def connected_by(self) -> list[int]:
        """Ids of whoever connected it, for a system: what it writes is theirs too when it comes to reviewing."""
        if not self.is_system:
            return []
        from forces.models.systems import System

        return list(System.objects.filter(person=self).values_list("connected_by", flat=True))

    @property
    def is_system(self) -> bool:
        return self.kind == self.Kind.SYSTEM


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, *, person: Person) -> User:
        """A login for `person`. Without a password it can only be used once one is set."""
        user = self.model(email=self.normalize_email(email).lower(), person=person)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def never_used(self) -> models.QuerySet[User]:
        """Logins that work and for which nobody has chosen a password or signed in yet."""
        unusable = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.filter(unusable, is_active=True, last_login=None)


class User(AbstractBaseUser, PermissionsMixin):
    """A login. `is_superuser` is false by constraint: Django and guardian let a superuser pass every check."""

    email = models.EmailField(unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="logins")
    is_active = models.BooleanField(default=True)
    sessions_ended = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("How many times every session of this login was ended at once.")
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_is_never_superuser", condition=Q(is_superuser=False)),
        ]

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        """What a session is held against: it ends with the password it began with, and when sessions are ended."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for key in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(key)

    def _session_hash(self, secret: str | None = None) -> str:
        held = f"{self.password} {self.sessions_ended}"
        return salted_hmac("forces.User.session", held, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Django's word for "may see the admin"; the national admin site asks the person's grants instead."""
        return False

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """The same answer as `may()`, by guardian's grants and the dates of the roles: groups may lag behind dates."""
        from forces.capabilities import Capability
        from forces.permissions import may

        code = perm.removeprefix("forces.")
        known = {capability.value: capability for capability in Capability}
        return (
            self.is_active
            and code in known
            and may(Person(pk=self.person_id), known[code], obj if isinstance(obj, Force) else None)
        )


class ForceGrant(GroupObjectPermissionBase):
    """guardian's row: this group (one per force and role) holds this capability on this force."""

    # guardian finds its table by this reverse name: it must not be hidden.
    content_object = models.ForeignKey(Force, models.PROTECT, related_name="grants")

    class Meta(GroupObjectPermissionBase.Meta):
        pass


class _Held(models.Model):
    """A role held by a person from a moment until another. The end is exclusive; none means still held."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)ss")
    role = models.CharField(max_length=40)
    period = DateTimeRangeField()

    class Meta:
        abstract = True

    @property
    def since(self) -> datetime:
        return self.period.lower

    @property
    def until(self) -> datetime | None:
        return self.period.upper


class Membership(_Held):
    """A role in one force. Ends, never vanishes: who could do what on a past day stays readable."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="memberships")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    rank = models.CharField(max_length=40, choices=Rank, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_force_role", condition=Q(role__in=sorted(FORCE_ROLES))),
            ExclusionConstraint(
                name="membership_held_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("force", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["force", "role"], name="membership_force_role_idx")]

    def __str__(self) -> str:
        return f"{self.role_held.name}, {self.force}"

    @property
    def role_held(self) -> Role:
        return FORCE_ROLES[self.role]


class Appointment(_Held):
    """A national role, or an outside reader's."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_national_role", condition=Q(role__in=sorted(NATIONAL_ROLES))
            ),
            ExclusionConstraint(
                name="appointment_held_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.role_held.name)

    @property
    def role_held(self) -> Role:
        return NATIONAL_ROLES[self.role]
