"""The HTTP client through which every request of newsmill goes.

It follows redirects itself and checks each hop, because requests would first read a redirect's whole body. It uses requests' adapter and
not its Session, so that no cookie, netrc entry, proxy variable or header of one fetch leaks into another.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlencode

import requests
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar

from pipeline.fetch import body, content_types, errors, guard, response_reader, slot_shares
from pipeline.fetch.connect import Dialler, GuardedAdapter
from pipeline.fetch.content_types import Kind
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.results import RedirectDeferred, Response, failure_of
from pipeline.fetch.timers import Timers
from pipeline.fetch.user_agent import user_agent as named
from pipeline.hops import Hop
from pipeline.logs import mask
from pipeline.normalise import urls
from pipeline.normalise.urls import Url
from pipeline.outcomes import Failure
from pipeline.settings import Fetch

__all__ = ["Client", "RedirectDeferred", "Response", "failure_of"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_POST_REDIRECTS = frozenset({307, 308})  # these ask for the same request again (RFC 9110 section 15.4)
_SENDABLE = frozenset({"if-none-match", "if-modified-since"})  # the only headers that a caller may add to a request
_FEW_REDIRECTS = {"robots": 5, "feed": 5, "hub": 5}  # RFC 9309 section 2.3.1.2 asks for five for robots.txt


@dataclass(slots=True)
class _Chain:
    """The progress of a fetch: its current address, and the status and bytes of decoded body of the last answer."""

    at: Url
    hops: list[Hop]
    status: int | None = None
    size: int = 0
    answered_at: float = 0.0

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            yield piece


@dataclass(frozen=True, slots=True)
class _Request:
    """The headers of a chain of requests. `usual` goes to every address, `own` only to the origin of the first one. `validators` go to every
    address, or only to `validators_of` if that is given."""

    method: str
    usual: dict[str, str]
    own: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    validators: dict[str, str] = field(default_factory=dict)
    validators_of: str = ""

    @property
    def redirects(self) -> frozenset[int]:
        return _REDIRECTS if self.method == "GET" else _POST_REDIRECTS

    def headers_for(self, at: Url, origin: tuple[str, str]) -> dict[str, str]:
        headers = self.usual | (self.validators if self.validators_of in ("", at.text) else {})
        return _overlaid(headers, self.own) if _origin(at) == origin else headers


class Client:
    """Fetch for many threads at once, keeping connections open between fetches."""

    def __init__(self, settings: Fetch) -> None:
        self._settings = settings
        self._rules = guard.rules(settings)
        self._dialler = Dialler(self._rules, settings.connect_timeout_s, known=bool(settings.contact))
        self._timers = Timers()
        self._adapter = GuardedAdapter(self._dialler, settings.proxy)
        self._proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else None
        self._first_byte_s: float | None = None

    def with_first_byte_limit(self, first_byte_s: float | None) -> Client:
        """Return this client with shorter time limits: `first_byte_s` seconds for the head of an answer, and a few times that for a whole
        fetch. None: no change."""
        other = copy.copy(self)
        other._first_byte_s = first_byte_s
        return other

    def get(
        self,
        url: str,
        *,
        kind: Kind,
        headers: dict[str, str] | None = None,
        max_bytes: int | None = None,
        admit: Callable[[Url], None] | None = None,
        before: tuple[Hop, ...] = (),
        user_agent: str = "",
        own: tuple[tuple[str, str], ...] = (),
        validators_of: str = "",
    ) -> Response:
        """Fetch `url` within the total deadline, following redirects.

        Every HTTP status is a Response; unless it is 2xx, at most 64 KiB of the body are read. Of `headers`, only the validators
        If-None-Match and If-Modified-Since are sent, and only to `validators_of` if that is given. `max_bytes` (default:
        settings.max_bytes) limits the decoded body: a longer page or feed fails, a longer robots.txt is cut. `admit` is called with the
        target before each redirect; it may raise Failure, or RedirectDeferred, which passes to the caller. `before` are the hops of
        earlier visits of this chain and count like its own. `user_agent` replaces the settings' one. `own` are headers that the operator
        set for this address; they go only to its origin. Raises Failure with the code, and the progress in `final_url` (None if `url` is
        not a URL), `hops`, `status` and `size`.
        """
        asked = _Request("GET", self._usual(kind, user_agent), own, validators=_validators(headers or {}), validators_of=validators_of)
        return self._follow(url, kind, asked, max_bytes, admit, before)

    def post(self, url: str, form: Mapping[str, str], admit: Callable[[Url], None] | None = None) -> Response:
        """Send `form` to `url` with the same checks and deadline as `get`.

        Only redirects that ask for the same request again (307, 308) are followed, and only if `admit` allows them. Any other status is
        a Response with the start of its body. Raises Failure as `get` does.
        """
        usual = self._usual("hub", "") | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._follow(url, "hub", _Request("POST", usual, (), urlencode(form).encode()), None, admit, ())

    def _usual(self, kind: Kind, user_agent: str) -> dict[str, str]:
        return {
            "User-Agent": named(self._settings, user_agent),
            "Accept": content_types.ACCEPT[kind],
            "Accept-Encoding": body.ACCEPT_ENCODING,
        }

    def _follow(
        self,
        url: str,
        kind: Kind,
        asked: _Request,
        max_bytes: int | None,
        admit: Callable[[Url], None] | None,
        before: tuple[Hop, ...],
    ) -> Response:
        with _telling(before):
            chain = _Chain(urls.parse(url), list(before))
        limit = max_bytes or self._settings.max_bytes
        origin = _origin(chain.at)
        jar = RequestsCookieJar()  # for this chain only: some sites redirect forever without the cookie that they set
        been = {hop.url for hop in before}
        seen = set()
        with Deadline(slot_shares.in_all_s(self._first_byte_s, self._settings), self._timers) as deadline, _telling(chain.hops, chain):
            while True:
                with _failing(deadline):
                    seen.add(_footprint(chain.at, jar))
                    with contextlib.closing(self._send(chain.at, asked, asked.headers_for(chain.at, origin), jar, deadline)) as answer:
                        chain.status, chain.size, chain.answered_at = answer.status_code, 0, time.monotonic()
                        response_reader.check_headers(answer, self._settings.max_header_bytes)
                        if answer.status_code not in asked.redirects:
                            data = response_reader.read(answer, kind, limit, deadline, chain.counted)
                            deadline.forget()
                            return _response(url, chain, answer, data, deadline.started)
                        chain.hops.append(Hop(chain.at.text, answer.status_code))
                        following = _target(answer, chain.at)
                    deadline.forget()
                    self._check_chain(kind, len(chain.hops), following.text in been or _footprint(following, jar) in seen)
                chain.at = following
                if admit is not None:
                    admit(following)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._adapter.close()

    def _send(self, at: Url, asked: _Request, headers: dict[str, str], jar: RequestsCookieJar, deadline: Deadline) -> requests.Response:
        """Send the request and return the head of the answer. A kept connection may be stale, so only a new connection's failure counts."""
        self._check_target(at)
        request = requests.PreparedRequest()
        request.method, request.url, request.hooks = asked.method, at.text, {}
        request.prepare_headers(headers)
        if asked.body is not None:
            request.prepare_body(asked.body, None)
        request.prepare_cookies(jar)
        self._dialler.deadline = deadline
        if self._proxies:  # one connection to the proxy serves many hosts
            self._dialler.judged(urls.hostname_of(at), urls.port_of(at))
        while True:
            self._dialler.dialled = False
            try:
                with deadline.answer_within(self._first_byte_s):
                    timeout = (self._settings.connect_timeout_s, deadline.left())
                    answer = self._adapter.send(request, stream=True, timeout=timeout, proxies=self._proxies)
            except requests.ConnectionError as error:
                if self._dialler.dialled or not errors.gone(error):
                    raise
            else:
                extract_cookies_to_jar(jar, request, answer.raw)  # type: ignore[no-untyped-call]
                return answer

    def _check_target(self, at: Url) -> None:
        """Refuse a target by scheme and port, before its name is resolved."""
        host, port = urls.hostname_of(at), urls.port_of(at)
        if guard.is_address(host):
            guard.check_address(host, self._rules)
            guard.check_port(host, port, self._rules)
        elif port == 0:  # urllib3 would use the default port instead
            raise Failure("blocked_port", "Port 0 is not one that news sites use.")

    def _check_chain(self, kind: Kind, hops: int, repeats: bool) -> None:
        allowed = min(self._settings.max_redirects, _FEW_REDIRECTS.get(kind, self._settings.max_redirects))
        if repeats:
            raise Failure("too_many_redirects", f"The redirects come back to the same address after {hops} hops.")
        if hops > allowed:
            raise Failure("too_many_redirects", f"There are more than {allowed} redirects.")


@contextlib.contextmanager
def _failing(deadline: Deadline) -> Iterator[None]:
    """Turn every exception into a Failure. After the deadline it is a timeout, because the deadline has shut down the sockets."""
    try:
        yield
    except Exception as error:  # the network stack raises more kinds than it documents
        failure = deadline.failure() if deadline.passed else errors.failure(error)
        if failure is error:
            raise
        raise failure from error


@contextlib.contextmanager
def _telling(hops: Iterable[Hop], chain: _Chain | None = None) -> Iterator[None]:
    """Add the progress of the fetch to a Failure that ends it."""
    try:
        yield
    except RedirectDeferred as onward:
        onward.hops = tuple(hops)
        raise
    except Failure as failure:
        failure.hops = tuple(hops)
        failure.final_url = chain.at.text if chain else None
        failure.status = chain.status if chain else None
        failure.size = chain.size if chain else 0
        raise


def _response(url: str, chain: _Chain, answer: requests.Response, data: bytes, started: float) -> Response:
    ended = time.monotonic()
    schemes = [address.partition(":")[0] for address in (*(hop.url for hop in chain.hops), chain.at.text)]
    return Response(
        url=url,
        final_url=chain.at.text,
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        body=data,
        hops=tuple(chain.hops),
        elapsed_s=ended - started,
        answered_at=chain.answered_at,
        downgraded=("https", "http") in pairwise(schemes),
        reason=answer.reason or "",
        raw_headers=tuple(answer.raw.headers.iteritems()),
    )


def _validators(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in _SENDABLE and value.isascii() and value.isprintable()}


def _origin(at: Url) -> tuple[str, str]:
    return at.scheme, at.host


def _overlaid(usual: dict[str, str], own: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The usual headers with the operator's own, which replace those of the same name in any case."""
    names = {name.lower() for name, _ in own}
    return {name: value for name, value in usual.items() if name.lower() not in names} | dict(own)


def _footprint(at: Url, jar: RequestsCookieJar) -> tuple[str, frozenset[tuple[str, str | None]]]:
    """What identifies the next request. A redirect to the same address is no loop if it set a cookie."""
    return at.text, frozenset((cookie.name, cookie.value) for cookie in jar)


def _target(answer: requests.Response, at: Url) -> Url:
    """The target of a redirect. Raises Failure bad_redirect or blocked_scheme."""
    location = answer.headers.get("location", "").strip()
    if not location:
        raise Failure("bad_redirect", f"The server answered {answer.status_code} without a Location.")
    with contextlib.suppress(UnicodeError):  # http.client reads headers as Latin-1, servers write UTF-8
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urls.parse(location, at.text)
    except Failure as failure:
        if failure.code == "bad_url":
            raise Failure("bad_redirect", f"The redirect names no usable address: {mask(location)[:100]!r}.") from None
        raise
