"""What Prometheus gets."""

from __future__ import annotations

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from psycopg import Connection

from pipeline.settings import Settings
from pipeline.store import workers
from pipeline.store.maintenance import periodic_runs
from tests.web.rows import add_link
from web.app import create_app


def samples(client: TestClient) -> dict[tuple[str, ...], float]:
    """The value of each sample by its name and the values of its labels, which are in the order of their names."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        assert family.type == "gauge"
        for sample in family.samples:
            found[(sample.name, *(sample.labels[label] for label in sorted(sample.labels)))] = sample.value
    return found


def test_refused_fetches_are_counted_by_their_code(client: TestClient, conn: Connection) -> None:
    for number, code in enumerate(["blocked_address", "blocked_address", "blocked_port"]):
        add_link(conn, f"https://example.org/{number}", state="failed", code=code)
    found = samples(client)
    assert found["newsmill_links_ended", "blocked_address", "failed"] == 2
    assert found["newsmill_links_ended", "blocked_port", "failed"] == 1


def test_metrics_say_where_everything_stands(client: TestClient, conn: Connection) -> None:
    add_link(conn, "https://example.org/a")
    conn.execute("UPDATE links SET due_at = now() - interval '90 s'")
    conn.execute("INSERT INTO hosts (name, paused_until) VALUES ('paused.test', now() + interval '1 h')")
    workers.report(conn, "fetch@one", "fetch", 16, "0.1.0", 0.0)
    workers.report(conn, "fetch@two", "fetch", 16, "0.1.0", 0.0)
    workers.report(conn, "poll@lost", "poll", 8, "0.1.0", 0.0)
    conn.execute("UPDATE workers SET seen_at = now() - interval '5 min' WHERE queue = 'poll'")
    found = samples(client)
    assert found["newsmill_links", "waiting"] == 1
    assert found["newsmill_links", "stored"] == 0
    assert found["newsmill_queue_due", "fetch"] == 1
    assert 90 <= found["newsmill_queue_lag_seconds", "fetch"] < 300
    assert found[("newsmill_hosts_paused",)] == 1
    assert found["newsmill_workers", "fetch"] == 2
    assert found["newsmill_worker_slots", "fetch"] == 32
    assert ("newsmill_workers", "poll") not in found, "a worker that is silent counts no more"
    assert found[("newsmill_redis_up",)] == 1


def test_metrics_do_without_redis_and_without_postgres(settings: Settings, conn: Connection) -> None:
    add_link(conn, "https://example.org/a")
    gone = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with TestClient(create_app(gone), base_url="http://localhost") as client:
        found = samples(client)
    assert (found[("newsmill_redis_up",)], found[("newsmill_postgres_up",)], found["newsmill_links", "waiting"]) == (0, 1, 1)
    lost = settings.model_copy(update={"database_url": "postgresql://127.0.0.1:1/none"})
    with TestClient(create_app(lost), base_url="http://localhost", client=("127.0.0.1", 1)) as client:
        found = samples(client)
    assert (found[("newsmill_redis_up",)], found[("newsmill_postgres_up",)], found[("newsmill_ready",)]) == (1, 0, 0)
    assert found["newsmill_check", "postgres"] == 2
    assert ("newsmill_links", "waiting") not in found


def test_an_alarm_can_be_set_on_the_age_of_the_last_tick_and_on_every_check(client: TestClient, conn: Connection) -> None:
    periodic_runs.completed(conn, "dispatch")
    conn.execute("UPDATE periodic SET completed_at = now() - interval '1 minute'")
    found = samples(client)
    assert 60 <= found["newsmill_periodic_age_seconds", "dispatch"] < 300
    assert found["newsmill_check", "ticks"] == 2
    assert found["newsmill_check", "redis writes"] == 0
    assert found[("newsmill_ready",)] == 0
