"""What `newsmill up` passes on, checks and says."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import up
from cli.folder import UpError
from pipeline.settings import Fetch, Retry, Settings, Web, load_settings


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
    with pytest.raises(UpError, match=rf"listens on 127\.0\.0\.1:{taken}; .*NEWSMILL_WEB__PORT") as refused:
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
    text = "\n".join(up.where_things_are(found))
    assert "http://127.0.0.1:81" in text
    assert "http://127.0.0.1:82" in text
    assert "secret" not in text


def test_processes_are_those_of_the_stack_and_beat_stops_first(tmp_path: Path) -> None:
    found = up.programs(Settings(), tmp_path)
    assert [one.name for one in found] == ["beat", "control", "poll", "fetch", "extract", "flower", "web"]
    assert [one.name for one in found if one.first_to_stop] == ["beat"]
    assert len({one.environment["NEWSMILL_HEARTBEAT_FILE"] for one in found}) == len(found)
