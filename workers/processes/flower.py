"""Flower behind the same guard as the web process.

Flower answers to any Host, and behind basic auth any web page that knows its address can shut workers down. It has no setting against
that. So this application checks each request before Flower's handlers see it.
"""

from __future__ import annotations

from typing import Any

import flower.command
from flower.app import Flower
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from pipeline.request_origin import SAFE_METHODS, Refusal, refusal
from pipeline.settings import Settings
from workers.processes.flower_access import CallerCheck

# Flower's table of tasks asks for its rows by POST. Every other POST steers workers or sends tasks.
READS_BY_POST = ("/tasks/datatable",)
NO_CONTROL = Refusal(
    403,
    "no_control",
    "Flower may look at workers here and not steer them; set web.flower_control = true to allow it (NEWSMILL_WEB__FLOWER_CONTROL).",
)


def install(config: Settings) -> None:
    """Make `celery flower` start the guarded application. Its command has the class built in, so the name is replaced."""
    flower.command.Flower = guarded(config)


def refused(request: HTTPServerRequest, config: Settings) -> Refusal | None:
    """Why the request is refused, or None."""
    method, headers = request.method or "", {name.lower(): value for name, value in request.headers.items()}
    found = refusal(method, request.headers.get_list("Host"), headers, config.web.allowed_hosts)
    if found or method in SAFE_METHODS or config.web.flower_control or request.path.endswith(READS_BY_POST):
        return found
    return NO_CONTROL


def guarded(config: Settings) -> type[Flower]:
    callers = CallerCheck(config)

    def stopped(request: HTTPServerRequest) -> Refusal | None:
        if found := refused(request, config):
            return found
        headers = {name.lower(): value for name, value in request.headers.items()}
        cookies = {name: morsel.value for name, morsel in request.cookies.items()}
        steers = request.method not in SAFE_METHODS and not request.path.endswith(READS_BY_POST)
        return callers.refusal(request.path, request.remote_ip or "", request.protocol, headers, cookies, steers=steers)

    class Guarded(Flower):  # type: ignore[misc]
        """The application. Tornado asks it first for the handler of each request, WebSockets included."""

        def find_handler(self, request: HTTPServerRequest, **more: Any) -> Any:
            if found := stopped(request):
                return self.get_handler_delegate(request, Refused, {"refusal": found})
            return super().find_handler(request, **more)

    return Guarded


class Refused(RequestHandler):
    """Answers every request with the refusal."""

    def initialize(self, refusal: Refusal) -> None:
        self.refusal = refusal

    def check_xsrf_cookie(self) -> None:
        """No check: this handler changes nothing."""

    def prepare(self) -> None:
        self.set_status(self.refusal.status)
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(self.refusal.sentence + "\n")
