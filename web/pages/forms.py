"""Read the small forms of the pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from web.http import request_body
from web.http.problems import Problem

MAX_FORM_BYTES = 16 * 2**10
MAX_FIELDS = 20


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form, the first value of each. Raises Problem 408, 413, 415 or 422."""
    form = await request_body.typed(request, "application/x-www-form-urlencoded", MAX_FORM_BYTES, "the fields of this form are shorter")
    try:
        return {name: values[0] for name, values in parse_qs(form.decode("ascii"), max_num_fields=MAX_FIELDS).items()}
    except ValueError:
        raise Problem(422, "invalid", "The form could not be read.") from None


Fields = Annotated[dict[str, str], Depends(fields)]
