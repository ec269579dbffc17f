"""Make a connection from a host name: resolve it once, check every address, dial a checked one.

In urllib3, a name becomes a connection only in `_new_conn` of the connection classes, so the guard is there. The checked address is the
one dialled, while TLS, the Host header and the pools still work with the name.
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
from pipeline.fetch.timers import Timers
from pipeline.outcomes import Failure

_POOLS = 512  # hosts whose connections are kept
_Pools = TypeVar("_Pools", bound=PoolManager)
_POOL_SIZE = 2  # connections kept for a host; politeness seldom has more than one in use


class Dialler(threading.local):
    """Dial for the calling thread's fetch.

    `dialled` says whether that fetch opened a new connection. `known` says whether a contact address is set; without one, only loopback
    is dialled.
    """

    def __init__(self, rules: guard.Rules, connect_timeout_s: float, *, known: bool) -> None:
        self._rules = rules
        self._known = known
        self._connect_timeout_s = connect_timeout_s
        self.deadline = Deadline(0, Timers())
        self.dialled = False

    def dial(self, host: str, port: int, *, proxy: bool = False) -> socket.socket:
        """Connect to a checked address of the host. A proxy is the operator's choice and is not checked. Raises Failure dns, connect,
        timeout, blocked_address, blocked_port or no_contact."""
        self.dialled = True
        addresses = self._addresses(host, port) if proxy else self.judged(host, port)
        for address in addresses:
            try:
                return self._connect(address, port)
            except OSError:
                self.deadline.left()
        raise Failure("connect", f"Could not connect to {host} on port {port}.")

    def judged(self, host: str, port: int) -> list[str]:
        """The addresses of the host, after checking that all of them may be dialled. Raises as `dial` does."""
        addresses = self._addresses(host, port)
        for address in addresses:
            guard.check_address(address, self._rules)
            guard.check_port(address, port, self._rules)
        if not self._known:
            guard.check_loopback(addresses)
        return addresses

    def reuse(self, sock: socket.socket) -> None:
        """Apply this fetch's deadline to a connection kept from an earlier fetch."""
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
    """Resolve a name to its addresses, each once, in the resolver's order. Raises Failure dns or timeout.

    The system's resolver has no time limit, so it runs in a thread, which is abandoned if it hangs.
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
    """Skip every interim answer.

    http.client skips only 100. It takes any other one, such as 103 Early Hints, for the final answer, and would read the real one as the
    answer to the next request on the connection.
    """

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
    """The same pools with connections that dial through `dialler`. A pool passes unknown options on to its connections."""
    classes: dict[str, Any] = {"http": partial(_HTTPPool, dialler=dialler), "https": partial(_HTTPSPool, dialler=dialler)}
    pools.pool_classes_by_scheme = classes
    return pools


@cache
def _trusting(authorities: str) -> ssl.SSLContext:
    """Check certificates against the authorities in this file. All clients share the context, because loading takes 15 ms."""
    return ssl.create_default_context(cafile=authorities)


class GuardedAdapter(HTTPAdapter):
    """requests' adapter with guarded connections. It always checks certificates.

    `proxy` is an http:// address or empty. http goes through it in absolute form, https by CONNECT (RFC 9110 section 9.3.6). With a
    proxy the caller must check the target first, because only the proxy's address is dialled.
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
        """Add the proxy's password for the proxy only: inside a CONNECT tunnel the site would see it."""
        if self._proxy and str(request.url).startswith("http:"):
            request.headers.update(self.proxy_headers(self._proxy))

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._tls} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: the TLS context already checks certificate and name, and has its authorities loaded."""
