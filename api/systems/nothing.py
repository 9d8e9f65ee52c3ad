"""Addresses of the API that are none: what a system sends there is refused, and kept as an attempt of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from api import limits
from api.endpoint import Nothing
from api.systems.endpoint import NotSignedIn, signed_in
from directory.actions import note_refusal
from forces.capabilities import Capability
from forces.refusals import Forbidden


class NothingToWrite(Nothing):
    """Whoever only reads is told that there is nothing; a system that would change something is remembered too."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and "Authorization" in request.headers:
            self._keep(request)
        return super().dispatch(request, *args, **kwargs)

    def _keep(self, request: HttpRequest) -> None:
        try:
            caller = request.auth = signed_in(request)  # type: ignore[attr-defined]
        except NotSignedIn:
            return
        if not limits.spend(request).is_over:
            note_refusal(Forbidden(caller.person, Capability.READ_RECORDS, caller.force), door=request.path)
