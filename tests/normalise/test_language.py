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
        ("橋は残る", None, "ja"),
        ("鉄橋は来年まで開放", "en", "ja"),
        ("市议会决定保留旧铁桥", "en", "zh"),
        ("市議会 鉄橋 存続", "ja", "ja"),
        ("다리는 남는다", "en", "ko"),
        ("สะพานจะเปิดต่อ", None, "th"),
        ("Η γέφυρα μένει", "en", "el"),
        ("הגשר נשאר", "en", "he"),
        ("די בריק בלײַבט", "yi", "yi"),
        ("ხიდი რჩება", None, "ka"),
        ("Die „Brücke“ an der 橋", "de", "de"),
        # A quotation at the head, and a caption in the page's own language at the end.
        ("“We would rather mend it twice than close it once.”\n" + "\n".join(GERMAN), "en", "de"),
        ("\n".join(GERMAN) + "\nPhoto: the bridge on Tuesday, before the vote of the council", "en", "de"),
        (ENGLISH[0] + "\n" + "\n".join(GERMAN * 2), None, "de"),
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
