"""Describing what systems may ask, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from api.describe import PROBLEM, WHY, Parameter
from api.problems import MEDIA_TYPE
from api.systems import shapes
from api.systems.kept import KEY_PATTERN, LONGEST_KEY
from forces.capabilities import FOR_SYSTEMS, Capability

REFERENCE = OpenApiParameter(
    "reference", str, location="path", required=True, description="Such as LFR-7K2M-Q4XD."
)
KEY = "A text of your own that no other request has, such as a UUID: sent again, it has no second effect."
MATCH = "The ETag of the result as you read it."
_READING = (400, 401, 403, 405, 406, 429)
_WRITING = (*_READING, 409, 413, 415, 422)


def described(
    name: str,
    *,
    needs: Sequence[Capability],
    summary: str,
    description: str,
    answer: str,
    status: int = 200,
    sent: str = "",
    keyed: bool | None = None,
    about_one: bool = True,
    parameters: Sequence[Parameter] = (),
) -> Callable[[Any], Any]:
    """`sent` and `answer` name components; `keyed` is as in `endpoint.operation`."""
    asked: list[OpenApiParameter] = [each.openapi() for each in parameters]
    refusals = set(_WRITING if sent else _READING)
    if about_one:
        asked.append(REFERENCE)
        refusals.add(404)
        if sent:
            asked.append(_header("If-Match", MATCH, required=True, minLength=1))
            refusals |= {412, 428}
        else:
            asked.append(_header("If-None-Match", "The ETag that you hold."))
            refusals.add(304)
    if sent:
        bounds = {"pattern": f"^{KEY_PATTERN}$", "minLength": 1, "maxLength": LONGEST_KEY}
        asked.append(_header("Idempotency-Key", KEY, required=bool(keyed), **bounds))
    rights = " and ".join(f"`{each.value}`" for each in needs)
    responses: dict[Any, Any] = {
        (status, "application/json"): OpenApiResponse(
            shapes.ref(answer),
            description="What stands now.",
            examples=[OpenApiExample("Example", value=shapes.EXAMPLES[answer], response_only=True)],
        ),
        **{
            (each if each == 304 else (each, MEDIA_TYPE)): OpenApiResponse(
                None if each == 304 else PROBLEM, description=WHY[each]
            )
            for each in sorted(refusals)
        },
    }
    return extend_schema(
        operation_id=name,
        tags=["Working results"],
        summary=summary,
        description=f"{description}\n\nNeeds the right {rights}.",
        parameters=asked,
        request={"application/json": shapes.ref(sent)} if sent else None,
        examples=[OpenApiExample("Request", value=shapes.EXAMPLES[sent], request_only=True)] if sent else [],
        responses=responses,
        auth=[{"systemToken": []}],  # type: ignore[list-item]
    )


def _header(name: str, description: str, *, required: bool = False, **within: Any) -> OpenApiParameter:
    """`within` are keywords of JSON Schema: every bound that the header is held to."""
    schema = {"type": "string", **within}
    return OpenApiParameter(name, schema, location="header", required=required, description=description)


SECURITY_SCHEMES: dict[str, Any] = {
    "systemToken": {
        "type": "oauth2",
        "description": "A force's own system, connected by the force's owner, works with short-lived tokens.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/api/oauth/token",
                "scopes": {each.value: str(each.doing) for each in FOR_SYSTEMS},
            }
        },
    },
    "systemSecret": {
        "type": "http",
        "scheme": "basic",
        "description": "Client ID and secret, at /api/oauth/token alone.",
    },
}


def complete(document: dict[str, Any]) -> None:
    """Add to the document what the framework cannot know of systems."""
    document["components"]["schemas"].update(shapes.COMPONENTS)
    document["components"]["securitySchemes"] = SECURITY_SCHEMES
    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
