from __future__ import annotations

import pytest

from pipeline.normalise.language import code_of, detect
from tests.extract.pages import ENGLISH, GERMAN, JAPANESE, RUSSIAN

DANISH = "Byrådet besluttede sent tirsdag aften at holde den gamle jernbro åben endnu et år, selv om ingeniørerne havde advaret om slid."


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        (" ".join(ENGLISH), None, "en"),
        (" ".join(GERMAN), None, "de"),
        (" ".join(RUSSIAN), None, "ru"),
        (" ".join(JAPANESE), None, "ja"),
        (" ".join(ENGLISH), "de", "en"),
        (DANISH, "nb-NO", "no"),
        (DANISH, "fr", "da"),
        ("Kort", "sv", "sv"),
        ("Kort", None, None),
        ("", None, None),
        ("12345 " * 100, "en", "en"),
    ],
)
def test_detection(text: str, hint: str | None, language: str | None) -> None:
    assert detect(text, hint) == language


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("pt-BR", "pt"),
        ("de_DE", "de"),
        ("EN", "en"),
        (" fr ", "fr"),
        ("nb", "no"),
        ("iw", "he"),
        ("eng", None),
        ("", None),
        (None, None),
        ("-", None),
    ],
)
def test_codes(tag: str | None, code: str | None) -> None:
    assert code_of(tag) == code
