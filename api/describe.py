"""Saying once what an address takes and answers: the check of its parameters and the OpenAPI document both read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from django.utils.functional import Promise
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from api.endings import Ending
from api.endpoint import Endpoint
from api.problems import KINDS, MEDIA_TYPE

WHY: dict[int, str] = {
    304: "Nothing has changed since the version named in If-None-Match.",
    **{kind.status: str(kind.title) for kind in reversed(KINDS.values())},
}
PROBLEM = {"$ref": "#/components/schemas/Problem"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `place` is "query" or "path"; `default` is what holds without it.

    `within` are keywords of JSON Schema: every bound that the address holds its asker to.
    """

    name: str
    description: str | Promise
    kind: str = "string"
    choices: Sequence[str] = ()
    default: Any = None
    place: Literal["query", "path"] = "query"
    within: Mapping[str, Any] = field(default_factory=dict)

    def openapi(self) -> OpenApiParameter:
        schema: dict[str, Any] = {"type": self.kind, **self.within}
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.default is not None:
            schema["default"] = self.default
        return OpenApiParameter(
            self.name,
            schema,
            location=self.place,
            required=self.place == "path",
            description=str(self.description),
        )


def described(
    *,
    summary: str | Promise,
    description: str | Promise,
    answer: dict[str, Any],
    example: Any,
    parameters: Sequence[Parameter] = (),
    refusals: Sequence[int] = (400, 405, 406),
    tag: str,
    media: str = "application/json",
    headers: Mapping[str, str | Promise] = MappingProxyType({}),
    ending: Ending | None = None,
) -> Callable[[type[Endpoint]], type[Endpoint]]:
    """Mark an endpoint. `answer` is the JSON Schema of its 200 and `example` fits it; `refusals` are other statuses.

    `headers` are those that its 200 has besides the usual ones. `ending` says that it is to go, and when.
    """

    def mark(endpoint: type[Endpoint]) -> type[Endpoint]:
        endpoint.takes = tuple(each.name for each in parameters if each.place == "query")
        endpoint.ending = ending
        conditional = 304 in refusals
        responses: dict[Any, Any] = {
            (200, media): OpenApiResponse(
                answer,
                description="The answer.",
                examples=[OpenApiExample("Example", value=example, response_only=True, media_type=media)],
            )
        }
        for status in (*refusals, 429):
            responses[status if status == 304 else (status, MEDIA_TYPE)] = OpenApiResponse(
                None if status == 304 else PROBLEM, description=WHY[status]
            )
        endpoint.get = extend_schema(  # type: ignore[attr-defined]
            operation_id=endpoint.__name__[0].lower() + endpoint.__name__[1:],
            summary=str(summary),
            description=str(description),
            tags=[tag],
            parameters=[
                *(each.openapi() for each in parameters),
                *(
                    [
                        OpenApiParameter(
                            "If-None-Match",
                            str,
                            location="header",
                            description="The ETag of the version that the reader holds.",
                        )
                    ]
                    if conditional
                    else []
                ),
                *(
                    OpenApiParameter(name, str, location="header", description=str(words), response=[200])
                    for name, words in headers.items()
                ),
            ],
            deprecated=True if ending else None,
            request=None,
            responses=responses,
            auth=[],
        )(endpoint.get)  # type: ignore[attr-defined]
        return endpoint

    return mark
