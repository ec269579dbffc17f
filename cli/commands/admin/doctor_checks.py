"""The checks of `newsmill doctor`: the installation here, then the checks that all of newsmill shares (`workers/checks`)."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import metadata

import psycopg
from packaging.requirements import Requirement

from cli.commands.admin.effective_settings import effective
from cli.connection import database, in_force
from cli.errors import CliError, UpError
from cli.output import many, url
from pipeline.settings import SettingsError
from pipeline.store.extraction import untrusted_feed_words
from pipeline.store.maintenance import rekey
from workers import checks
from workers.checks import Check
from workers.checks.facts import gather

OLDEST_PYTHON = (3, 11)


def examine() -> Iterator[Check]:
    """All checks, in the order in which things depend on each other."""
    yield python()
    yield packages()
    try:
        settings = in_force()
    except (SettingsError, UpError) as error:
        yield Check("fail", "settings", str(error), "Correct it, then run `newsmill doctor` again for the other checks.")
        return
    yield Check("ok", "settings", f"from {', '.join(sources())}; `newsmill doctor --config` prints them")
    facts = gather(settings)
    yield from checks.examine(facts)
    if facts.postgres and facts.postgres.progress:
        with contextlib.suppress(CliError, psycopg.Error), database(settings) as conn:
            yield keys(conn)
            yield untrusted_words(conn)  # takes too long for a monitor


def sources() -> list[str]:
    """Where the effective settings come from, if any are set."""
    found = Counter(setting.origin for setting in effective())
    return [f"{origin} ({count})" for origin, count in found.items() if origin != "default"] or ["the defaults"]


def python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Check("fail", "python", f"{version} is too old", "Install Python 3.11 or newer and recreate the virtual environment.")
    return Check("ok", "python", version)


def packages() -> Check:
    """Whether each required package is installed in a suitable version."""
    try:
        wanted = [Requirement(line) for line in metadata.requires("newsmill") or []]
    except metadata.PackageNotFoundError:
        names = ("celery", "kombu", "psycopg", "redis", "lxml", "trafilatura", "requests", "urllib3")
        return Check("ok", "packages", ", ".join(f"{name} {metadata.version(name)}" for name in names))
    wanted = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [problem for one in wanted if (problem := misfit(one))]
    if wrong:
        return Check("fail", "packages", "; ".join(wrong), "Install the versions in requirements.lock: `pip install -r requirements.lock`.")
    return Check("ok", "packages", f"{len(wanted)} packages, all in suitable versions")


def misfit(wanted: Requirement) -> str:
    try:
        version = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return f"{wanted.name} is missing"
    return "" if wanted.specifier.contains(version, prereleases=True) else f"{wanted.name} {version} is not {wanted.specifier}"


def keys(conn: psycopg.Connection) -> Check:
    if not rekey.outdated(conn):
        return Check("ok", "keys", "made by the rules of this version")
    advice = "Run `newsmill rekey`, then `newsmill rekey --apply`: until then an article may be stored twice under two addresses."
    return Check("warn", "keys", f"the keys in the database were made by older rules (version {rekey.version(conn)})", advice)


def untrusted_words(conn: psycopg.Connection) -> Check:
    wrong = untrusted_feed_words.untrusted(conn)
    articles = len(untrusted_feed_words.link_ids(conn, wrong))
    if not articles:
        return Check("ok", "words of feeds", "all articles have only words of their own site's feeds")
    feeds = list(dict.fromkeys(wrong.feed_urls))
    named = ", ".join(map(url, feeds[:3])) + (f" and {len(feeds) - 3} more" if len(feeds) > 3 else "")
    advice = (
        "Run `newsmill reextract --untrusted`, which rebuilds them without those words;"
        " but first `newsmill feeds set ID trusted=true` for each feed that you trust for the sites it lists."
    )
    finding = f"{many(articles, 'article')} may have words of a feed that does not speak for the site: {named}"
    return Check("warn", "words of feeds", finding, advice)
