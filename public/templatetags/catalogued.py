"""What public pages say of themselves to programs."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from design.templatetags.design import json_ld
from public.catalogue import described

register = template.Library()


@register.simple_tag(takes_context=True)
def dataset(context: template.Context) -> SafeString | str:
    """The register as a dataset of schema.org. Nothing made up is offered as one."""
    request = context.get("request")
    if request is None or context.get("realm") == "demonstration":
        return ""
    return json_ld(described(request))
