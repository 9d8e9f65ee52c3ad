"""A force's own systems: what each may do, how it signs in, and the short-lived tokens it works with.

What it may do is the force's (`System`, behind the force's locks). How it signs in is read before anybody knows
whose it is, so those tables hold no tenant data: `SystemLogin` and `SystemToken` know a person and hashes.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import Func, Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractAccessToken, AbstractApplication

from forces.capabilities import FOR_SYSTEMS, Capability
from forces.clock import london_date
from forces.models.force import Force
from forces.models.people import Person


class System(models.Model):
    """A force's own system, from a moment until another, with what it may do there. It always has an end.

    `person` is the name it acts under. Whoever connected it has seen its secret, so what it writes counts as
    theirs too when it comes to reviewing.
    """

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    person = models.OneToOneField(Person, models.PROTECT, related_name="system")
    capabilities = ArrayField(models.CharField(max_length=40))
    period = DateTimeRangeField(help_text=_("The end is exclusive; disconnecting brings it forward."))
    connected_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    connected_at = models.DateTimeField()
    disconnected_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["person__name"]
        constraints = [
            models.CheckConstraint(
                name="system_only_records",
                condition=Q(capabilities__contained_by=sorted(each.value for each in FOR_SYSTEMS))
                & Q(capabilities__len__gt=0),
            ),
            models.CheckConstraint(name="system_has_an_end", condition=Q(period__upper_inf=False)),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.force}"

    @property
    def since(self) -> datetime:
        return self.period.lower

    @property
    def until(self) -> datetime:
        return self.period.upper

    @property
    def last_day(self) -> date:
        """The last day, in the United Kingdom, of which any moment is within."""
        return london_date(self.until - timedelta(microseconds=1))

    @property
    def may(self) -> list[Capability]:
        """What it may do, in the order in which it is offered."""
        return [each for each in FOR_SYSTEMS if each.value in self.capabilities]


class SystemLogin(AbstractApplication):
    """An OAuth 2.0 client (RFC 6749) that may do nothing but sign in as one system with its own secret.

    A secret is 256 random bits, so its SHA-256 is kept: nobody can try them all, and signing in stays cheap.
    """

    user = None
    redirect_uris = post_logout_redirect_uris = allowed_origins = name = algorithm = ""
    client_type = AbstractApplication.CLIENT_CONFIDENTIAL
    authorization_grant_type = AbstractApplication.GRANT_CLIENT_CREDENTIALS
    hash_client_secret = True
    skip_authorization = False
    registration_source = AbstractApplication.RegistrationSource.MANUAL
    cimd_expires_at = None

    client_secret = models.CharField(max_length=64, help_text=_("SHA-256 of the secret, in hexadecimal."))
    person = models.OneToOneField(Person, models.PROTECT, related_name="system_login")
    created = models.DateTimeField(db_default=Func(function="statement_timestamp"))
    updated = None
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        pass

    def __str__(self) -> str:
        return self.client_id

    def opens_with(self, secret: str) -> bool:
        return constant_time_compare(digest(secret), self.client_secret)


class SystemToken(AbstractAccessToken):
    """What a system shows with each call for a few minutes. The token itself is nowhere: only its SHA-256."""

    user = source_refresh_token = id_token = token = None
    token_checksum = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey(SystemLogin, models.PROTECT, related_name="tokens")
    resource = None
    created = models.DateTimeField(db_default=Func(function="statement_timestamp"))
    updated = None

    class Meta:
        indexes = [models.Index(fields=["expires"], name="system_token_expires_idx")]

    def __str__(self) -> str:
        return f"until {self.expires.isoformat()}"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """A secret that nobody can guess, with a beginning by which searches for leaked secrets know it."""
    return f"lfr_secret_{secrets.token_urlsafe(32)}"
