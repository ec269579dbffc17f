"""`newsmill feeds set`: change the settings of one feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import arguments
from cli.connection import database, settings
from cli.errors import WRONG_USAGE, CliError
from cli.output import fields, url

if TYPE_CHECKING:
    from pipeline.store.feeds.feeds import Feed


def set_feed(
    which: Annotated[str, typer.Argument(help="Number or URL of a feed.", metavar="FEED")],
    given: Annotated[list[str], typer.Argument(help="Settings, such as exclude=/sport/ min_interval=15m.", metavar="KEY=VALUE…")],
) -> None:
    """Settings of one feed, from its next poll on. Several values: name the key again. No value: as for all feeds.

    min_interval, max_interval: bounds of the time between polls, such as 15m or 6h. priority: -9 to 9, of its articles before those of
    other feeds. tags, title. language: of its articles, where they do not tell. user_agent; header: "Name: value", sent with its polls.
    include, exclude: patterns of article addresses; * stands for any characters, ^ and $ for the ends. articles: fetch, or feed for its own
    full text without fetching pages. trusted: true where it speaks for every site that it lists, not only for its own. paused: yes or no.
    """
    from pipeline.feeds import options
    from pipeline.store.feeds import feeds

    pairs = [arguments.setting(text) for text in given]
    own = [(key, text) for key, text in pairs if key not in ("title", "tags", "paused")]
    tags = [text for key, text in pairs if key == "tags"]
    title = next((text for key, text in reversed(pairs) if key == "title"), None)
    paused = next((_yes(text) for key, text in reversed(pairs) if key == "paused"), None)
    with database(settings()) as conn:
        feed = arguments.feed(conn, which)
        try:
            changed = options.changed(feeds.options_of(conn, feed.id), own)
        except options.WrongOption as wrong:
            raise CliError(str(wrong), WRONG_USAGE) from None
        feeds.configure(conn, feed.id, changed, title=title, tags=[tag for tag in tags if tag] if tags else None)
        if paused is not None and paused != (feed.state == "paused"):
            (feeds.pause if paused else feeds.resume)(conn, feed.id)
        feed = arguments.feed(conn, str(feed.id))
    fields(
        [
            ("feed", feed.id),
            ("url", url(feed.url)),
            ("state", feed.state),
            ("tags", "; ".join(feed.tags)),
            ("settings", settings_text(feed)),
        ]
    )


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise CliError(f"paused cannot be {text[:40]!r}; write yes or no.", WRONG_USAGE)
    return text.lower() in ("yes", "true")


def settings_text(feed: Feed) -> str:
    """The feed's own settings in the form of `feeds set`; secrets are hidden."""
    from pipeline.feeds import options

    texts = options.as_texts(options.from_json(feed.options))
    return ", ".join(f"{name}={text}" for name, several in texts.items() for text in several) or "as for all feeds"
