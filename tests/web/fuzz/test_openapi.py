"""Whatever the OpenAPI document allows may be sent: no answer is a fault, and none is undocumented."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import psycopg
import pytest
import schemathesis
from psycopg import sql
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from cli.local.services import Services
from pipeline.settings import Fetch, Settings
from pipeline.store.articles import stories
from pipeline.store.db.pool import connect
from pipeline.store.feeds import feeds
from tests.conftest import with_database
from tests.web.rows import add_article, add_known_link, add_story, article_of
from tests.web.served import served
from web.app import create_app

pytestmark = pytest.mark.slow

EXAMPLES = 6  # of each of 66 operations: a minute or two in all
DATABASE = "web_fuzzed"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# The first never ends, as long as nobody goes; the second says 503 where no worker runs, as here.
OTHERS = ["/api/v1/events", "/readyz"]

SCHEMA = schemathesis.openapi.from_dict(create_app(Settings()).openapi()).exclude(path=OTHERS)


@pytest.fixture(scope="module")
def address(services: Services, template: str) -> Iterator[str]:
    """A web process with a few rows of everything, and no way to any site."""
    with psycopg.connect(services.database_url, autocommit=True) as conn:
        # With several test processes, tests of other modules may stand between those of this one, which then begins again.
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(DATABASE), sql.Identifier(template)))
    settings = Settings(
        database_url=with_database(services.database_url, DATABASE), redis_url=services.redis_url, fetch=Fetch(allow_networks=[])
    )
    with connect(settings) as conn:
        feeds.add(conn, "https://example.org/feed")
        one, two = (add_article(conn, add_known_link(conn, f"https://example.org/{n}"), article_of(f"Budget {n}", "")) for n in range(2))
        add_story(conn, one, two)
        assert stories.listing(conn)
        add_known_link(conn, "https://example.org/failed", state="failed", code="http_404")
    with served(settings) as serving:
        yield serving


@SCHEMA.parametrize()
@hypothesis.settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True)
def test_no_answer_is_a_fault_or_undocumented(case: schemathesis.Case, address: str) -> None:
    answer = case.call(base_url=address, timeout=60)
    case.validate_response(answer, checks=CHECKS)
