"""A worker's context with gaps of a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.fetch.client import Client
from pipeline.settings import Settings
from pipeline.store.db.pool import open_pool
from tests.workers.leases.visiting import GAP_S
from workers.context import Context


@pytest.fixture
def ctx(settings: Settings) -> Iterator[Context]:
    polite = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"min_gap_s": GAP_S})})
    pool = open_pool(polite)
    client = Client(polite.fetch)
    yield Context(polite, pool, client)
    client.close()
    pool.close()
