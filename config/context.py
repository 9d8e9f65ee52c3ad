"""What every template may know about this installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """`demonstration`: whether made-up forces are installed. Never touches the session or the database."""
    return {"demonstration": settings.DEMONSTRATION}
