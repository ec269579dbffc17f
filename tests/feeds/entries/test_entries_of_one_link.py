"""Entries that share a link: which are articles of their own. Within one document."""

from __future__ import annotations

import pytest

from pipeline.feeds import trust
from pipeline.feeds.identity import Listed
from pipeline.feeds.options import Options
from pipeline.settings import Settings
from pipeline.steps import feed_answer

SITE = "https://harbour.example"
FRONT, STORY = f"{SITE}/", f"{SITE}/2026/12/the-ferry-sails-again-from-monday"
LONG = "The ferry to the island sails again, the harbour office said on Monday. " * 12


def item(title: str, link: str, guid: str, text: str) -> str:
    said = {"title": title, "link": link, "guid isPermaLink='false'": guid, "description": text}
    return "<item>" + "".join(f"<{name}>{value}</{name.partition(' ')[0]}>" for name, value in said.items() if value) + "</item>"


def listed(*items: str, feed: str = f"{SITE}/feed") -> list[Listed]:
    body = f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'.encode()
    return feed_answer.read_push(body, "application/rss+xml", feed, 1, Options(), Settings(), trust.feed_trust(feed))


@pytest.mark.parametrize(
    ("items", "titles"),
    [
        pytest.param([item(f"Update {n}", FRONT, f"inc-{n}", f"Crane {n} is out of order.") for n in range(4)], [0, 1, 2, 3], id="a status page"),
        pytest.param([item("", FRONT, f"n-{n}", f"Note number {n}.") for n in range(3)], [0, 1, 2], id="notes without titles"),
        pytest.param([item("Update", FRONT, f"n-{n}", text) for n, text in enumerate(("The crane is broken.", "Ships wait outside."))], [0, 1], id="one title, texts that differ"),
        pytest.param([item(f"At {n}", f"{STORY}#post-{n}", f"p{n}", f"The {n}th ship is in.") for n in range(3)], [0, 1, 2], id="a live blog"),
        pytest.param([item(f"At {n}", f"{STORY}#post-{n}", "", f"The {n}th ship is in.") for n in range(3)], [0, 1, 2], id="a live blog without guids"),
        pytest.param([item(f"At {n}", f"{STORY}#post-{n}", "same", f"The {n}th ship is in.") for n in range(3)], [0, 1, 2], id="a live blog with one guid"),
        pytest.param([item("One", STORY, "1", "Text."), item("One", STORY, "1", "Text.")], [0], id="an entry twice"),
        pytest.param([item("One", STORY, "1", "Text."), item("One", STORY, "2", "Text.")], [0], id="with another guid"),
        pytest.param([item("One", STORY, "1", LONG), item("One, corrected", STORY, "2", LONG)], [0], id="with another title"),
        pytest.param([item("One", STORY, "1", LONG), item("One", STORY, "2", LONG + "Corrected.")], [0], id="with a text that was corrected"),
        pytest.param([item("One", STORY, "", "Text."), item("Two", STORY, "", "Words.")], [0], id="without guids the link is the identity"),
        pytest.param([item("One", STORY, "same", "Text."), item("Two", STORY, "same", "Words.")], [0], id="with one guid too"),
        pytest.param([item("One", STORY, "1", ""), item("Two", STORY, "2", "")], [0], id="without texts there is only the page"),
    ],
)  # fmt: skip
def test_entries_of_one_link_are_articles_where_they_have_ids_and_texts_of_their_own(items: list[str], titles: list[int]) -> None:
    found = listed(*items)
    assert [item.entry.title for item in found] == [listed(items[place])[0].entry.title for place in titles]
    assert len({item.url.key for item in found}) == len(titles)
    assert len(found) + sum(len(item.folded) for item in found) == len(items)


def test_a_feed_of_another_site_makes_no_articles_of_its_own_texts() -> None:
    items = [item(f"Update {n}", FRONT, f"inc-{n}", f"Crane {n} is out of order.") for n in range(3)]
    (one,) = listed(*items, feed="https://stranger.example/feed")
    assert (one.url.text, one.page) == (FRONT, None)
    assert [(folded.entry.title, folded.why) for folded in one.folded] == [
        (f"Update {n}", "it has the same link, on a site that the feed does not speak for") for n in (1, 2)
    ]


def permalinked(title: str, link: str, guid: str) -> str:
    return item(title, link, guid, f"{title} is told here.").replace(" isPermaLink='false'", "")


def test_where_all_links_lead_to_the_front_page_the_permalinks_are_the_articles() -> None:
    found = listed(*(permalinked(f"No. {n}", FRONT, f"{SITE}/notes/{n}") for n in range(3)))
    assert [(item.url.text, item.page) for item in found] == [(f"{SITE}/notes/{n}", None) for n in range(3)]
    (alone,) = listed(permalinked("One", FRONT, f"{SITE}/notes/1"))
    assert alone.url.text == f"{SITE}/notes/1", "in the next poll it may stand alone"


@pytest.mark.parametrize("guid", ["https://tracker.example/1", f"{STORY}#post", f"{SITE}/"])
def test_a_guid_elsewhere_or_on_the_same_page_is_no_permalink(guid: str) -> None:
    one, two = listed(permalinked("One", STORY, guid), permalinked("Two", STORY, f"{STORY}#other"))
    assert {(item.page or item.url).text for item in (one, two)} == {STORY}


def test_a_link_of_its_own_goes_before_the_permalink() -> None:
    (one,) = listed(permalinked("One", STORY, f"{SITE}/?p=1"))
    assert one.url.text == STORY


def test_what_is_an_article_of_its_own_keeps_its_address() -> None:
    found = listed(*(item(f"At {n}", f"{STORY}#post-{n}", f"p{n}", f"The {n}th ship is in.") for n in range(2)))
    assert [item.address for item in found] == [f"{STORY}#post-0", f"{STORY}#post-1"]
    assert {item.page.text for item in found if item.page} == {STORY}
    assert all(item.url.scheme == "ni" for item in found)


def test_a_pair_of_teasers_of_one_page_does_not_cost_the_page() -> None:
    one, two = listed(item("One", STORY, "1", "The ferry sails."), item("Two", STORY, "2", "It sails on Monday."))
    assert (one.url.text, one.page) == (STORY, None)
    assert (two.url.scheme, two.page and two.page.text) == ("ni", STORY)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([item("One", STORY, "1", "Text."), item("One", STORY, "1", "Text.")], "no id of its own"),
        ([item("One", STORY, "1", "Text."), item("Two", STORY, "2", "Text.")], "the same text"),
        ([item("One", STORY, "1", "The ferry sails."), item("One", STORY, "2", "The ferry sails now.")], "nearly the same text"),
        ([item("One", STORY, "1", "Text."), item("Two", STORY, "2", "")], "no text of its own"),
    ],
)
def test_it_is_said_why_an_entry_is_folded_into_another(items: list[str], why: str) -> None:
    (one,) = listed(*items)
    assert why in one.folded[0].why


def test_entries_stay_in_their_order() -> None:
    items = [item("A", FRONT, "1", "A text."), item("B", STORY, "2", "B text."), item("C", FRONT, "3", "C text, another.")]
    assert [item.entry.title for item in listed(*items)] == ["A", "B", "C"]
    assert [item.entry.guid for item in listed(*items)] == ["1", "2", "3"]
