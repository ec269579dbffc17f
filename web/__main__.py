"""`python -m web`: serve the API and the pages until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from types import FrameType

import psycopg
import structlog
import uvicorn

from pipeline import logs, standard_streams
from pipeline.settings import Settings, SettingsError, process_settings
from pipeline.store.access import callers, users
from pipeline.store.db import schema
from pipeline.store.db.pool import connect
from web.app import create_app
from web.http import connections

# Seconds for open requests to finish after SIGTERM.
GRACE_S = 5


def main() -> None:
    try:
        settings = process_settings()
    except SettingsError as error:
        sys.exit(f"newsmill: {error}")
    if why := schema.misfit(settings, older_too=False):  # with missing tables it starts, and says so on every page
        sys.exit(f"newsmill: {why}")
    if why := too_open(settings):
        sys.exit(f"newsmill: {why}")
    standard_streams.take_over()
    logs.configure(settings, process="web")
    config = uvicorn.Config(
        create_app(settings),
        host=settings.web.host,
        port=settings.web.port,
        log_config=None,
        access_log=False,  # the page refreshes every few seconds; the application logs what matters
        server_header=False,
        proxy_headers=False,  # the guard reads them, and believes trusted proxies only
        timeout_graceful_shutdown=GRACE_S,
        http="h11",  # `connections` reads this protocol's state
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    host = f"[{config.host}]" if ":" in config.host else config.host
    structlog.get_logger().info("serving", url=f"http://{host}:{config.port}/")
    # uvicorn raises the signal once more when it is done; a requested stop is no error
    signal.signal(signal.SIGTERM, _stopped)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(uvicorn.Server(config), settings))


def too_open(settings: Settings) -> str:
    """Why the process must not start: others could reach it without signing in. If Postgres cannot tell whether users exist, the process
    starts but lets nobody in until it can."""
    if callers.is_on_loopback(settings.web) or settings.web.trusted_proxy_header:
        return ""
    with contextlib.suppress(psycopg.Error), connect(settings) as conn:
        if not users.are_there(conn):
            where = settings.web.published_on or settings.web.host
            return (
                f"Others can reach {where}, and nobody would have to sign in. Make a user by `newsmill users add NAME --role admin`, "
                "or set web.trusted_proxy_header, or keep web.host on 127.0.0.1."
            )
    return ""


async def _serve(server: uvicorn.Server, settings: Settings) -> None:
    watching = asyncio.create_task(connections.watch(server.server_state.connections, settings.web))
    await server.serve()
    watching.cancel()


def _stopped(signal_number: int, _: FrameType | None) -> None:
    structlog.get_logger().info("stopped", signal=signal.Signals(signal_number).name)
    sys.exit(0)


if __name__ == "__main__":
    main()
