"""Pages and API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.health import refuse_wrong_role  # noqa: E402 - needs the apps that the line above loads
from config.requests import PageRequest  # noqa: E402

application.request_class = PageRequest
refuse_wrong_role()
