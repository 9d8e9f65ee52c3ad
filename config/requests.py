"""Requests whose addresses and forms are UTF-8, whatever charset they claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http.request import HttpRequest
from django.utils.http import parse_header_parameters


class _InUtf8(HttpRequest):
    """Django decodes the address by the charset that `Content-Type` names, before any middleware: with “base64” or
    “idna” nothing of ours would answer. Here it names nothing; `config.guards` refuses any but UTF-8 in words.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class PageRequest(_InUtf8, WSGIRequest):
    pass


class StreamRequest(_InUtf8, ASGIRequest):
    pass
