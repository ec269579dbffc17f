from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.fetch.client import Client
from tests.feeds.reader import SETTINGS
from tests.fetch.server import Site, serving


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(SETTINGS.fetch)
    yield client
    client.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """A server whose script the test writes."""
    with serving({}) as running:
        yield running
