"""Pages that keep themselves up to date while they are open: docs/how-to/build-a-page.md says how to make one."""

from __future__ import annotations

from typing import Any

from django import template

from design.navigation import stream_address
from events.feed import newest
from events.registry import EVENTS

register = template.Library()
STREAM = "/stream/mine/"
MODES = ("replace", "tell")


@register.inclusion_tag("portal/live.html", takes_context=True)
def live(context: template.Context, mode: str) -> dict[str, Any]:
    """Once on a page, in its `messages` block; the page marks what may change with `data-live-region`.

    `replace` puts what has changed in place unless the reader is busy with it; `tell` says that something has
    changed and leaves it to the reader to look: for pages on which people read closely and decide.
    """
    if mode not in MODES:
        raise template.TemplateSyntaxError(f"live is one of {', '.join(MODES)}, not {mode!r}.")
    return {
        "mode": mode,
        "stream": stream_address(context["request"], STREAM),
        "after": newest(),
        "kinds": " ".join(sorted(EVENTS)),
    }
