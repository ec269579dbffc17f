"""What `newsmill up` passes on, checks and says."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import psycopg
import pytest

from cli.errors import UpError
from cli.local import announce, up, user_settings
from cli.local.announce import Say
from cli.local.services import Services
from cli.local.stop_signals import StopRequests
from cli.local.supervise import Out, Program
from pipeline.settings import Fetch, Postgres, Retry, Settings, Web, load_settings
from pipeline.store import workers


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_children_get_exactly_the_settings_of_their_parent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = Settings(
        database_url="postgresql://a:b@127.0.0.1/c",
        data_dir=tmp_path / "with space",
        log_format="json",
        fetch=Fetch(allow_networks=["127.0.0.0/8"], min_gap_s=0.5, honour_robots=False, contact='https://a.test/"hi"'),
        retry=Retry(delays_s=[3, 6, 9]),
    )
    monkeypatch.setenv("NEWSMILL_FETCH__MIN_GAP_S", "77")
    for name, value in up.environment(given).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == given


def test_a_taken_port_is_refused_in_one_sentence(taken: int) -> None:
    with pytest.raises(UpError, match=rf"is using 127\.0\.0\.1:{taken}; .*NEWSMILL_WEB__PORT") as refused:
        up.with_free_ports(Settings(web=Web(port=taken)))
    assert "\n" not in str(refused.value)
    with pytest.raises(UpError, match="NEWSMILL_WEB__FLOWER_PORT"):
        up.with_free_ports(Settings(web=Web(port=0, flower_port=taken)))


def test_port_0_and_the_demo_take_free_ports(taken: int) -> None:
    found = up.with_free_ports(Settings(web=Web(port=taken, flower_port=0)), any_will_do=True).web
    assert 0 not in (found.port, found.flower_port)
    assert taken not in (found.port, found.flower_port)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(redis_url="redis://:secret@127.0.0.1:9/0", database_url="postgresql://127.0.0.1:9/x"), "NEWSMILL_REDIS_URL"),
        (Settings(redis_url="nonsense", database_url="postgresql://127.0.0.1:9/x"), "NEWSMILL_REDIS_URL"),
    ],
)
def test_a_service_that_does_not_answer_is_named(settings: Settings, words: str) -> None:
    with pytest.raises(UpError, match=words) as refused:
        up.prepare(settings)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_where_things_are_hides_the_password() -> None:
    found = Settings(database_url="postgresql://newsmill:secret@127.0.0.1:2/newsmill", web=Web(host="0.0.0.0", port=81, flower_port=82))
    text = "\n".join(announce.where_things_are(found))
    assert "http://127.0.0.1:81" in text
    assert "http://127.0.0.1:82" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("terminal", "given", "children"), [(True, "auto", "bare"), (False, "auto", "json"), (True, "json", "json"), (False, "console", "bare")]
)
def test_lines_for_a_person_come_without_a_clock_of_their_own(
    terminal: bool, given: Literal["auto", "json", "console"], children: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    assert up.environment(Settings(log_format=given))["NEWSMILL_LOG_FORMAT"] == children


def test_the_start_says_what_is_started_and_what_is_used(tmp_path: Path) -> None:
    assert announce.starting(Settings(), tmp_path) == f"starting Postgres and Valkey on {tmp_path} (new: its database is created first)"
    (tmp_path / "postgres").mkdir()
    mixed = Settings(redis_url="redis://:secret@queue:6379/0")
    assert announce.starting(mixed, tmp_path) == f"starting Postgres on {tmp_path}; using Redis at redis://:***@queue:6379/0"


def test_the_end_says_where_the_data_is_and_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAKELEVEL", raising=False)
    monkeypatch.setattr("sys.argv", ["pytest"])
    usual, other = tmp_path / "data", tmp_path / "other"
    assert announce.farewell(usual) == f"stopped; the data is in {usual}, and `newsmill up` continues with it"
    assert announce.farewell(other) == f"stopped; the data is in {other}, and `newsmill --data {other} up` continues with it"
    monkeypatch.setenv("MAKELEVEL", "1")
    assert "`make up` continues" in announce.farewell(usual)
    assert f"`make up DATA={other}` continues" in announce.farewell(other)
    assert f"`make demo DATA={other}` continues" in announce.farewell(other, "demo")


def test_ready_is_said_once_every_kind_of_worker_has_reported_since(settings: Settings, conn: psycopg.Connection) -> None:
    for queue in ("control", "poll", "fetch"):
        workers.report(conn, f"{queue}@here", queue, 4, "0.1", 5.0)
    assert not announce.all_ready(settings, 60)
    workers.report(conn, "extract@here", "extract", 4, "0.1", 5.0)
    assert announce.all_ready(settings, 60)
    conn.execute("UPDATE workers SET seen_at = now() - interval '30 s' WHERE queue = 'extract'")  # of the run before
    assert not announce.all_ready(settings, 10)


def test_processes_are_those_of_the_stack_and_beat_stops_first(tmp_path: Path) -> None:
    found = up.programs(Settings(), tmp_path)
    assert [one.name for one in found] == ["beat", "control", "poll", "fetch", "extract", "flower", "web"]
    assert [one.name for one in found if one.first_to_stop] == ["beat"]
    assert len({one.environment["NEWSMILL_HEARTBEAT_FILE"] for one in found}) == len(found)


def test_a_change_starts_postgres_again_only_where_it_concerns_postgres(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = Settings(web=Web(port=0, flower_port=0))
    changed = [first.model_copy(update={"log_level": "debug"}), first.model_copy(update={"postgres": Postgres(max_connections=150)})]
    started, ran = list[int](), list[dict[str, str]]()

    @contextlib.contextmanager
    def services(*_: object, tuned: Postgres, **__: object) -> Iterator[Services]:
        started.append(tuned.max_connections)
        yield Services("postgresql://127.0.0.1:1/x", "redis://127.0.0.1:1/0", None, None)

    def run(
        programs: list[Program], *, out: Out, stops: StopRequests, tick: Callable[[Say], None], enough: Callable[[], bool], **_: object
    ) -> None:
        ran.append(programs[0].environment)
        if not changed:
            stops.count = 1
            return
        (tmp_path / "newsmill.toml").write_text(f"# the {len(ran)}th change\n")
        tick(out.say)
        assert enough()

    monkeypatch.setattr(up.services, "running", services)
    monkeypatch.setattr(up.supervise, "run", run)
    monkeypatch.setattr(up, "prepare", lambda _: None)
    monkeypatch.setattr(up, "announcer", lambda _: lambda say: None)
    up.run(first, tmp_path, also=lambda _: lambda say: None, reload=lambda: changed.pop(0))
    assert started == [first.postgres.max_connections, 150]
    assert [env["NEWSMILL_LOG_LEVEL"] for env in ran] == ["info", "debug", "info"]


def test_set_says_what_starts_again() -> None:
    assert user_settings._then(["fetch.contact"], running=True) == "the running `newsmill up` restarts its workers with them"
    assert "Postgres too" in user_settings._then(["fetch.contact", "postgres.max_connections"], running=True)
    assert user_settings._then(["postgres.max_connections"], running=False) == "they apply when `newsmill up` starts"
