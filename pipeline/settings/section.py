"""The building blocks of a group of settings: its base class and the types of its values."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_SIZE = re.compile(r"[1-9]\d{0,6}(kB|MB|GB|TB)")

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Size = Annotated[str, AfterValidator(lambda text: _size(text))]  # as Postgres writes sizes


def _size(text: str) -> str:
    if not _SIZE.fullmatch(text):
        raise ValueError("write a size as 128MB, 2GB or 64kB")
    return text


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
