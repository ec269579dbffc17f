"""Say in our own words what is wrong with a value: pydantic's errors by type, and the place of an error in a TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# By the type of pydantic's error; the values in braces come from its context.
WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "model_attributes_type": "must be a table of names and values",
    "path_type": "must be the name of a file or folder",
    "json_invalid": "is not valid JSON",
    "json_type": "must be JSON",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_pattern_mismatch": "does not have the expected form",
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters at most",
    "too_short": "must have {min_length} items or more",
    "too_long": "must have {max_length} items at most",
    "timezone_aware": "must name its time zone, as 2026-11-22T08:00:00Z does",
    "datetime_type": "must be a time such as 2026-11-22T08:00:00Z",
    "datetime_parsing": "must be a time such as 2026-11-22T08:00:00Z",
    "datetime_from_date_parsing": "must be a time such as 2026-11-22T08:00:00Z",
}
OTHER = "is not valid"
_TOML_PLACE = re.compile(r"at (line \d+, column \d+|end of document)")


def of_value(error: Mapping[str, Any]) -> str:
    """What is wrong with the value, as the end of a sentence that starts with its name."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "value_error":  # one of our own checks; without its context pydantic puts two words before the message
        return f"is not valid: {str(context.get('error') or error['msg']).removeprefix('Value error, ').rstrip('.')}"
    return WORDS.get(kind, OTHER).format_map(_Context({name: _number(value) for name, value in context.items()}))


def of_toml(error: ValueError) -> str:
    """Where a TOML file is broken."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    place = _TOML_PLACE.search(str(error))
    return f"see {place[1]}" if place else "see its first line"


def _number(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


class _Context(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "something else"
