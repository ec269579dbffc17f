"""The fields of a source: what each means, and which values it accepts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from pipeline.normalise.outlets import names
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.text import clean, one_line

MEDIA_TYPES = ("digital", "print", "tv", "radio", "agency", "blog", "other")
MAX_LINE = 500  # characters of a label or a region
MAX_NOTES = 10_000
# ISO 639-1. Three-letter codes (ISO 639-3) are accepted unchecked: there are 8,000.
_LANGUAGES = (
    " aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et "
    "eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk "
    "kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny "
    "oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti "
    "tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)
# Language, script, region, variants (RFC 5646 section 2.1). Extensions and private tags do not describe an outlet.
_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?((?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*)", re.IGNORECASE)
# Codes that people write but the standard lacks.
_INSTEAD = {"UK": "GB", "EL": "GR"}


class WrongValue(ValueError):
    """A field does not accept this value. The message is one sentence."""


def name(text: str) -> str:
    """The name of a source: the domain of a URL, or a host or domain/path below it. Raises WrongValue."""
    given = text.strip()
    try:
        url = parse(given if "://" in given else f"https://{given}").text
    except Failure:
        raise WrongValue(f"{given[:100]!r} is no domain; write it like example.org or example.org/sport") from None
    plain = url.partition("?")[0].partition("#")[0].rstrip("/")
    longest = names(plain)[0]
    if "." not in longest.partition("/")[0] and not longest.startswith("["):
        raise WrongValue(f"{given[:100]!r} is no domain; write it like example.org or example.org/sport")
    if len(plain.split("/")) - 3 > longest.count("/"):
        raise WrongValue(f"{given[:100]!r} has too many folders; a source is at most {longest}")
    return longest


def country(text: str) -> str:
    """An ISO 3166-1 code. Raises WrongValue."""
    code = text.strip().upper()
    if not code or code in countries():
        return code
    known = next((found for found, said in countries().items() if said.casefold() == text.strip().casefold()), _INSTEAD.get(code))
    raise WrongValue(f"{text.strip()[:60]!r} is no code of a country (ISO 3166-1); write {known or 'two letters, such as DE'}")


def language(text: str) -> str:
    """A language tag (BCP 47) in its usual spelling: en, pt-BR, zh-Hant. Raises WrongValue."""
    given = text.strip()
    if not given:
        return ""
    found = _TAG.fullmatch(given.replace("_", "-"))
    first = found[1].lower() if found else ""
    if found is None or (len(first) == 2 and f" {first} " not in _LANGUAGES):
        raise WrongValue(f"{given[:60]!r} is no code of a language (BCP 47); write it like en or pt-BR")
    script, region = found[2], (found[3] or "").upper()
    if region and not region.isdigit():
        country(region)
    return "-".join(filter(None, (first, script and script.title(), region))) + found[4].lower()


def media_type(text: str) -> str:
    """One of MEDIA_TYPES. Raises WrongValue."""
    kind = text.strip().lower()
    if kind and kind not in MEDIA_TYPES:
        raise WrongValue(f"{text.strip()[:60]!r} is no media type; there are {', '.join(MEDIA_TYPES)}")
    return kind


def homepage(text: str) -> str:
    """A web address. Raises WrongValue."""
    given = text.strip()
    try:
        return parse(given if "://" in given else f"https://{given}").text if given else ""
    except Failure as failure:
        raise WrongValue(f"{given[:100]!r} is no home page: {failure.detail.rstrip('.')}") from None


def _line(text: str) -> str:
    return one_line(text, MAX_LINE)


def _notes(text: str) -> str:
    return clean(text, MAX_NOTES).strip()


# How each field checks a text, in the order of lists.
FIELDS: dict[str, Callable[[str], str]] = {
    "label": _line,
    "homepage": homepage,
    "country": country,
    "region": _line,
    "language": language,
    "media_type": media_type,
    "notes": _notes,
}


def checked(field: str, text: str) -> str:
    """The value in the form in which it is stored. Raises WrongValue."""
    if field not in FIELDS:
        raise WrongValue(f"{field[:60]!r} is no field of a source; there are {', '.join(FIELDS)}")
    try:
        return FIELDS[field](text)
    except WrongValue as wrong:
        raise WrongValue(f"{field}: {wrong}") from None


def collection_name(text: str) -> str:
    """The name of a collection: one line without semicolons, which separate a source's collections in lists. Raises WrongValue."""
    plain = _line(text)
    if not plain or ";" in plain:
        raise WrongValue(f"{text.strip()[:60]!r} is no name of a collection; write words without a semicolon")
    return plain


@cache
def countries() -> dict[str, str]:
    """The codes of ISO 3166-1 with their English names, from the list that comes with the time zones."""
    lines = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))
