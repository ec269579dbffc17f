"""A feed poller on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from pipeline.settings import Settings
from tests.feeds.poller import Poller, poller


@pytest.fixture
def polling_(settings: Settings, conn: psycopg.Connection) -> Iterator[Poller]:
    with poller(settings, conn) as running:
        yield running
