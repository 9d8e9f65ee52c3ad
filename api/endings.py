"""How an address says that it is to go: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594), declared in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.http import http_date

NOTICE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Ending:
    """From when an address should no longer be used, when it stops answering, and where it says what to use instead.

    `sunset` may be None while nobody has decided; at least a year lies between. `successor` is the address that takes
    over, `about` a page for people; either may be left out.
    """

    since: datetime
    sunset: datetime | None = None
    successor: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        if self.sunset is not None and self.sunset - self.since < NOTICE:
            raise ValueError("Whoever uses an address has at least a year to leave it.")

    def tell(self, response: HttpResponse) -> None:
        """Add the headers, beside whatever links the answer has already."""
        response["Deprecation"] = f"@{int(self.since.timestamp())}"
        if self.sunset is not None:
            response["Sunset"] = http_date(self.sunset.timestamp())
        links = [response["Link"]] if response.has_header("Link") else []
        if self.successor:
            links.append(f'<{self.successor}>; rel="successor-version"')
        if self.about:
            links.append(f'<{self.about}>; rel="deprecation"; type="text/html"')
        if self.about and self.sunset is not None:
            links.append(f'<{self.about}>; rel="sunset"; type="text/html"')
        if links:
            response["Link"] = ", ".join(links)
