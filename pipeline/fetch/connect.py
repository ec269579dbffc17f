"""From a host name to a connection that may be used: resolve once, judge every address, dial a judged one.

`_new_conn` of urllib3's connection classes is the one place where a name becomes a connection, so the guard sits there:
the address judged is the address dialled, while TLS, the Host header and the pools go on working with the name.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from pipeline.fetch import guard
from pipeline.fetch.deadline import Deadline
from pipeline.outcomes import Failure

_POOLS = 512  # hosts whose connections are kept
_POOL_SIZE = 2  # connections kept for a host; politeness seldom has more than one in use


class Dialler(threading.local):
    """Dials for the fetch that the calling thread is in. `dialled` tells whether that fetch got a new connection."""

    def __init__(self, rules: guard.Rules, connect_timeout_s: float) -> None:
        self._rules = rules
        self._connect_timeout_s = connect_timeout_s
        self.deadline = Deadline(0)
        self.dialled = False

    def dial(self, host: str, port: int) -> socket.socket:
        """A connection to a judged address of the host. Raises Failure dns, connect, timeout, blocked_address, blocked_port."""
        self.dialled = True
        addresses = [host] if guard.is_address(host) else resolve(host, port, self.deadline.left())
        for address in addresses:
            guard.check_address(address, self._rules)
            guard.check_port(address, port, self._rules)
        for address in addresses:
            try:
                return self._connect(address, port)
            except OSError:
                self.deadline.left()
        raise Failure("connect", f"No connection to {host} on port {port} could be made.")

    def reuse(self, sock: socket.socket) -> None:
        """Put a connection of an earlier fetch under the deadline of this one."""
        self.deadline.watch(sock)

    def _connect(self, address: str, port: int) -> socket.socket:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(min(self._connect_timeout_s, self.deadline.left()))
            sock.connect((address, port))
            sock.settimeout(self.deadline.left())
            self.deadline.watch(sock)
        except BaseException:
            sock.close()
            raise
        return sock


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name, each once, in the resolver's order. Raises Failure dns or timeout.

    The system's resolver knows no time limit, so it is asked in a thread that is left behind when it hangs.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(info[4][0]) for info in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise Failure("timeout", f"The name {host} was not resolved in time.") from None
    if isinstance(answer, Exception) or not answer:
        raise Failure("dns", f"The host name {host} could not be resolved.")
    return answer


class GuardedHTTPConnection(HTTPConnection):
    def __init__(self, *args: Any, dialler: Dialler, **options: Any) -> None:
        super().__init__(*args, **options)
        self._dialler = dialler

    def _new_conn(self) -> socket.socket:
        return self._dialler.dial(self.host.strip("[]"), self.port)

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None and not self._dialler.dialled:
            self._dialler.reuse(self.sock)
        super().request(*args, **options)


class GuardedHTTPSConnection(GuardedHTTPConnection, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


class _Pools(PoolManager):
    """Pools whose connections dial through `dialler`; urllib3 hands `conn_kw` to each connection it makes."""

    def __init__(self, dialler: Dialler) -> None:
        super().__init__(num_pools=_POOLS, maxsize=_POOL_SIZE)
        self.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        self._dialler = dialler

    def _new_pool(self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        pool.conn_kw["dialler"] = self._dialler
        return pool


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over guarded connections. Proxies are not followed; certificates are always checked."""

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler
        self._tls = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)  # loaded once, it takes 15 ms
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        self.poolmanager = _Pools(self._dialler)

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._tls} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to set: the context checks the certificate and the name, and has its authorities loaded."""
