from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from pipeline.fetch.client import Client
from pipeline.outcomes import Failure
from pipeline.settings import Fetch
from tests.fetch.authority import Authority, new_authority

# Short, since some tests wait for the deadline; long enough for a busy machine to answer itself.
LOOPBACK = Fetch(allow_networks=["127.0.0.0/8"], deadline_s=3.0, connect_timeout_s=3, contact="https://newsmill.test/bot")


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(LOOPBACK)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a test connects to; none but loopback is ever dialled for real."""
    found: list[str] = []
    connect = socket.socket.connect

    def record(self: socket.socket, address: tuple[str, int]) -> None:
        found.append(str(address[0]))
        if not str(address[0]).startswith("127."):
            raise ConnectionRefusedError("not in a test")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", record)
    return found


def failing(client: Client, url: str, kind: str = "page") -> Failure:
    with pytest.raises(Failure) as caught:
        client.get(url, kind=kind)  # type: ignore[arg-type]
    return caught.value


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))
