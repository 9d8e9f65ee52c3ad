"""Streams. This process answers /stream/ and says whether it is alive, and nothing else."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from api.stream import ADDRESSES, Streams, refuse  # noqa: E402 - needs the apps that the line above loads
from config.health import refuse_wrong_role  # noqa: E402
from config.requests import StreamRequest  # noqa: E402

pages.request_class = StreamRequest
refuse_wrong_role()
streams = Streams()


async def application(scope, receive, send):
    """`/stream/` never passes through the middleware of pages: it has no session to load."""
    path = scope.get("path", "")
    if scope["type"] != "http" or path in ("/healthz", "/readyz"):
        await pages(scope, receive, send)
    elif path in ADDRESSES:
        await streams(scope, receive, send)
    else:
        await refuse(send, scope, 404, "Only /stream/ and /stream/mine/ are answered here.")
