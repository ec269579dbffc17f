"""The one way out: every request that newsmill makes goes through this client.

It follows redirects itself, judging each hop anew, because requests would read the whole body of a redirect first. It
works on requests' adapter and not on its Session, so that no cookie, netrc entry, proxy variable or header of one fetch
can reach another.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar

from pipeline.fetch import body, content, errors, guard
from pipeline.fetch.connect import Dialler, GuardedAdapter
from pipeline.fetch.content import Kind
from pipeline.fetch.deadline import Deadline
from pipeline.normalise import urls
from pipeline.normalise.urls import Url
from pipeline.outcomes import Failure
from pipeline.settings import Fetch

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SENDABLE = frozenset({"if-none-match", "if-modified-since"})  # all that a caller may add to a request
_ERROR_BODY = 64 * 1024  # bytes read of an answer that is no page; enough to see why
_ROBOTS_REDIRECTS = 5  # RFC 9309 section 2.3.1.2


@dataclass(frozen=True, slots=True)
class Hop:
    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its headers with names in lower case, its body decoded, and the redirects before it in `hops`.

    `requested_at` is time.monotonic() when the first request was sent, `elapsed_s` the seconds from then to the last byte.
    """

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    body: bytes
    hops: tuple[Hop, ...]
    elapsed_s: float
    requested_at: float


class Client:
    """Fetches for many threads at once, keeping connections open between fetches."""

    def __init__(self, settings: Fetch) -> None:
        self._settings = settings
        self._rules = guard.rules(settings)
        self._dialler = Dialler(self._rules, settings.connect_timeout_s)
        self._adapter = GuardedAdapter(self._dialler)
        self._user_agent = f"{settings.user_agent} (+{settings.contact})" if settings.contact else settings.user_agent

    def get(self, url: str, *, kind: Kind, headers: dict[str, str] | None = None, max_bytes: int | None = None) -> Response:
        """Fetch `url` within the total deadline, following redirects.

        Every HTTP status is a Response; for those that are not 2xx at most 64 KiB of the body are read. Of `headers` only
        the validators If-None-Match and If-Modified-Since are sent. `max_bytes` (default: settings.max_bytes) limits the
        decoded body; a longer page or feed fails, a longer robots.txt is cut. Raises Failure with the code of what went
        wrong and in `final_url` the address where it did.
        """
        at = urls.parse(url)
        limit = max_bytes or self._settings.max_bytes
        sent = {"User-Agent": self._user_agent, "Accept": content.ACCEPT[kind], "Accept-Encoding": body.ACCEPT_ENCODING}
        sent |= _validators(headers or {})
        jar = RequestsCookieJar()  # for this chain only: some sites let nobody in who loses the cookie of the redirect
        hops: list[Hop] = []
        seen = set()
        with Deadline(self._settings.deadline_s) as deadline:
            while True:
                with self._failing_at(at, deadline):
                    seen.add(_footprint(at, jar))
                    with contextlib.closing(self._send(at, sent, jar, deadline)) as answer:
                        _check_headers(answer, self._settings.max_header_bytes)
                        if answer.status_code not in _REDIRECTS:
                            data = _read(answer, kind, limit, deadline)
                            deadline.forget()
                            ended = time.monotonic()
                            return Response(
                                url=url,
                                final_url=at.text,
                                status=answer.status_code,
                                headers={name.lower(): value for name, value in answer.headers.items()},
                                body=data,
                                hops=tuple(hops),
                                elapsed_s=ended - deadline.started,
                                requested_at=deadline.started,
                            )
                        hops.append(Hop(at.text, answer.status_code))
                        following = _target(answer, at)
                    deadline.forget()
                    self._check_chain(kind, len(hops), _footprint(following, jar) in seen)
                    at = following

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._adapter.close()

    def _send(self, at: Url, headers: dict[str, str], jar: RequestsCookieJar, deadline: Deadline) -> requests.Response:
        """The head of the answer. A connection kept from before may have gone stale, so only a new one's failure counts."""
        self._check_door(at)
        request = requests.PreparedRequest()
        request.method, request.url, request.hooks = "GET", at.text, {}
        request.prepare_headers(headers)
        request.prepare_cookies(jar)
        self._dialler.deadline = deadline
        while True:
            self._dialler.dialled = False
            try:
                answer = self._adapter.send(request, stream=True, timeout=(self._settings.connect_timeout_s, deadline.left()))
            except requests.ConnectionError as error:
                if self._dialler.dialled or errors.failure(error).code != "reset":
                    raise
            else:
                extract_cookies_to_jar(jar, request, answer.raw)  # type: ignore[no-untyped-call]
                return answer

    def _check_door(self, at: Url) -> None:
        """Refuse what can be refused without asking for the name."""
        host, port = urls.hostname_of(at), urls.port_of(at)
        if guard.is_address(host):
            guard.check_address(host, self._rules)
            guard.check_port(host, port, self._rules)
        elif port == 0:  # urllib3 would take it for the default port
            raise Failure("blocked_port", "Port 0 is not one that news sites use.")

    def _check_chain(self, kind: Kind, hops: int, repeats: bool) -> None:
        allowed = min(self._settings.max_redirects, _ROBOTS_REDIRECTS) if kind == "robots" else self._settings.max_redirects
        if repeats:
            raise Failure("too_many_redirects", f"The redirects come back to the same address after {hops} hops.")
        if hops > allowed:
            raise Failure("too_many_redirects", f"There are more than {allowed} redirects.")

    @contextlib.contextmanager
    def _failing_at(self, at: Url, deadline: Deadline) -> Iterator[None]:
        """Turn whatever goes wrong into a Failure that names the address."""
        try:
            yield
        except Exception as error:  # the network stack raises more kinds than it documents
            failure = deadline.failure() if deadline.passed else errors.failure(error)
            raise Failure(failure.code, failure.detail, retry_after_s=failure.retry_after_s, final_url=at.text) from error


def failure_of(response: Response, *, now: datetime | None = None) -> Failure | None:
    """The Failure http_NNN that an answer stands for, with the seconds that Retry-After asks for; None for 2xx and 304."""
    if 200 <= response.status < 300 or response.status == 304:
        return None
    wait = _retry_after_s(response.headers.get("retry-after", ""), now or datetime.now(UTC))
    return Failure(f"http_{response.status}", f"The server answered {response.status}.", retry_after_s=wait, final_url=response.final_url)


def _validators(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in _SENDABLE and value.isascii() and value.isprintable()}


def _footprint(at: Url, jar: RequestsCookieJar) -> tuple[str, frozenset[tuple[str, str | None]]]:
    """What the next request would say: a redirect to the same address is no loop where it set a cookie."""
    return at.text, frozenset((cookie.name, cookie.value) for cookie in jar)


def _check_headers(answer: requests.Response, limit: int) -> None:
    if sum(len(name) + len(value) + 4 for name, value in answer.raw.headers.iteritems()) > limit:
        raise Failure("headers_too_large", f"The headers are larger than {limit} bytes.")
    if any("\0" in value for value in answer.headers.values()):
        raise Failure("protocol_error", "The headers hold a zero byte.")


def _target(answer: requests.Response, at: Url) -> Url:
    """Where a redirect leads. Raises Failure bad_redirect or blocked_scheme."""
    location = answer.headers.get("location", "").strip()
    if not location:
        raise Failure("bad_redirect", f"The server answered {answer.status_code} without saying where to.")
    with contextlib.suppress(UnicodeError):  # http.client reads headers as Latin-1, servers write UTF-8
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urls.parse(location, at.text)
    except Failure as failure:
        if failure.code == "bad_url":
            raise Failure("bad_redirect", f"The redirect names no usable address: {location[:100]!r}.") from None
        raise


def _read(answer: requests.Response, kind: Kind, limit: int, deadline: Deadline) -> bytes:
    """The decoded body. Raises Failure unsupported_type, bad_encoding, truncated, too_large, timeout and what the network does."""
    declared = answer.headers.get("content-type", "")
    if not 200 <= answer.status_code < 300:
        return _readable(answer, deadline)
    content.check_type(kind, declared)
    names = body.codings(answer.headers.get("content-encoding", ""))
    cut = kind == "robots"
    length = answer.headers.get("content-length", "")
    if not cut and not names and length.isdecimal() and int(length) > limit:
        raise Failure("too_large", f"The body is larger than {limit} bytes.")
    pieces = _pieces(answer, deadline)
    if cut:
        return body.start(body.decoded(pieces, names), limit)
    unpacked = body.decoded(body.limited(pieces, limit), names)
    return body.whole(content.checked(kind, declared, unpacked), limit)


def _readable(answer: requests.Response, deadline: Deadline) -> bytes:
    """What can be had of the body of an error; the status has said what matters, so nothing that goes wrong here counts."""
    found = bytearray()
    with contextlib.suppress(Exception):
        for piece in body.decoded(_pieces(answer, deadline), body.codings(answer.headers.get("content-encoding", ""))):
            found += piece
            if len(found) > _ERROR_BODY:
                break
    return bytes(found[:_ERROR_BODY])


def _pieces(answer: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The body as it comes over the wire; read1 gives what is there, where read would wait for a full piece."""
    while piece := answer.raw.read1(body.PIECE, decode_content=False):
        deadline.left()
        yield piece
    deadline.left()  # a socket that the deadline shut down looks like the end of a body without a length


def _retry_after_s(text: str, now: datetime) -> float | None:
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())
