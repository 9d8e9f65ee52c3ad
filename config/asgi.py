"""Streams."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from config.health import refuse_wrong_role  # noqa: E402 - needs the apps that the line above loads

refuse_wrong_role()
