"""Settings of Postgres, of what is kept in it, and of the web process."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.settings.section import Count, Section, Size


class Store(Section):
    """What Postgres keeps."""

    keep_pages_days: Count = Field(90, description="days a fetched page is kept for re-extraction; whole months are dropped")
    pool_size: Count = Field(8, description="database connections of one worker process at the most")


class Outputs(Section):
    """Where stored articles go beside Postgres."""

    jsonl_dir: str = Field(
        "",
        description="folder to which the control worker appends each stored article, in hourly files of compressed JSON lines; empty is none",
    )


class Postgres(Section):
    """The embedded Postgres of `newsmill up`; a Postgres of your own has settings of its own."""

    """The embedded Postgres of `newsmill up`; a Postgres of your own has settings of its own."""

    max_connections: Annotated[int, Field(ge=20, le=10_000)] = Field(
        100, description="connections at the most; each worker process takes up to store.pool_size, and each costs a process of some MiB"
    )
    shared_buffers: Size = Field(
        "128MB", description="memory for pages of tables; a quarter of the machine's where it is for newsmill alone"
    )
    effective_cache_size: Size = Field(
        "4GB", description="memory that the system is thought to cache files in; nothing is taken, plans follow it"
    )
    work_mem: Size = Field("4MB", description="memory of one sort or hash, of which a statement may have several")
    maintenance_work_mem: Size = Field("64MB", description="memory for making an index, as a restore does, and for vacuuming")
    max_wal_size: Size = Field(
        "1GB", description="log on disk between two checkpoints; more lets bursts of writes through, and recovery takes longer"
    )


class Web(Section):
    """The web process and Flower."""

    host: str = Field(
        "127.0.0.1",
        description="address the web process listens on; beyond loopback it starts only where there is a user, or a proxy to trust",
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8080, description="port of the web process")
    allowed_hosts: list[str] = Field(
        ["127.0.0.1", "localhost", "[::1]"], description="Host headers answered; others get 400, against DNS rebinding"
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
    flower_host: str = Field("127.0.0.1", description="address Flower listens on")
    flower_port: Annotated[int, Field(ge=0, le=65535)] = Field(5555, description="port of Flower")
    flower_url: str = Field("", description="address of Flower as a browser reaches it, for links; empty is http://127.0.0.1:<flower_port>")
    flower_basic_auth: str = Field("", description="user:password for Flower; empty leaves it open, right on loopback only")
    flower_control: bool = Field(
        False, description="whether Flower may steer workers and send tasks: shut down, grow, revoke; else it only looks"
    )
    max_enqueue: Count = Field(1000, description="URLs in one enqueue request")
    head_s: Annotated[float, Field(ge=1)] = Field(
        10.0, description="seconds for the head of a request to come in; browsers and programs send it at once"
    )
    body_s: Annotated[float, Field(ge=1)] = Field(
        30.0, description="seconds for the body of a request to come in; the largest that is taken has 2 MB"
    )
    reader_s: Annotated[float, Field(ge=1)] = Field(
        120.0, description="seconds in which a reader takes nothing of its answer until it is given up; a slow one always takes something"
    )
    max_connections: Count = Field(
        500, description="open connections of the web process; above it those that have waited longest for a request are closed"
    )
