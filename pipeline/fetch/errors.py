"""Map whatever the network stack raises to one of the stable failure codes."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import requests.exceptions
import urllib3.exceptions

from pipeline.outcomes import Failure

# The first row that fits any exception of the chain decides, so specific rows come first.
_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "timeout"),
    (urllib3.exceptions.ReadTimeoutError, "timeout"),
    (requests.exceptions.ReadTimeout, "timeout"),
    (urllib3.exceptions.ConnectTimeoutError, "connect"),
    (http.client.RemoteDisconnected, "protocol_error"),  # an empty answer; also a ConnectionResetError
    (ConnectionResetError, "reset"),
    (BrokenPipeError, "reset"),
    (ConnectionAbortedError, "reset"),
    (ssl.SSLError, "tls"),
    (ssl.CertificateError, "tls"),
    (urllib3.exceptions.SSLError, "tls"),
    (requests.exceptions.SSLError, "tls"),
    (http.client.LineTooLong, "headers_too_large"),
    (http.client.IncompleteRead, "truncated"),
    (urllib3.exceptions.IncompleteRead, "truncated"),
    (urllib3.exceptions.InvalidChunkLength, "protocol_error"),
    (http.client.HTTPException, "protocol_error"),
    (urllib3.exceptions.DecodeError, "bad_encoding"),
    (requests.exceptions.InvalidURL, "bad_url"),
    (urllib3.exceptions.LocationValueError, "bad_url"),
    (urllib3.exceptions.NewConnectionError, "connect"),
    (ConnectionRefusedError, "connect"),
    (requests.exceptions.ProxyError, "connect"),
)


def failure(error: BaseException) -> Failure:
    """The Failure for `error`; protocol_error if no row of the table fits."""
    if isinstance(error, Failure):
        return error
    chain = list(_chain(error))
    if any("got more than" in str(e) and "headers" in str(e) for e in chain if type(e) is http.client.HTTPException):
        return Failure("headers_too_large", "The response has too many headers.")
    for kind, code in _CODES:
        if any(isinstance(e, kind) for e in chain):
            return Failure(code)
    return Failure("protocol_error", f"The response could not be read ({type(chain[-1]).__name__}).")


def gone(error: BaseException) -> bool:
    """Whether the other side closed the connection instead of answering, as it does with a connection kept for too long."""
    return any(isinstance(e, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)) for e in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that caused it. requests and urllib3 pass the cause as an argument as often as with `raise … from`."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            waiting += [*item.args, item.__cause__, item.__context__, getattr(item, "reason", None)]
