"""A small web server in threads: of any WSGI application, or of the whole site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.test import override_settings


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(application: Callable) -> Iterator[str]:
    """Serve a WSGI application on a free port of 127.0.0.1; yields its address without a last slash."""
    server = make_server("127.0.0.1", 0, application, _Server, _Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class WithFiles(StaticFilesHandler):
    """Pages and static files, which a browser may keep: in service their names change with them."""

    def serve(self, request: HttpRequest) -> HttpResponseBase:
        answer = super().serve(request)
        answer["Cache-Control"] = "max-age=3600"
        return answer


@contextmanager
def serving_the_site() -> Iterator[str]:
    """The whole site on the database of the test, with its static files by their plain names."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with (
        override_settings(STORAGES={**settings.STORAGES, **plain}),
        serving(closing_connections(WithFiles(WSGIHandler()))) as address,
    ):
        yield address


def closing_connections(application: Callable) -> Callable:
    """Each request has a thread of its own, and leaves no connection behind."""

    def answer(environ, start_response):
        response = application(environ, start_response)
        try:
            return [b"".join(response)]
        finally:
            response.close()
            connections.close_all()

    return answer
