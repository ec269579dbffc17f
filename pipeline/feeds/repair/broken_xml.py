"""Repair XML that is nearly right, before a strict parser reads it.

Every step leaves CDATA sections and comments alone. The text has no document type declaration any more, so only XML's own five entities
are defined. The faults are those of real feeds: HTML entities, unescaped ampersands, control characters, references to forbidden
characters, a document that ends too early or continues after its end.
"""

from __future__ import annotations

import html.entities
import re

_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_OPENER = re.compile(r"<!\[CDATA\[|<!--|<\?")
_CLOSERS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_NAKED = re.compile(r"&(?!#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,7};|[A-Za-z][A-Za-z0-9]{0,31};)")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,8})|#[xX]([0-9a-fA-F]{1,7})|([A-Za-z][A-Za-z0-9]{0,31}));")
_NO_TAG = re.compile(r"<(?![A-Za-z_/])")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*+)([^<>]*+)>")
_MAX_DEPTH = 100  # nested elements; feeds have about six, XHTML content twenty

Step = tuple[str, str]  # the repaired text, and the sentence that says so, or ''


def mend(text: str) -> tuple[str, list[str]]:
    """Repair the text. Returns it with a sentence for each repair. `text` starts at the root element."""
    notes: list[str] = []
    for step in (_without_controls, _with_known_references, _with_one_root):
        text, note = step(text)
        if note:
            notes.append(note)
    return text, notes


def is_closed(text: str) -> bool:
    """Whether the root element, at which `text` starts, is closed. If not, the document was cut off."""
    root = _TAG.match(text)
    return root is None or root[3].endswith("/") or f"</{root[2]}" in text


def without_literals(text: str) -> str:
    """The text without CDATA sections, comments and processing instructions. Any angle brackets left are markup."""
    return "".join(_parts(text)[::2])


def _parts(text: str) -> list[str]:
    """Split the text into markup, literal, markup, …, markup, in one pass. An opener that is never closed is no literal and is not searched
    for again."""
    parts: list[str] = []
    never_closed: set[str] = set()
    start = at = 0
    while opener := _OPENER.search(text, at):
        close = -1 if opener[0] in never_closed else text.find(_CLOSERS[opener[0]], opener.end())
        at = opener.end()
        if close < 0:
            never_closed.add(opener[0])
            continue
        at = close + len(_CLOSERS[opener[0]])
        parts += [text[start : opener.start()], text[opener.start() : at]]
        start = at
    return [*parts, text[start:]]


def _without_controls(text: str) -> Step:
    text, count = _CONTROL.subn("", text)
    return text, f"{count} control characters were removed." if count else ""


def _with_known_references(text: str) -> Step:
    changed = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal changed
        by = _reference(match)
        changed += by != match[0]
        return by

    parts = _parts(text)
    for i in range(0, len(parts), 2):  # the odd ones are literals
        whole = parts[i].replace("]]>", "")  # a stray end of CDATA, from nested sections
        whole, ampersands = _NAKED.subn("&amp;", whole)
        parts[i], brackets = _NO_TAG.subn("&lt;", _REFERENCE.sub(replaced, whole))
        changed += ampersands + brackets
    return "".join(parts), f"{changed} characters were not valid XML and were replaced by what was probably meant." if changed else ""


def _reference(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        if name in _XML_ENTITIES:
            return match[0]
        meant = html.entities.html5.get(f"{name};")
        return _escaped(meant) if meant else "&amp;" + match[0][1:]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if allowed else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _with_one_root(text: str) -> Step:
    """Cut what follows the root element. If the root is never closed, cut after the last complete entry and close the open elements."""
    root = _TAG.match(text)
    if root is None or root[3].endswith("/"):
        return text, ""
    end = text.rfind(f"</{root[2]}")
    if end >= 0:
        close = text.find(">", end)
        if close >= 0:
            return text[: close + 1], "The text after the end of the feed was removed." if text[close + 1 :].strip() else ""
    return _closed(text, root[2])


def _closed(text: str, root: str) -> Step:
    last = max(re.finditer(r"</(?:[\w.-]+:)?(?:item|entry|url)\s*>", text), key=lambda match: match.end(), default=None)
    if last is None:
        return text, ""
    whole = text[: last.end()]
    still_open: list[str] = []
    for tag in _TAG.finditer(without_literals(whole)):
        closing, name, attributes = tag.groups()
        if closing:
            if name in still_open:
                while still_open.pop() != name:
                    pass
        elif not attributes.endswith("/"):
            still_open.append(name)
            if len(still_open) > _MAX_DEPTH:
                return text, ""
    closers = "".join(f"</{name}>" for name in reversed(still_open))
    return whole + closers, "The feed is cut off in the middle; its complete entries were kept."
