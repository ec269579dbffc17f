from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.feeds.small_site import PAGES, Site, serving


@pytest.fixture
def served() -> Iterator[Site]:
    with serving(PAGES) as server:
        yield server


@pytest.fixture
def site(served: Site) -> str:
    return served.url
