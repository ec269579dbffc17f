"""Settings of Postgres, of what it keeps, and of the web process."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.settings.section import Count, Section, Size


class Store(Section):
    """What Postgres keeps."""

    keep_pages_days: Count = Field(90, description="days for which a fetched page is kept for re-extraction; whole months are dropped")
    pool_size: Count = Field(8, description="most database connections of one worker process")


class Outputs(Section):
    """Where stored articles go besides Postgres."""

    jsonl_dir: str = Field(
        "",
        description="folder to which the control worker appends each stored article, in hourly files of compressed JSON lines; empty means none",
    )


class Postgres(Section):
    """The embedded Postgres of `newsmill up`; your own Postgres has its own settings."""

    """The embedded Postgres of `newsmill up`; your own Postgres has its own settings."""

    max_connections: Annotated[int, Field(ge=20, le=10_000)] = Field(
        100, description="most connections; each worker process uses up to store.pool_size, and each connection costs a process of some MiB"
    )
    shared_buffers: Size = Field(
        "128MB", description="memory for table pages; a quarter of the machine's memory if newsmill has the machine to itself"
    )
    effective_cache_size: Size = Field(
        "4GB", description="memory in which the system is assumed to cache files; affects only query plans, reserves nothing"
    )
    work_mem: Size = Field("4MB", description="memory of one sort or hash, of which a statement may have several")
    maintenance_work_mem: Size = Field("64MB", description="memory for building an index, as a restore does, and for vacuuming")
    max_wal_size: Size = Field(
        "1GB", description="log on disk between two checkpoints; more absorbs bursts of writes but lengthens recovery"
    )


class Web(Section):
    """The web process and Flower."""

    host: str = Field(
        "127.0.0.1",
        description="address that the web process listens on; beyond loopback it starts only where there is a user, or a proxy to trust",
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8080, description="port of the web process")
    allowed_hosts: list[str] = Field(
        ["127.0.0.1", "localhost", "[::1]"], description="accepted Host headers; others get 400, against DNS rebinding"
    )
    published_on: str = Field(
        "", description="address on which others reach the port where that is another, as a container's published port; empty is web.host"
    )
    trusted_proxy_header: str = Field(
        "", description="header in which a proxy names who has signed in there, such as X-Remote-User; empty believes none"
    )
    trusted_proxies: list[str] = Field(
        ["127.0.0.0/8", "::1/128"], description="networks of proxies whose headers are believed: who asks, from where, and by https"
    )
    trusted_proxy_role: Literal["reader", "editor", "admin"] = Field(
        "reader", description="role of whom a proxy names and who is no user here"
    )
    session_days: Annotated[float, Field(gt=0, le=365)] = Field(14.0, description="days until a browser has to sign in again")
    requests_per_minute: Count = Field(120, description="requests of one token or user; a program that needs more waits, or exports")
    searches_per_minute: Count = Field(30, description="searches and counts of one token or user, which cost Postgres most")
    sign_ins_per_minute: Count = Field(5, description="tries to sign in by one address under one name; so guessing takes centuries")
    flower_host: str = Field("127.0.0.1", description="address that Flower listens on")
    flower_port: Annotated[int, Field(ge=0, le=65535)] = Field(5555, description="port of Flower")
    flower_url: str = Field("", description="address of Flower for links in a browser; empty means http://127.0.0.1:<flower_port>")
    flower_basic_auth: str = Field("", description="user:password for Flower; empty leaves it open, which is safe only on loopback")
    flower_control: bool = Field(
        False, description="whether Flower may control workers and send tasks: shut down, grow, revoke; otherwise it only shows them"
    )
    max_enqueue: Count = Field(1000, description="URLs in one enqueue request")
    head_s: Annotated[float, Field(ge=1)] = Field(
        10.0, description="seconds within which a request's head must arrive; browsers and programs send it at once"
    )
    body_s: Annotated[float, Field(ge=1)] = Field(
        30.0, description="seconds within which a request's body must arrive; the largest accepted has 2 MB"
    )
    reader_s: Annotated[float, Field(ge=1)] = Field(
        120.0, description="seconds without progress after which a response is aborted; even a slow reader makes some progress"
    )
    max_connections: Count = Field(500, description="open connections of the web process; above it the longest idle ones are closed")
