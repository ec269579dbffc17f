"""JSON that is nearly right: with raw control characters, commas too many, a call around it, or cut off. Pure; each step is linear."""

from __future__ import annotations

import json
import re
from typing import Any

_CALL = re.compile(r"(?:/\*\*/)?\s*[\w.$]{1,80}\s*\(\s*(?=[{\[])")  # JSONP
# A string, whole or cut off, or what is too much: a comma that nothing follows, a comment.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*+(?:[}\],]|$))|//[^\n]*+', re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.|$))', re.DOTALL)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*+")


def is_call(text: str) -> bool:
    """Whether the text begins as JSON that is an argument of a function, made to be loaded by a <script>."""
    return _CALL.match(text) is not None


def loads(text: str) -> tuple[Any, tuple[str, ...], bool]:
    """The document; a sentence for each repair that was made; whether it was cut off and its last item lost. Raises ValueError."""
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
        return document, ("What followed the end of the feed was cut.",), False
    return document, (f"The JSON is not well-formed (line {line}) and was mended.",), False


def _mended(text: str) -> str:
    call = _CALL.match(text)
    if call:
        text = text[call.end() : text.rfind(")")]
    text = _PIECE.sub(lambda match: _BAD_ESCAPE.sub(_escape, match[0]) if match[0].startswith('"') else "", text)
    return text.strip("; \t\r\n\x00")


def _escape(match: re.Match[str]) -> str:
    return match[0] if match[1] else match[2] if match[2] == "'" else "\\\\" + match[2]


def _cut_off(text: str) -> Any:
    """The head of the document and the items before that in which it ends. Raises ValueError where there are none."""
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
