"""The word in a form by which what was typed into it finds its writer again: portal/typed.py."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.typed import FIELD, word

register = template.Library()


@register.simple_tag(takes_context=True)
def typed_by(context: template.Context, address: str = "") -> SafeString:
    """A hidden field for a form that sends to `address`, or to the page's own. Never for passwords or files."""
    request = context["request"]
    return format_html(
        '<input type="hidden" name="{}" value="{}">', FIELD, word(request.person, address or request.path)
    )
