from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.author_names import MAX_AUTHORS, MAX_NAME, is_full_name, split_authors


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Mira Halloran"], ["Mira Halloran"]),
        (["By Mira Halloran"], ["Mira Halloran"]),
        (["[Mira Halloran]"], ["Mira Halloran"]),
        (["by: Mira Halloran"], ["Mira Halloran"]),
        (["Von Jens Ahrens und Käthe Brandt"], ["Jens Ahrens", "Käthe Brandt"]),
        (["Par Élodie Roux et Yves Petit"], ["Élodie Roux", "Yves Petit"]),
        (["Por Ana Ruiz y Juan Pérez"], ["Ana Ruiz", "Juan Pérez"]),
        (["José Ortega y Gasset"], ["José Ortega y Gasset"]),
        (["Mira Halloran, Tom Quill and Ann Lee"], ["Mira Halloran", "Tom Quill", "Ann Lee"]),
        (["Mira Halloran & Tom Quill"], ["Mira Halloran", "Tom Quill"]),
        (["Mira Halloran; Tom Quill | Ann Lee"], ["Mira Halloran", "Tom Quill", "Ann Lee"]),
        (["Jens Ahrens/Käthe Brandt"], ["Jens Ahrens", "Käthe Brandt"]),
        (["srf/hosb"], ["srf/hosb"]),
        (["You, Xiaoying"], ["Xiaoying You"]),
        (["AFP, DPA"], ["AFP", "DPA"]),
        (["Mira Halloran (mira@post.example)"], ["Mira Halloran"]),
        (["mira@post.example"], []),
        (["https://social.example/mira"], []),
        (["Deutsche Zeitung (www.zeitung.example)"], ["Deutsche Zeitung"]),
        (["Mira Halloran @mirah"], ["Mira Halloran"]),
        (["Mira Halloran, Political Editor"], ["Mira Halloran"]),
        (["Jens Ahrens, Redakteur"], ["Jens Ahrens"]),
        (["Mira Halloran", "MIRA HALLORAN", "Tom Quill"], ["Mira Halloran", "Tom Quill"]),
        (["Mira Halloran", "mira-halloran"], ["Mira Halloran"]),
        (["Anne-Marie O&#39;Neill"], ["Anne-Marie O'Neill"]),
        (["<a href='/x'>Mira Halloran</a>"], ["Mira Halloran"]),
        (["Sammy Davis Jr."], ["Sammy Davis Jr."]),
        (["Mira Halloran Associated Press"], ["Mira Halloran"]),
        (["MIRA HALLORAN, Associated Press"], ["MIRA HALLORAN", "Associated Press"]),
        (["Thomson Reuters"], ["Thomson Reuters"]),
        (["Miguel A. Herguedas"], ["Miguel A. Herguedas"]),
        (["松岡大地"], ["松岡大地"]),
        (["배윤경、이상현"], ["배윤경", "이상현"]),
        (["Автор: Ярослав Кузишин, Антон Зелинский"], ["Ярослав Кузишин", "Антон Зелинский"]),
        (["दैनिक भास्कर"], ["दैनिक भास्कर"]),
        (["admin", "", "  ", "123", "facebook"], []),
        (["x" * 500], []),
        (["Post Staff"], ["Post Staff"]),
        (["Mira Halloran", "Post Staff"], ["Mira Halloran"]),
        (["Mira Halloran, professor of bridges in the town at Harbour University, Post"], ["Mira Halloran", "Post"]),
        (["Mira Halloran, MD, Ph.D."], ["Mira Halloran"]),
        (["M. Halloran", "Mira Halloran"], ["Mira Halloran"]),
        (["Analysis by Mira Halloran"], ["Mira Halloran"]),
        (["Mira Halloran", "More articles from Mira Halloran"], ["Mira Halloran"]),
        ([], []),
    ],
)
def test_bylines_become_names(texts: list[str], names: list[str]) -> None:
    assert split_authors(texts) == names


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("Mira Halloran", True), ("José Ortega y Gasset", True), ("Anne-Marie O'Neill", True), ("J. R. Smith", True), ("松岡大地", True), ("Ярослав Кузишин", True),
        ("Mira", False), ("amh", False), ("Traffic has doubled", False), ("The Council Votes on the Bridge Today", False), ("AFP/DPA", False), ("", False),
    ],
)  # fmt: skip
def test_full_names_are_told_from_other_words(text: str, full: bool) -> None:
    assert is_full_name(text) is full


WORDS = st.sampled_from(
    ["By", "by:", "von", "Mira", "Halloran", "Tom Quill", "and", "&", ",", ";", "|", "/", "(", ")", "@mira", "mira@post.example", "https://x.example", "AFP", "dpa", "Editor",
     "Jr.", "PhD", "y", "-", "–", "\n", "O'Neill", "松岡大地", "、", "Associated Press", "<a>", "&amp;", "Redakteur", "null", "."]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=100))
def test_splitting_again_changes_nothing(text: str) -> None:
    names = split_authors([text])
    assert split_authors(names) == names
    assert all(0 < len(name) <= MAX_NAME for name in names)


@pytest.mark.parametrize(
    "text", ["," * 100_000, "(" * 100_000, "<" * 100_000, " and " * 30_000, "a@" * 50_000, "\ud83d" * 1000, "By " * 50_000]
)
def test_hostile_bylines_are_bounded(text: str) -> None:
    assert len(split_authors([text])) <= MAX_AUTHORS
