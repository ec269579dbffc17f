"""What endpoints share: ids in addresses, the form of errors, and the answers that endpoints may give."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field

MAX_ID = 2**63 - 1
MAX_ROWS = 200  # of one page of a list
Id = Annotated[int, Path(ge=1, le=MAX_ID)]


class ProblemBody(BaseModel):
    code: str
    detail: str


class ProblemAnswer(BaseModel):
    """The form of every error (RFC 9457). `code` is stable, for programs; `detail` is one sentence for people. `error` repeats both, as in
    earlier versions."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = Field(examples=["There is no article 7."])
    error: ProblemBody


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an endpoint, for the OpenAPI document: these, and those that any endpoint may return."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    every = sorted({*statuses, 400, 401, 403, 422, 429, 503})
    return {status: {"description": _MEANINGS[status], "content": content} for status in every}


_MEANINGS = {
    400: "This Host is not answered.",
    401: "Nobody is signed in, or the token is no good.",
    403: "Who asks may not do this, or the request comes from a page of another site.",
    404: "There is no such thing.",
    406: "There is no such form of this.",
    408: "The body did not come in within its time.",
    409: "It is there already, or stands in the way of this.",
    413: "The body is too large.",
    415: "The body is of another type.",
    416: "There is no such range.",
    422: "Something in the request is wrong; the sentence names it.",
    429: "Too many requests; Retry-After says when to come again.",
    502: "The site that was asked did not give an answer to go by.",
    503: "Postgres or Redis does not answer now.",
}
READ = problems(404)
CHANGE = problems(404, 408, 413, 415)
