"""From a host name to a connection that may be used: resolve once, judge every address, dial a judged one.

`_new_conn` of urllib3's connection classes is the one place where a name becomes a connection, so the guard sits there:
the address judged is the address dialled, while TLS, the Host header and the pools go on working with the name.
"""

from __future__ import annotations

import http
import http.client
import queue
import socket
import ssl
import threading
from functools import cache, partial
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from pipeline.fetch import guard
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.timers import Alarm
from pipeline.outcomes import Failure

_POOLS = 512  # hosts whose connections are kept
_Pools = TypeVar("_Pools", bound=PoolManager)
_POOL_SIZE = 2  # connections kept for a host; politeness seldom has more than one in use


class Dialler(threading.local):
    """Dials for the fetch that the calling thread is in. `dialled` tells whether that fetch got a new connection.
    `known`: the operator has said who asks; a stranger only dials loopback."""

    def __init__(self, rules: guard.Rules, connect_timeout_s: float, *, known: bool) -> None:
        self._rules = rules
        self._known = known
        self._connect_timeout_s = connect_timeout_s
        self.deadline = Deadline(0, Alarm())
        self.dialled = False

    def dial(self, host: str, port: int, *, proxy: bool = False) -> socket.socket:
        """A connection to a judged address of the host. Raises Failure dns, connect, timeout, blocked_address, blocked_port,
        no_contact. A proxy is the operator's choice and is not judged."""
        self.dialled = True
        addresses = self._addresses(host, port) if proxy else self.judged(host, port)
        for address in addresses:
            try:
                return self._connect(address, port)
            except OSError:
                self.deadline.left()
        raise Failure("connect", f"No connection to {host} on port {port} could be made.")

    def judged(self, host: str, port: int) -> list[str]:
        """The addresses of the host, all of which may be dialled. Raises as `dial` does."""
        addresses = self._addresses(host, port)
        for address in addresses:
            guard.check_address(address, self._rules)
            guard.check_port(address, port, self._rules)
        if not self._known:
            guard.check_stranger(addresses)
        return addresses

    def reuse(self, sock: socket.socket) -> None:
        """Put a connection of an earlier fetch under the deadline of this one."""
        self.deadline.watch(sock)

    def _addresses(self, host: str, port: int) -> list[str]:
        return [host] if guard.is_address(host) else resolve(host, port, self.deadline.left())

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


class _FinalResponse(http.client.HTTPResponse):
    """http.client only passes over 100 and takes any other interim answer, such as 103 Early Hints, for the final one. The final one
    would then be read as the answer to the next request on the connection."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        if status == http.HTTPStatus.SWITCHING_PROTOCOLS:
            raise http.client.BadStatusLine("101 without being asked to")
        return version, http.HTTPStatus.CONTINUE if 100 < status < 200 else status, reason


class GuardedHTTPConnection(HTTPConnection):
    response_class = _FinalResponse

    def __init__(self, *args: Any, dialler: Dialler, **options: Any) -> None:
        super().__init__(*args, **options)
        self._dialler = dialler

    def _new_conn(self) -> socket.socket:
        return self._dialler.dial(self.host.strip("[]"), self.port, proxy=self.proxy is not None)

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


def _guarded(pools: _Pools, dialler: Dialler) -> _Pools:
    """The same pools with connections that dial through `dialler`; a pool hands what it does not know to its connections."""
    classes: dict[str, Any] = {"http": partial(_HTTPPool, dialler=dialler), "https": partial(_HTTPSPool, dialler=dialler)}
    pools.pool_classes_by_scheme = classes
    return pools


@cache
def _trusting(authorities: str) -> ssl.SSLContext:
    """Checks certificates against the authorities of this file. Shared by all clients: to load them takes 15 ms."""
    return ssl.create_default_context(cafile=authorities)


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over guarded connections; certificates are always checked.

    `proxy` is an http:// address or empty: http goes through it in absolute form, https by CONNECT (RFC 9110 section 9.3.6).
    Who sends through a proxy has the target judged first, because only the proxy's address is dialled.
    """

    def __init__(self, dialler: Dialler, proxy: str = "") -> None:
        self._dialler = dialler
        self._proxy = proxy
        self._tls = _trusting(DEFAULT_CA_BUNDLE_PATH)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        pools = PoolManager(num_pools=_POOLS, maxsize=_POOL_SIZE)
        self.poolmanager = _guarded(pools, self._dialler)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if proxy not in self.proxy_manager:
            pools = ProxyManager(proxy, num_pools=_POOLS, maxsize=_POOL_SIZE, proxy_headers=self.proxy_headers(proxy))
            self.proxy_manager[proxy] = _guarded(pools, self._dialler)
        return self.proxy_manager[proxy]

    def add_headers(self, request: requests.PreparedRequest, **options: Any) -> None:
        """The proxy's password, for the proxy only: inside a CONNECT it would reach the site."""
        if self._proxy and str(request.url).startswith("http:"):
            request.headers.update(self.proxy_headers(self._proxy))

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._tls} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to set: the context checks the certificate and the name, and has its authorities loaded."""
