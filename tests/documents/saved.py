"""A saved article in the manner of sites that put much of their own around it: every name and sentence is made up."""

from __future__ import annotations

TITLE = "Ferry Company to Leave the Northern Isles Because of the Quarrel over Berths"
BODY = (
    "Harbour Minister Ada Brandt is set to lose the ferry line to both Sandoy and Westray because of her refusal to pay for new berths in the northern isles.",
    "After a long winter of cancelled crossings, the islanders' council had asked the company to leave. Yesterday, its director Olaf Reyes handed the minister a letter of two pages.",
    "40 crossings have been cancelled since the storm of November, and the company says that its ships cannot lie at piers which were built for fishing boats a hundred years ago.",
    '"This decision undoes years of co-operation... at a time when the isles are already losing their young people," Reyes added',
    "He added that the company would sell two of its five ships, and asked the council to help find work for the crews.",
    "The minister opposes the berths because the treasury sees them as a gift to one company. The council is committed to the seafarers of the isles, who have waited for eleven years.",
    "Earlier this month, the harbour office dismissed the engineer who had drawn the plans in Port Ellary. In response to the dismissal, the council withdrew from the talks and said the ministry must pay the costs.",
    "Which one of these losses will weigh more with the voters of the isles, and what is left of a ministry that calls itself the keeper of the coast?",
)
HEAD = """
By Marta Lindqvist

Coastal Review, March 14, 2025

Region: Northern Isles & Sounds, Mainland

Theme: <u>Shipping</u>

Special Report: FERRY WATCH, PIERS,

BERTHS

All Coastal Review articles can be read in 12 languages by activating the Translate button under the name of the author.

To receive Coastal Review's daily newsletter, click here.

Click the share button above to e-mail this article to your friends and colleagues. Follow us on <u>Mastodon</u> and subscribe to our channel. Feel free to repost what you like.

Spring Donation Drive: Coastal Review Needs Its Readers
"""
TAIL = """
*

Note to readers: please click the share button above. Follow us on Mastodon and subscribe to our channel.

This article was originally published on Isles Dispatch.

Marta Lindqvist is a reporter of many years. She is a regular contributor to Coastal Review.

Featured image is from ID

The original source of this article is Coastal Review Copyright © <u>Marta Lindqvist</u>, Coastal Review, 2025

Comment on Coastal Review articles on our Facebook page

Become a Member of Coastal Review

Articles by: Marta Lindqvist

not be liable for any inaccurate or incorrect statement in this article. The Coastal Foundation grants permission to cross-post articles on community sites as long as the source and copyright are acknowledged. For other uses write to us.

www.coastal-review.example contains copyrighted material the use of which has not always been authorized. We make such material available under the provisions of "fair use" to those who have asked for it for research and education.

For media inquiries: desk@coastal-review.example
"""
# What may not come through, in the words of it.
FURNITURE = (
    "By Marta", "Region", "Theme", "Special Report", "BERTHS", "languages", "newsletter", "share button", "Donation Drive", "Note to readers", "originally published",
    "many years", "Featured image", "original source", "Copyright", "Facebook", "Become a Member", "Articles by", "cross-post", "fair use", "media inquiries", "*",
)  # fmt: skip


def text() -> str:
    """The article as a text, with pages that end in mid-sentence."""
    body = "\n\n".join(BODY).replace("committed to the", "committed to\n\nthe").replace("in Port Ellary. In", "in Port\n\nEllary. In")
    return f"\n\n{TITLE}\n{HEAD}\n{body}\n{TAIL}"


def wrapped(width: int = 78) -> str:
    """The same in lines of one width, on pages with running heads and page numbers."""
    import textwrap

    blocks = [b.replace("\n", " ") for b in text().split("\n\n") if b.strip()]
    lines = [line for block in blocks for line in [*textwrap.wrap(block, width, break_on_hyphens=False), ""]]
    pages = [lines[start : start + 25] for start in range(0, len(lines), 25)]
    heads = [["Coastal Review – the paper of the coast", ""] if number else [] for number in range(len(pages))]
    return "\f".join("\n".join([*head, *page, "", str(number)]) for number, (head, page) in enumerate(zip(heads, pages, strict=True), 1))
