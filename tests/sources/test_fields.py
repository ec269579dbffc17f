"""What the fields of a source take."""

from __future__ import annotations

import pytest

from pipeline.normalise.outlets import names
from pipeline.sources import fields
from pipeline.sources.fields import WrongValue, checked


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("example.org", "example.org"),
        ("  WWW.Example.org/ ", "example.org"),
        ("https://www.example.org/Sport/?page=1#top", "example.org/Sport"),
        ("news.example.co.uk", "news.example.co.uk"),
        ("http://bücher.example", "xn--bcher-kva.example"),
        ("example.org:8080/de", "example.org/de"),
    ],
)
def test_a_name_is_a_domain_and_a_path(typed: str, name: str) -> None:
    assert fields.name(typed) == name
    assert names(f"https://{name}/a-story")[-1] in name


@pytest.mark.parametrize("typed", ["", "sport", "two words.org", "ftp://example.org", "example.org/a/b/c/d"])
def test_what_is_no_name_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(WrongValue):
        fields.name(typed)


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("country", " de ", "DE"),
        ("country", "", ""),
        ("language", "EN", "en"),
        ("language", "pt_br", "pt-BR"),
        ("language", "zh-hant-tw", "zh-Hant-TW"),
        ("language", "es-419", "es-419"),
        ("language", "hsb", "hsb"),
        ("language", "de-CH-1996", "de-CH-1996"),
        ("media_type", "Print", "print"),
        ("homepage", "www.example.org", "https://www.example.org/"),
        ("label", " The \n Example ", "The Example"),
        ("notes", "one\ntwo", "one\ntwo"),
    ],
)
def test_values_are_kept_in_one_form(field: str, typed: str, kept: str) -> None:
    assert checked(field, typed) == kept
    assert checked(field, kept) == kept


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("country", "Germany", "country: 'Germany' is no code of a country (ISO 3166-1); write DE"),
        ("country", "UK", "country: 'UK' is no code of a country (ISO 3166-1); write GB"),
        ("country", "XX", "country: 'XX' is no code of a country (ISO 3166-1); write two letters, such as DE"),
        ("language", "english", "language: 'english' is no code of a language (BCP 47); write it like en or pt-BR"),
        ("language", "xx", "language: 'xx' is no code of a language (BCP 47); write it like en or pt-BR"),
        ("language", "en-UK", "language: 'UK' is no code of a country (ISO 3166-1); write GB"),
        ("media_type", "paper", "media_type: 'paper' is no media type; there are digital, print, tv, radio, agency, blog, other"),
        ("homepage", "javascript:alert(1)", "homepage: 'javascript:alert(1)' is no home page"),
        ("colour", "red", "'colour' is no field of a source; there are label, homepage, country, region, language, media_type, notes"),
    ],
)
def test_what_a_field_does_not_take_is_said_with_what_to_write(field: str, typed: str, said: str) -> None:
    with pytest.raises(WrongValue) as error:
        checked(field, typed)
    assert str(error.value).startswith(said)
