from __future__ import annotations

import http.client
import ssl

import pytest
import requests.exceptions as r
import urllib3.exceptions as u

from pipeline.fetch.errors import failure
from pipeline.outcomes import Failure


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Failure("dns"), "dns"),
        (r.ConnectionError(u.ProtocolError("x", http.client.RemoteDisconnected("y"))), "protocol_error"),
        (r.ConnectionError(u.ProtocolError("x", ConnectionResetError())), "reset"),
        (BrokenPipeError(), "reset"),
        (r.SSLError(ssl.SSLError("bad")), "tls"),
        (r.SSLError(u.MaxRetryError(None, "/", u.SSLError(ssl.SSLCertVerificationError("expired")))), "tls"),  # type: ignore[arg-type]
        (r.ReadTimeout(), "timeout"),
        (u.ReadTimeoutError(None, "/", "slow"), "timeout"),  # type: ignore[arg-type]
        (TimeoutError(), "timeout"),
        (r.ConnectTimeout(u.ConnectTimeoutError("x")), "connect"),
        (ConnectionRefusedError(), "connect"),
        (r.ProxyError(u.ProxyError("x", OSError("Tunnel connection failed: 403 Forbidden"))), "connect"),
        (r.ConnectionError(u.ProtocolError("x", http.client.LineTooLong("header line"))), "headers_too_large"),
        (r.ConnectionError(u.ProtocolError("x", http.client.HTTPException("got more than 100 headers"))), "headers_too_large"),
        (r.ConnectionError(u.ProtocolError("x", http.client.BadStatusLine("garbage"))), "protocol_error"),
        (u.ProtocolError("x", u.IncompleteRead(5, 10)), "truncated"),
        (http.client.IncompleteRead(b""), "truncated"),
        (u.DecodeError("gzip"), "bad_encoding"),
        (r.InvalidURL("x"), "bad_url"),
        (u.LocationParseError("x"), "bad_url"),
        (ValueError("anything else"), "protocol_error"),
        (KeyError("anything else"), "protocol_error"),
    ],
)
def test_every_error_has_a_code(error: Exception, code: str) -> None:
    assert failure(error).code == code


def test_the_cause_of_an_error_counts() -> None:
    error = RuntimeError()
    error.__cause__ = ConnectionResetError()
    assert failure(error).code == "reset"
