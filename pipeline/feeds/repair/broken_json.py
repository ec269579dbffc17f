"""Repair JSON that is nearly right: raw control characters, extra commas, a call around it, a missing end. Pure; each step takes linear
time."""

from __future__ import annotations

import json
import re
from typing import Any

_CALL = re.compile(r"(?:/\*\*/)?\s*[\w.$]{1,80}\s*\(\s*(?=[{\[])")  # JSONP
# A string, whole or cut off, or something to remove: a comma without a next value, a comment.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*+(?:[}\],]|$))|//[^\n]*+', re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.|$))', re.DOTALL)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*+")


def is_call(text: str) -> bool:
    """Whether the text starts as JSONP: JSON as the argument of a function, to be loaded by a <script>."""
    return _CALL.match(text) is not None


def loads(text: str) -> tuple[Any, tuple[str, ...], bool]:
    """Return the document, a sentence for each repair, and whether it was cut off so that its last item is lost. Raises ValueError."""
    try:
        return _loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _loads(text: str) -> tuple[Any, tuple[str, ...], bool]:
    try:
        return json.loads(text, strict=False), (), False
    except json.JSONDecodeError as error:
        line = error.lineno
    whole = _mended(text)
    try:
        document, end = json.JSONDecoder(strict=False).raw_decode(whole)
    except ValueError:
        return _cut_off(whole), ("The feed is cut off in the middle; its complete items were kept.",), True
    if whole[end:].strip():
        return document, ("The text after the end of the feed was removed.",), False
    return document, (f"The JSON is not well-formed (line {line}) and was repaired.",), False


def _mended(text: str) -> str:
    call = _CALL.match(text)
    if call:
        text = text[call.end() : text.rfind(")")]
    text = _PIECE.sub(lambda match: _BAD_ESCAPE.sub(_escape, match[0]) if match[0].startswith('"') else "", text)
    return text.strip("; \t\r\n\x00")


def _escape(match: re.Match[str]) -> str:
    return match[0] if match[1] else match[2] if match[2] == "'" else "\\\\" + match[2]


def _cut_off(text: str) -> Any:
    """The head of a cut-off document and its complete items. Raises ValueError if there are none."""
    items = _ITEMS.search(text)
    if items is None:
        raise ValueError("it is cut off, or broken in its head")
    document = json.loads(f"{text[: items.end()]}]}}", strict=False)
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = _after_space(text, items.end())
    while at < len(text):
        try:
            item, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        found.append(item)
        at = _after_space(text, at)
    if not found:
        raise ValueError("it is cut off before the end of its first item")
    return {**document, "items": found}


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
