"""Sessions in the database whose last step, after the page has done its work, never says what is not so."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


class SessionStore(db.SessionStore):
    """Tells a database that is away or full from a session that is gone: Django calls both an UpdateError."""

    def save(self, must_create: bool = False) -> None:
        """Raises OperationalError, InterfaceError (answered with 503), UpdateError."""
        try:
            super().save(must_create)
        except UpdateError as error:
            cause = error.__context__
            if isinstance(cause, OperationalError | InterfaceError):
                raise cause from None
            raise


class SessionsMiddleware(SessionMiddleware):
    """Lets an answer through whose session was ended by another window meanwhile.

    Django would answer 400 although what was asked for is done. The session does not come back: the next request is
    a stranger's.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            patch_vary_headers(response, ("Cookie",))
            return response
