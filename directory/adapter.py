"""allauth's adapters: nobody signs up, every attempt is kept, and what the second step rests on is sealed."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from directory import actions
from directory.sealing import seal, unseal
from forces.models import User

KEPT_ONCE_IN = 300  # seconds: a login that stays locked is one line in the history, not a thousand


class InvitedOnly(DefaultAccountAdapter):
    """Unknown address, wrong password and disabled login get one answer, and cost the same."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """The page somebody lands on says enough: no banner for having signed in."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError where there were too many failures, from here or for this login."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self.locked(actions.login_of_address(credentials["email"]), "password", credentials["email"])
            raise

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        try:
            user = super().authenticate(request, **credentials)
        except (
            DatabaseError,
            InterfaceError,
        ):  # nobody looked at the password, so nothing failed that counts against anybody
            self._rollback_login_failed_rl_usage()
            raise
        if not isinstance(user, User) or user.is_active:
            return user
        self.authentication_failed(request, **credentials)
        return None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.note_failure(actions.login_of_address(credentials["email"]), step="password")

    def locked(self, user: User | None, step: str, what: str) -> None:
        """Keep, once in a while, that attempts are not looked at. `what` was being tried; only its hash is held."""
        key = f"locked:{step}:{hashlib.sha256(what.strip().lower().encode()).hexdigest()}"
        if cache.add(key, 1, KEPT_ONCE_IN):
            actions.note_lock_out(user, step=step)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            actions.note_sign_out(user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By login alone: a service with two names would otherwise allow twice as many attempts."""
        return credentials["email"].strip().lower()


class SecondStep(DefaultMFAAdapter):
    """Keys and seeds are sealed before they are stored."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """There is no mail: the person's history says it."""

    def is_mfa_enabled(self, user: AbstractBaseUser, types: Any = None) -> bool:
        """allauth's own page for the second step is not installed: `portal.sign_in` asks before it calls allauth."""
        return False
