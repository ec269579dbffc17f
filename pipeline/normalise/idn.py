"""Host names as people read them. All else compares and stores the ASCII form (A-labels, RFC 5890)."""

from __future__ import annotations

import unicodedata

import ada_url

# Scripts that are combined in one word, by the first word of their characters' names.
_TOGETHER = dict.fromkeys(("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"), "EAST ASIAN")


def shown(host: str) -> str:
    """The host, with or without port, in Unicode if each of its labels uses one script; otherwise in ASCII: a Cyrillic letter among Latin
    ones makes a name that looks like another."""
    if "xn--" not in host:
        return host
    name, colon, port = host.partition(":")
    try:
        text = ada_url.idna_to_unicode(name)
        back = ada_url.idna_to_ascii(text).decode()
    except (ValueError, UnicodeError):
        return host
    return text + colon + port if back == name and all(map(_of_one_script, text.split("."))) else host


def _of_one_script(label: str) -> bool:
    letters = [c for c in label if unicodedata.category(c)[0] == "L"]
    scripts = {unicodedata.name(c, "UNKNOWN").split()[0] for c in letters}
    return len({_TOGETHER.get(script, script) for script in scripts}) <= 1
