"""Read JSON bodies within limits, validate them with a model, and describe them in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from web.http import request_body
from web.http.problems import Problem, in_words

MAX_BODY_BYTES = 256 * 2**10
M = TypeVar("M", bound=BaseModel)


def json_of(model: type[M], max_bytes: int = MAX_BODY_BYTES, advice: str = "send less in one request") -> Callable[[Request], Awaitable[M]]:
    """A dependency that returns the body as the model. It raises Problem 408, 413, 415 or 422."""

    async def read(request: Request) -> M:
        text = await request_body.typed(request, "application/json", max_bytes, advice)
        try:
            return model.model_validate_json(text)
        except ValidationError as error:
            raise Problem(422, "invalid", in_words(error.errors(include_input=False, include_url=False, include_context=False))) from None

    return read


def described(model: type[BaseModel], example: dict[str, Any] | None = None) -> dict[str, Any]:
    """The body for the OpenAPI document. FastAPI cannot derive it, because we read the body ourselves."""
    content: dict[str, Any] = {"schema": model.model_json_schema()}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
