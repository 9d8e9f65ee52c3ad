"""The one way out: every request this service makes of somebody else's server."""

from outbound.addresses import NotAllowed
from outbound.client import Answer, Client, Unanswered, fetch, send

__all__ = ["Answer", "Client", "NotAllowed", "Unanswered", "fetch", "send"]
