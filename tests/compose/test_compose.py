"""The stack of docker-compose.yml, run for real: `make test-compose`. It builds the image, so the first run takes some minutes."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pipeline.store.queue.queues import QUEUES
from tests.compose import site
from tests.compose.stack import SITE, Stack, engine_missing, prepare

WORKERS = ("beat", *(f"{name}-worker" for name in QUEUES))
OURS = (*WORKERS, "web", "flower")
SERVICES = ("postgres", "redis", *OURS)
LISTED, PAGES = 5, 40
STORED_WITHIN_S = 120
# Celery's signal handler writes this, and an empty line before it, past all logging.
CELERY_SAYS = {"", "worker: Warm shutdown (MainProcess)"}

pytestmark = [pytest.mark.compose, pytest.mark.timeout(2400)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stack]:
    if missing := engine_missing():
        pytest.skip(f"there is no Docker engine with Compose to run the stack on: {missing}")
    one = prepare(tmp_path_factory.mktemp("newsmill"))
    site.write(one.folder / "site", SITE, PAGES, LISTED)
    failed_before = request.session.testsfailed
    up = False
    try:
        one.compose("build", timeout_s=1500)
        one.up()
        up = True
        yield one
    finally:
        if not up or request.session.testsfailed > failed_before:
            print(one.compose("ps", "--all", check=False).stdout)
            print(one.compose("logs", "--no-color", "--tail", "60", check=False).stdout)
        one.remove()


@pytest.fixture(scope="module")
def fresh_urls() -> Iterator[str]:
    """Articles that nobody has asked for yet, one after the other."""
    return iter([f"{SITE}/article-{number}.html" for number in range(LISTED, PAGES)])


def test_every_service_is_healthy(stack: Stack) -> None:
    assert health(stack) == {service: ["healthy"] for service in SERVICES}
    assert [one["State"]["ExitCode"] for one in stack.containers()["migrate"]] == [0]


def test_only_web_and_flower_are_published_and_on_loopback_only(stack: Stack) -> None:
    published = {
        (service, port["HostIp"], int(port["HostPort"]))
        for service, ones in stack.containers().items()
        for one in ones
        for ports in (one["NetworkSettings"]["Ports"] or {}).values()
        for port in ports or []
    }
    assert published == {("web", "127.0.0.1", stack.web_port), ("flower", "127.0.0.1", stack.flower_port)}


def test_no_process_of_ours_is_root_or_can_write_to_its_image(stack: Stack) -> None:
    for service in OURS:
        told = stack.compose(
            "exec", "-T", service, "sh", "-c", "id -u; touch /app/config/x /opt/newsmill/x 2>&1; cat /proc/1/status"
        ).stdout
        assert told.splitlines()[0] == "10001", service
        assert told.count("Read-only file system") == 2, told
        assert "CapEff:\t0000000000000000" in told, told
        assert "NoNewPrivs:\t1" in told, told


def test_each_container_is_limited_restarted_and_has_its_logs_rotated(stack: Stack) -> None:
    running = {name: ones for name, ones in stack.containers().items() if name in SERVICES}
    for service, ones in running.items():
        host: dict[str, Any] = ones[0]["HostConfig"]
        assert host["ReadonlyRootfs"] is (service != "postgres"), service
        assert host["Init"], service
        assert host["Memory"] > 0, service
        assert host["NanoCpus"] > 0, service
        assert host["RestartPolicy"]["Name"] == "unless-stopped", service
        assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "5"}}, service
        assert ones[0]["Config"]["StopTimeout"] == 60, service


def test_redis_asks_for_its_password_and_drops_nothing(stack: Stack) -> None:
    refused = stack.compose("exec", "-T", "-e", "REDISCLI_AUTH=", "redis", "redis-cli", "ping", check=False)
    assert "NOAUTH" in refused.stdout + refused.stderr
    for name, value in {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}.items():
        assert stack.compose("exec", "-T", "redis", "redis-cli", "config", "get", name).stdout.split() == [name, value]


def test_flower_asks_for_its_password(stack: Stack) -> None:
    assert stack.flower_status("/") == 401
    assert stack.flower_status("/", stack.flower_password) == 200


def test_web_is_ready_and_answers_only_to_its_names(stack: Stack) -> None:
    assert stack.web("/readyz") == {"ready": True, "problems": []}
    with pytest.raises(urllib.error.HTTPError, match="400"):
        stack.web("/healthz", host="elsewhere.example")


def test_an_enqueued_url_is_stored_and_readable(stack: Stack, fresh_urls: Iterator[str]) -> None:
    url = next(fresh_urls)
    stack.newsmill("enqueue", url, "--wait", "--timeout", f"{STORED_WITHIN_S}s")
    article = stack.web(f"/api/v1/articles/{article_id(stack, url)}")
    assert article["title"].startswith(site.TOWNS)
    assert article["authors"] == ["Mara Ellwood"]
    assert article["word_count"] > 200


def test_a_url_that_fails_is_told_by_the_exit_status(stack: Stack) -> None:
    ran = stack.newsmill("enqueue", f"{SITE}/missing.html", "--wait", "--timeout", f"{STORED_WITHIN_S}s", check=False)
    assert ran.returncode == 1
    assert "http_404" in ran.stdout + ran.stderr


def test_a_feed_is_polled_and_all_its_articles_are_stored(stack: Stack) -> None:
    stack.newsmill("add", f"{SITE}/feed.xml")
    wait_for_stored(stack, {f"{SITE}/article-{number}.html" for number in range(LISTED)})


def test_files_of_the_folder_are_taken_in_and_cannot_be_written(stack: Stack, fresh_urls: Iterator[str]) -> None:
    (stack.folder / "saved.html").write_bytes((stack.folder / "site" / next(fresh_urls).rpartition("/")[2]).read_bytes())
    (stack.folder / "more.txt").write_text(f"{SITE}/feed.xml\n", encoding="utf-8")
    ran = stack.newsmill("enqueue", "saved.html", "--wait", "--timeout", f"{STORED_WITHIN_S}s")
    assert "stored: saved.html" in ran.stdout
    assert "1 known" in stack.newsmill("import", "more.txt").stdout
    assert stack.newsmill("export", "--output", "x.jsonl", check=False).returncode != 0
    assert not (stack.folder / "x.jsonl").exists()


def test_a_password_in_a_file_is_not_in_what_the_engine_tells_of_a_container(stack: Stack) -> None:
    password = (stack.folder / "postgres-password").read_text(encoding="utf-8").strip()
    assert password not in json.dumps([one["Config"] for ones in stack.containers().values() for one in ones])


def test_a_postgres_of_the_operators_own_is_used_by_its_address(stack: Stack) -> None:
    """The one that comes along stands for it: it runs, but this call knows it by its address only."""
    password = quote((stack.folder / "postgres-password").read_text(encoding="utf-8").strip(), safe="")
    own = {
        "COMPOSE_PROFILES": "",
        "POSTGRES_PASSWORD_FILE": "",
        "REDIS_PASSWORD": "",
        "NEWSMILL_DATABASE_URL": f"postgresql://newsmill:{password}@postgres:5432/newsmill",
        "NEWSMILL_REDIS_URL": "redis://nowhere:6379/0",
    }
    assert not {"postgres", "redis"} & set(stack.compose("config", "--services", variables=own).stdout.split())
    told = stack.compose("run", "--rm", "-T", "--no-deps", "cli", "doctor", "--json", variables=own, check=False).stdout
    levels = {check["name"]: check["level"] for check in map(json.loads, told.splitlines())}
    assert (levels["postgres"], levels["redis"]) == ("ok", "fail")


def test_extract_workers_scale(stack: Stack, fresh_urls: Iterator[str]) -> None:
    stack.up("--no-recreate", "--scale", "extract-worker=3")
    assert health(stack)["extract-worker"] == ["healthy"] * 3
    urls = [next(fresh_urls) for _ in range(6)]
    stack.newsmill("enqueue", *urls, "--wait", "--timeout", f"{STORED_WITHIN_S}s")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_was_stopped_and_started_again_is_missed_by_nobody(stack: Stack, fresh_urls: Iterator[str], service: str) -> None:
    before, during, after = next(fresh_urls), next(fresh_urls), next(fresh_urls)
    stack.newsmill("enqueue", before)  # on its way while the service goes
    stack.compose("stop", service)
    assert {one["State"]["ExitCode"] for one in stack.containers()[service]} <= {0}, "it was killed, or it did not end in order"
    taken = stack.newsmill("enqueue", during, deps=False, check=False)
    if service == "postgres":
        assert taken.returncode == 1
        assert "Postgres at postgres" in taken.stderr
        assert "Traceback" not in taken.stderr
        during = before
    else:
        assert taken.returncode == 0, taken.stderr
    stack.compose("start", service)
    stack.newsmill("enqueue", after, "--wait", "--timeout", f"{STORED_WITHIN_S}s")
    wait_for_stored(stack, {before, during, after})


def test_everything_is_healthy_at_the_end_and_nothing_was_restarted(stack: Stack) -> None:
    deadline = time.monotonic() + 120
    expected = {service: ["healthy"] * (3 if service == "extract-worker" else 1) for service in SERVICES}
    while health(stack) != expected and time.monotonic() < deadline:
        time.sleep(3)
    assert health(stack) == expected
    assert {service: ones[0]["RestartCount"] for service, ones in stack.containers().items() if ones[0]["RestartCount"]} == {}


def test_logs_are_one_json_object_a_line(stack: Stack) -> None:
    for service in (*WORKERS, "web"):
        lines = stack.compose("logs", "--no-color", "--no-log-prefix", service).stdout.splitlines()
        assert {line for line in lines if not line.startswith("{")} <= CELERY_SAYS, service
    told = stack.compose("logs", "--no-color", "--no-log-prefix", "fetch-worker").stdout.splitlines()
    fetched = [one for one in (json.loads(line) for line in told if line.startswith("{")) if one["event"] == "fetch"]
    assert any(one["outcome"] == "ok" and one["task"] and one["url"].startswith(SITE) for one in fetched), told[-5:]


@pytest.mark.parametrize("missing", ["POSTGRES_PASSWORD", "REDIS_PASSWORD", "FLOWER_PASSWORD"])
def test_compose_refuses_to_start_without_a_password(stack: Stack, tmp_path: Path, missing: str) -> None:
    lines = (stack.folder / ".env").read_text(encoding="utf-8").splitlines()
    (tmp_path / "env").write_text("\n".join(line for line in lines if not line.startswith(missing)), encoding="utf-8")
    command = ["docker", "compose", "--env-file", str(tmp_path / "env"), "-f", "docker-compose.yml", "config", "--quiet"]
    ran = subprocess.run(command, cwd=stack.folder, capture_output=True, text=True, timeout=60)
    assert ran.returncode != 0
    assert f"set {missing} in .env" in ran.stderr


def health(stack: Stack) -> dict[str, list[str]]:
    """The health of every running container of the stack, by service."""
    told = {name: [one["State"].get("Health", {}).get("Status", "none") for one in ones] for name, ones in stack.containers().items()}
    return {name: told[name] for name in SERVICES if name in told}


def links(stack: Stack) -> dict[str, dict[str, Any]]:
    return {link["url"]: link for link in stack.web("/api/v1/links?limit=200")["links"]}


def article_id(stack: Stack, url: str) -> int:
    return int(links(stack)[url]["article_id"])


def wait_for_stored(stack: Stack, urls: set[str]) -> None:
    deadline = time.monotonic() + STORED_WITHIN_S
    while True:
        known = links(stack)
        states = {url: known[url]["state"] if url in known else "unknown" for url in urls}
        if set(states.values()) == {"stored"}:
            return
        assert time.monotonic() < deadline, {url: (state, known.get(url)) for url, state in states.items() if state != "stored"}
        time.sleep(1)
