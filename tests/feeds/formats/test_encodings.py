"""Feeds of twelve languages, under every declaration, with every damage that bytes take on their way: what is whole is read as it was written."""

from __future__ import annotations

import codecs
import itertools

import pytest

from pipeline.feeds.repair.decode import decode
from tests.feeds.documents import read
from tests.support.tables import failing_rows

TITLES = {  # language: (titles, the 8-bit or multi-byte encoding that its sites used before UTF-8)
    "German": (["Sturm über der Förde", "Häfen geschlossen – „größer als je“", "Straße gesperrt"], "cp1252"),
    "French": (["L’été à la côte", "Marée n° 2, déjà prévue", "« Le château » rouvre"], "cp1252"),
    "Spanish": (["El niño cruzó el río", "¿Qué pasó en Córdoba?", "Mañana habrá más lluvia"], "cp1252"),
    "Polish": (["Zażółć gęślą jaźń", "Most został zamknięty", "Rząd ogłosił wyniki"], "cp1250"),
    "Czech": (["Příliš žluťoučký kůň", "Účastníci řekli vše", "Déšť zaplavil město"], "cp1250"),
    "Turkish": (["İstanbul'da köprü kapandı", "Değişik bir gün yaşandı", "Şehir meclisi açıkladı"], "cp1254"),
    "Russian": (["Мост закрыт после наводнения", "Городской совет решил", "Паром ходит «ежедневно»"], "cp1251"),
    "Greek": (["Η γέφυρα έκλεισε", "Άρχισε η έκθεση βιβλίου", "Νέα μέτρα από τον δήμο"], "cp1253"),
    "Hebrew": (["הגשר נסגר לאחר השיטפון", "העירייה הודיעה הבוקר", "המעבורת יוצאת בכל שעה"], "cp1255"),
    "Arabic": (["أغلق الجسر بعد الفيضان", "أعلن مجلس المدينة", "العبارة تعمل كل ساعة"], "cp1256"),
    "Chinese": (["大桥在洪水后关闭", "市议会周二宣布决定", "居民改乘渡轮过河"], "gb18030"),
    "Japanese": (["洪水のあと橋は閉鎖", "市議会が火曜日に発表", "住民はフェリーを利用"], "cp932"),
}
ROUNDS = 4  # times that the titles stand in the feed
BROKEN = "broken"  # the title in which the damage is done

LANGUAGES = pytest.mark.parametrize("language", TITLES)
WRONG = {"cp1251": "windows-1252", "cp1252": "windows-1251"}


def feed(language: str, declared: str = "", damage: bytes = b"") -> bytes:
    titles, _ = TITLES[language]
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    items = "".join(f"<item><title>{title}</title><link>https://e.example/{n}</link></item>" for n, title in enumerate(titles * ROUNDS))
    text = f'{declaration}<rss version="2.0"><channel><title>News</title><item><title>{BROKEN}</title></item>{items}</channel></rss>'
    return text.encode().replace(BROKEN.encode(), damage or BROKEN.encode(), 1)


def titles_of(body: bytes, content_type: str) -> list[str]:
    return [entry.title for entry in read(body, content_type=content_type).entries]


def declarations(language: str) -> list[tuple[str, str, bytes]]:
    """Of the XML declaration, of HTTP, and the mark before the document."""
    old = {"gb18030": "gb2312", "cp932": "shift_jis"}.get(TITLES[language][1], TITLES[language][1].replace("cp", "windows-"))
    wrong = WRONG.get(TITLES[language][1], "windows-1251")
    names = ["", "utf-8", "iso-8859-1", "us-ascii", old, wrong, "utf-16", "nonsense"]
    return [(name, http, mark) for name in names for http in ["", *names[1:4], old] for mark in (b"", codecs.BOM_UTF8)]


def damages(language: str) -> dict[str, bytes]:
    first = TITLES[language][0][0]
    last = next(character for character in reversed(first) if not character.isascii()).encode()
    return {
        "whole": b"",
        "cut inside a character": first.encode()[: first.encode().rindex(last)] + last[:-1] + b"...",
        "one byte of Latin-1": b"Caf\xe9 de la mer",
        "one quote of cp1252": b"the captain\x92s log",
        "half an emoji": b"\xf0\x9f\x9a ahoy",
        "an emoji in two halves": b"\xed\xa0\xbd\xed\xb8\x80",
    }


@LANGUAGES
def test_one_broken_character_never_costs_the_others_whatever_is_declared(language: str) -> None:
    titles = TITLES[language][0] * ROUNDS
    for damage, title in damages(language).items():
        for declared, http, mark in declarations(language):
            found = titles_of(mark + feed(language, declared, title), f"text/xml; charset={http}" if http else "")
            assert found[1:] == titles, (damage, declared, http, mark)
            assert found[0], (damage, declared, http, mark)


@LANGUAGES
def test_a_feed_in_another_encoding_is_read_by_its_declaration(language: str) -> None:
    titles, old = TITLES[language]
    body = feed(language, old.replace("cp", "windows-") if old != "cp932" else "shift_jis").decode().encode(old)
    for http in ("", f"text/xml; charset={old}", "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1"):
        assert titles_of(body, http)[1:] == titles * ROUNDS, http


@pytest.mark.parametrize("language", [name for name, (_, old) in TITLES.items() if old not in ("cp1250", "cp1254")])
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
def test_a_feed_in_another_encoding_is_recognised_where_a_default_was_declared(language: str, declared: str) -> None:
    titles, old = TITLES[language]
    assert titles_of(feed(language, declared).decode().encode(old), "")[1:] == titles * ROUNDS


@LANGUAGES
def test_wide_encodings_show_themselves(language: str) -> None:
    def check(row: tuple[str, str]) -> None:
        encoding, declared = row
        body = feed(language, declared).decode().encode(encoding)
        for sent in (body, body + b"\x00"):
            assert titles_of(sent, "text/xml; charset=utf-8")[1:] == TITLES[language][0] * ROUNDS

    encodings, declarations = ("utf-16", "utf-16-le", "utf-16-be", "utf-32"), ("", "utf-8", "utf-16", "iso-8859-1")
    assert failing_rows(itertools.product(encodings, declarations), check) == {}


@LANGUAGES
@pytest.mark.parametrize("through", ["cp1252", "latin-1"])
def test_a_feed_that_was_encoded_twice_is_read_as_it_was_written(language: str, through: str) -> None:
    once = feed(language, "utf-8")
    taken = "".join(bytes([byte]).decode(through, "ignore") or chr(byte) for byte in once)
    for declared in ("", "text/xml; charset=iso-8859-1"):
        assert titles_of(taken.encode(), declared)[1:] == TITLES[language][0] * ROUNDS


@pytest.mark.parametrize("content_type", ["", "text/xml; charset=iso-2022-jp", "text/xml; charset=utf-8"])
def test_japanese_in_escapes_is_no_ascii(content_type: str) -> None:
    assert titles_of(feed("Japanese").decode().encode("iso2022_jp"), content_type)[1:] == TITLES["Japanese"][0] * ROUNDS
    assert decode(b"<t>\x1b$B</t>\xff", content_type).startswith("<t>")


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        (b"Caf\xe9 und Caf\xc3\xa9, \xc3\xbcber", "Café und Café, über"),
        ("é é é é ".encode() + b"l\x92\xe9t\xe9", "é é é é l’été"),
        ("é à é à ".encode() + b"d\xe9j\xc3...", "é à é à déj\ufffd..."),
        ("– é – é ".encode() + b"\xe2\x80", "– é – é \ufffd"),
        ("– é – é ".encode() + b"ch\xe2teau", "– é – é château"),
        ("Сегодня ".encode() + b"\xd1 \xabda\xbb", "Сегодня \ufffd «da»"),
        ("Сегодня ".encode() + b"\xe8\xd0\xbe", "Сегодня \ufffdо"),
        ("Grüße ä ö ".encode() + b"\x81", "Grüße ä ö \x81"),
        ("Müller sagt „Ö“ und „FPÖ“ ".encode("cp1252"), "Müller sagt „Ö“ und „FPÖ“ "),
        ("Müller sagt ".encode("cp1252") * 5 + "Überblick – heute".encode(), "Müller sagt " * 5 + "Überblick – heute"),
    ],
)
def test_a_broken_byte_is_mended_by_what_stands_around_it(damaged: bytes, meant: str) -> None:
    for content_type in ("", "text/xml; charset=iso-8859-1", "text/xml; charset=utf-8"):
        assert decode(b"<t>" + damaged + b"</t>", content_type) == f"<t>{meant}</t>"


@pytest.mark.parametrize("text", ["„FPÖ“ und „SPÖ“, Österreich ist größer", "Preis: 5 Â°", "naïve Ä… € É…"])
def test_words_that_only_look_as_if_they_had_been_encoded_twice_stay(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize("size", [1, 100])
def test_bytes_of_no_encoding_at_all_are_still_text(size: int) -> None:
    assert decode(bytes(range(0x80, 0x100)) * size)
