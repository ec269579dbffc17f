"""Enqueue URLs from a program or the form: read the request within limits, check each URL, put the valid ones first in their hosts' queues."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import Request
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.fetch import guard
from pipeline.normalise.urls import Url, hostname_of, parse, port_of
from pipeline.outcomes import Failure
from web.context import Context
from web.http import request_body
from web.http.problems import Problem, in_words
from workers import dispatch
from workers.checks.unsent import Notice, notice

MAX_BODY_BYTES = 2 * 2**20
ADVICE = "send fewer URLs in one request"


class Wanted(BaseModel):
    """The body of an enqueue request."""

    model_config = ConfigDict(extra="forbid", strict=True)
    urls: list[str]


@dataclass(frozen=True, slots=True)
class Error:
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one URL: the link's `id` and `what` happened (new, again, waiting, stored), or the `error` that refused it."""

    url: str
    id: int | None = None
    what: str | None = None
    error: Error | None = None


async def urls_of_json(request: Request) -> list[str]:
    """The URLs of a JSON request. Raises Problem 413, 415 or 422."""
    try:
        return Wanted.model_validate_json(await request_body.typed(request, "application/json", MAX_BODY_BYTES, ADVICE)).urls
    except ValidationError as error:
        raise Problem(422, "invalid", in_words(error.errors(include_input=False, include_url=False, include_context=False))) from None


async def urls_of_form(request: Request) -> list[str]:
    """The URLs of the form, one a line. Raises Problem 413, 415 or 422."""
    form = await request_body.typed(request, "application/x-www-form-urlencoded", MAX_BODY_BYTES, ADVICE)
    try:
        fields = parse_qs(form.decode("ascii"), max_num_fields=10)
    except ValueError:
        raise Problem(422, "invalid", "The form could not be read.") from None
    return [line.strip() for text in fields.get("urls", []) for line in text.splitlines() if line.strip()]


def enqueue(web: Context, conn: Connection, texts: list[str]) -> list[Result]:
    """One result for each text, in order. Raises Problem 422 if there are none or too many."""
    most = web.settings.web.max_enqueue
    if not 1 <= len(texts) <= most:
        raise Problem(422, "invalid", f"urls: a request may have 1 to {most} URLs; this one has {len(texts)}.")
    rules = guard.rules(web.settings.fetch)
    judged = [(text, _judge(text, rules)) for text in texts]
    urls = {url.key: url for _, url in judged if isinstance(url, Url)}
    done = {item.url: item for item in dispatch.enqueue(conn, list(urls.values()), web.settings)} if urls else {}
    results = []
    for text, url in judged:
        if isinstance(url, Failure):
            results.append(Result(text, error=Error(url.code, url.detail)))
        else:
            item = done[urls[url.key].text]
            results.append(Result(text, id=item.id, what=item.what))
    return results


def unsent(web: Context, results: list[Result]) -> Notice | None:
    """Why accepted URLs are not being fetched now; None if they are."""
    return notice(web.settings) if any(result.what in ("new", "again") for result in results) else None


def _judge(text: str, rules: guard.Rules) -> Url | Failure:
    """The URL, or why it is refused. An IP address is checked here, a name when it is resolved for the fetch."""
    try:
        url = parse(text)
        host = hostname_of(url)
        if guard.is_address(host):
            guard.check_address(host, rules)
            guard.check_port(host, port_of(url), rules)
        return url
    except Failure as failure:
        return failure
