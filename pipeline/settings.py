"""Every setting of newsmill, typed, with its unit and the reason for its default.

Where a value comes from, strongest first:

1. an environment variable (`NEWSMILL_FETCH__MIN_GAP_S`), or the file that it names (`NEWSMILL_REDIS_URL_FILE`); lists are JSON there,
2. the user's own file, `newsmill.toml` in the data folder, which `newsmill set` writes,
3. the TOML file named by `NEWSMILL_CONFIG`, else `config/newsmill.toml` in the working folder,
4. the default written here.

A command in another terminal also reads what a running `newsmill up` on the same data folder works with (cli/local/running_settings.py); that
stands between 1 and 2. `data_dir` is not read from the user's own file, which lies in it. A name that is not in this module is refused.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.environment import DELIMITER, OTHER_VARIABLES, PASSWORDS, PREFIX, SettingsError, variables, with_passwords
from pipeline.wording import validation_messages

__all__ = ["DELIMITER", "PREFIX", "SettingsError"]  # of the environment, and met by whoever reads settings

OWN_FILE = "newsmill.toml"  # in the data folder

_PLAIN = re.compile(r"[ -'*-~]*")  # what may stand in the comment of a User-Agent (RFC 9110 section 5.6.5)
_AGENT = re.compile(r"[A-Za-z_-]+(/[!-~]+)?( [ -~]*)?")
_CONTACT = re.compile(r"https?://[^/@]+\.[^/@.]+\.?(/\S*)?|(mailto:)?[^@/]+@[^@/]+\.[^@/.]+")
_SIZE = re.compile(r"[1-9]\d{0,6}(kB|MB|GB|TB)")
_PLACEHOLDER = re.compile(r"(\bexample\.(com|org|net)|\.(example|invalid))\b", re.IGNORECASE)  # RFC 2606

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Size = Annotated[str, AfterValidator(lambda text: _size(text))]  # as Postgres writes sizes


def _size(text: str) -> str:
    if not _SIZE.fullmatch(text):
        raise ValueError("write a size as 128MB, 2GB or 64kB")
    return text


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fetch(Section):
    """How pages, feeds and robots.txt are fetched."""

    user_agent: str = Field("newsmill/0.1", description="product token and version sent with every request and matched against robots.txt")
    contact: str = Field("", description="URL or e-mail address of the operator, added to the user agent so that a site can reach you")
    min_gap_s: Seconds = Field(5.0, description="seconds between the starts of two requests to one host; 5 s is what careful crawlers use")
    deadline_s: Annotated[float, Field(gt=0)] = Field(
        30.0, description="seconds for one fetch in all, redirects included; a slot is never held longer"
    )
    first_byte_s: Annotated[float, Field(gt=0)] = Field(
        2.5,
        description="seconds until a host must begin to answer that did not last time, or was never asked, while many of these wait; doubled twice"
        " as it fails. Of pages that come at all, 99 in 100 have begun by then",
    )
    connect_timeout_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="seconds to connect to one address; above it a host is as good as down"
    )
    max_bytes: Count = Field(5 * 2**20, description="bytes of a decoded page; >99.99 % of news pages are smaller")
    max_header_bytes: Count = Field(64 * 2**10, description="bytes of all response headers; real ones stay under 20 KiB")
    max_redirects: Annotated[int, Field(ge=0)] = Field(10, description="hops of one redirect chain; longer ones are loops in practice")
    allow_ports: list[int] = Field(
        [80, 443, 8080, 8443], description="ports of public addresses that may be dialled; others are services, not news sites"
    )
    allow_networks: list[str] = Field(
        [], description='CIDR networks opened although they are not public, on any port, e.g. ["127.0.0.0/8"]; empty is safe'
    )
    honour_robots: bool = Field(True, description="obey robots.txt (RFC 9309)")
    robots_max_age_s: Seconds = Field(86400.0, description="seconds a robots.txt is kept; RFC 9309 section 2.4 allows a day")
    robots_retry_s: Seconds = Field(
        300.0, description="seconds until an unreachable robots.txt is asked for again, doubling up to max_outage_pause_s"
    )
    max_crawl_delay_s: Seconds = Field(300.0, description="seconds; a larger Crawl-delay counts as this")
    latency_factor: Annotated[float, Field(ge=0)] = Field(
        2.0, description="the gap is at least so many times the last answer's duration: a slow host is asked less often"
    )
    max_latency_gap_s: Seconds = Field(30.0, description="seconds; slowness alone makes no gap longer than this")
    pause_s: Seconds = Field(
        60.0, description="seconds a host is left alone after a 429 or 503 without Retry-After, doubling while they go on"
    )
    pause_forget_s: Seconds = Field(1800.0, description="seconds without a 429 or 503 after which the doubling starts anew")
    breaker_failures: Count = Field(5, description="failures of a host in a row after which the whole host is paused")
    max_outage_pause_s: Seconds = Field(
        3000.0,
        description="seconds; a host that does not answer, or with 5xx, is paused no longer than this, so that its return is seen within the hour",
    )
    proxy: str = Field(
        "", description="http:// proxy for all requests; addresses are judged first, but the proxy must refuse private ones too"
    )
    honour_noarchive: bool = Field(False, description="keep only metadata of articles whose publisher says noarchive, noindex or none")
    read_tdmrep: bool = Field(
        False, description="ask each host once a week for /.well-known/tdmrep.json, what it reserves of text and data mining; costs a turn"
    )
    recheck_after_s: list[Annotated[float, Field(gt=0)]] = Field(
        [],
        description="seconds after which a stored article is looked at again for changes, e.g. [3600, 21600, 86400, 604800]; empty is never",
    )

    @field_validator("user_agent")
    @classmethod
    def _honest(cls, value: str) -> str:
        if not _AGENT.fullmatch(value):
            raise ValueError("begin with a name of letters, - and _ that robots.txt can name you by, such as newsmill/0.1, in ASCII")
        if value.lower().startswith("mozilla"):
            raise ValueError("it must not look like a browser; robots.txt and the site's owner have to tell you from one")
        return value

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        parts = re.split(r"[;,\s]+", value.strip()) if value.strip() else []
        if not _PLAIN.fullmatch(value) or not all(_CONTACT.fullmatch(part) for part in parts):
            raise ValueError("name a URL (https://…) or an e-mail address, or both with ; between, in one line of ASCII without ( and )")
        if _PLACEHOLDER.search(value):
            raise ValueError("this is an example; name an address of yours, so that a site's owner can reach you")
        return value.strip()

    @field_validator("proxy")
    @classmethod
    def _http_proxy(cls, value: str) -> str:
        if value and not re.fullmatch(r"http://[!-~]+", value):
            raise ValueError("it must be an http:// address, such as http://proxy.example:3128; https pages go through it too")
        return value

    @field_validator("allow_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for text in value:
            ipaddress.ip_network(text)  # ValueError names what is wrong; host names and * are refused here
        return value


class Poll(Section):
    """How often feeds are looked at."""

    min_interval_s: Count = Field(300, description="seconds; no feed is polled more often, whatever it publishes")
    start_interval_s: Count = Field(1800, description="seconds until the second poll of a new feed, when its habit is not known")
    max_interval_s: Count = Field(86400, description="seconds; a silent feed is still looked at daily")
    max_failing_s: Annotated[int, Field(ge=1, le=30 * 86400)] = Field(
        604_800, description="seconds; a failing feed is still looked at weekly, and so revives by itself"
    )
    max_outage_s: Count = Field(
        3000,
        description="seconds between two polls of a feed whose site does not answer, or with 5xx: its return is seen within the hour. More once it has been away for days",
    )
    unconditional_s: Seconds = Field(
        86400, description="seconds between polls of a feed without ETag and Last-Modified, each of which costs its site a whole document"
    )
    probe_s: Count = Field(
        1_209_600, description="seconds of nothing but 304s after which one poll goes without validators: some servers always say 304"
    )
    by_hand_s: Seconds = Field(300, description="seconds after a poll before which asking for one by hand does not bring the next")
    move_sightings: Count = Field(3, description="polls in a row that a permanent redirect must lead to the same feed until it is adopted")
    move_s: Seconds = Field(604_800, description="seconds over which they must be spread; a wrong redirect is mostly mended in days")
    archive_pages: Annotated[int, Field(ge=0)] = Field(
        10, description="pages of a feed's archive (RFC 5005, JSON Feed's next_url) that are read in all; 0 is none"
    )
    max_sitemaps: Count = Field(
        5, description="sitemaps of a sitemap index that are read in one poll; each takes a gap of its host and a whole document"
    )
    max_foreign_waiting: Count = Field(
        200,
        description="links of one feed that wait on one host for whose site it does not speak; what it lists beyond is taken in by later polls",
    )
    max_updates: Annotated[int, Field(ge=0, le=1000)] = Field(
        24, description="times that what a feed says of one entry is written anew; some feeds change every entry with every poll"
    )
    max_bytes: Count = Field(10 * 2**20, description="bytes of a decoded feed; the largest real feeds have 15 MB, of archives")
    parse_s: Annotated[float, Field(ge=1, le=30)] = Field(
        20.0, description="seconds in which a feed must be read; the largest honest ones take two, hostile ones would take hours"
    )
    max_entries: Count = Field(2000, description="entries of one feed document that are read, newest first")
    keep_polls: Count = Field(50, description="rows of poll history kept for each feed")
    jitter: Annotated[float, Field(ge=0, le=1)] = Field(
        0.1, description="share of the interval added at random, so that feeds do not bunch; it only lengthens"
    )


class WebSub(Section):
    """WebSub: hubs that send what is new in a feed."""

    callback_url: str = Field(
        "",
        description="public address of the web process, such as https://news.example, at which WebSub hubs reach it below /websub/; empty is"
        " no WebSub",
    )
    lease_s: Annotated[float, Field(ge=3600, le=30 * 86400)] = Field(
        864_000.0, description="seconds for which a hub is asked to send what is new; ten days is what the large hubs give at most"
    )
    poll_s: Seconds = Field(
        21_600.0, description="seconds between polls of a feed while its hub proves to send what is new; they find what a hub has lost"
    )

    @field_validator("callback_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)  # ValueError names what is wrong
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("write an http or https address without ? and #, such as https://news.example")
        return value.rstrip("/")


class Retry(Section):
    """When a failed article is tried again."""

    delays_s: list[Seconds] = Field(
        [60, 300, 1500],
        description="seconds before the 2nd, 3rd and 4th try of an article; after the last it is failed or waits for late_s",
    )
    late_s: list[Annotated[float, Field(gt=0)]] = Field(
        [21_600, 172_800],
        description="seconds before each late try of an article whose site did not answer, or with 5xx; most outages end within 6 h or 2 days",
    )
    jitter: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.2, description="share by which a delay varies to both sides, so that retries do not bunch"
    )
    redis_max_s: Seconds = Field(
        60, description="seconds, before jitter; delays up to this ride in Redis as Celery retries, longer ones wait in Postgres"
    )
    max_retry_after_s: Seconds = Field(86400, description="seconds; a longer Retry-After counts as this")
    fetch_losses: Count = Field(
        5,
        description="fetches of one page in a row whose worker vanished, by no fault of the page; a page that kills its worker so often is failed",
    )
    extract_starts: Count = Field(3, description="starts of the extraction of one page; a page that kills its process so often is failed")


class Dispatch(Section):
    """How work is handed to the workers."""

    tick_s: Annotated[float, Field(gt=0)] = Field(1.0, description="seconds between two looks at what is due")
    stall_s: Annotated[float, Field(ge=10)] = Field(
        30.0, description="seconds without a look after which beat or control counts as stuck and is started again; slow ones take two"
    )
    in_flight_factor: Count = Field(
        4, description="messages under way for each worker slot; few, so that order stays in SQL and Redis stays small"
    )
    in_flight_floor: Count = Field(16, description="messages under way for a queue when no worker has reported yet")
    lease_dispatched_s: Annotated[float, Field(gt=0)] = Field(
        180.0, description="seconds until a message that no worker took is sent again; longer than a full queue takes"
    )
    lease_fetch_s: Annotated[float, Field(gt=0)] = Field(
        90.0, description="seconds until a fetch or poll that never ended is given back; above fetch.deadline_s plus a robots.txt"
    )
    lease_extract_s: Annotated[float, Field(gt=0)] = Field(
        120.0, description="seconds until an extraction that never ended is given back; above workers.extract_time_limit_s"
    )

    @model_validator(mode="after")
    def _patient(self) -> Dispatch:
        if self.stall_s < 3 * self.tick_s:
            raise ValueError("stall_s must be at least three times tick_s, or every slow look counts as stuck")
        return self


class Workers(Section):
    """How much a worker does at once."""

    poll_threads: Count = Field(32, description="threads of a poll worker; they only wait for the network, and sites that hang hold some")
    fetch_threads: Count = Field(
        128, description="threads of a fetch worker; they only wait for the network, and sites that hang hold some"
    )
    extract_processes: Annotated[int, Field(ge=0)] = Field(
        0, description="processes of an extract worker; 0 is one a core, extraction is all CPU"
    )
    extract_time_limit_s: Count = Field(60, description="seconds until a stuck extraction is killed; the slowest honest page takes 2 s")
    extract_together: Count = Field(
        8, description="pages that one message brings where many wait, which saves what a message costs; else each comes alone"
    )
    extract_max_tasks: Count = Field(
        250, description="messages until an extract process is replaced, because lxml and trafilatura leak a little"
    )
    extract_max_memory_kib: Count = Field(400_000, description="KiB of resident memory after which an extract process is replaced")
    extract_page_memory_mib: Annotated[int, Field(ge=0)] = Field(
        1024,
        description="MiB that pages may make an extract process take beyond what it starts with; a page that needs more fails. Pages of 5 MiB take 600; 0 is no limit",
    )
    heartbeat_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="seconds between two signs of life of a worker, in its row and its heartbeat file"
    )


class Extract(Section):
    """What is kept of a page's text."""

    max_text_chars: Count = Field(1_000_000, description="characters of text kept of one article; the longest real ones have 300,000")
    site_memory: bool = Field(
        True, description="leave out of a text what stands on many different articles of its site; what is left out is kept beside the text"
    )


class Stories(Section):
    """Stories: articles that are copies of one text."""

    window_days: Annotated[int, Field(ge=1, le=366)] = Field(
        7, description="days between two articles within which they are taken for copies of one text; wire copy is out in hours"
    )


class Files(Section):
    """Saved articles: what `newsmill enqueue FILE` takes."""

    max_bytes: Count = Field(
        32 * 2**20, description="bytes of a file given to `newsmill enqueue`; a magazine's issue with pictures has 30 MB"
    )
    max_pages: Count = Field(300, description="pages of a PDF that are read; an article has few, a report up to some hundred")
    pdf_time_limit_s: Count = Field(
        30, description="seconds of CPU for the reading of one PDF; 300 pages take 0.5 s. Below workers.extract_time_limit_s"
    )
    pdf_max_memory_mib: Count = Field(1024, description="MiB that the reading of one PDF may take; honest ones take under 100")


class Store(Section):
    """What Postgres keeps."""

    keep_pages_days: Count = Field(90, description="days a fetched page is kept for re-extraction; whole months are dropped")
    pool_size: Count = Field(8, description="database connections of one worker process at the most")


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
        "127.0.0.1", description="address the web process listens on; it has no login yet, so keep it on loopback or behind a proxy"
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8080, description="port of the web process")
    allowed_hosts: list[str] = Field(
        ["127.0.0.1", "localhost", "[::1]"], description="Host headers answered; others get 400, against DNS rebinding"
    )
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


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="forbid", frozen=True)

    database_url: str = Field(
        "", description="postgresql://user:password@host/name; empty lets `newsmill up` start its own Postgres in data_dir"
    )
    redis_url: str = Field("", description="redis://:password@host:6379/0; empty lets `newsmill up` start its own Valkey in data_dir")
    data_dir: Path = Field(Path("data"), description="folder of the embedded Postgres and Valkey")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe log line that is written")
    log_format: Literal["auto", "json", "console", "bare"] = Field(
        "auto", description="auto is console on a terminal and json elsewhere; bare is console where each line is given its time already"
    )
    fetch: Fetch = Fetch()
    poll: Poll = Poll()
    websub: WebSub = WebSub()
    retry: Retry = Retry()
    dispatch: Dispatch = Dispatch()
    workers: Workers = Workers()
    extract: Extract = Extract()
    stories: Stories = Stories()
    files: Files = Files()
    store: Store = Store()
    postgres: Postgres = Postgres()
    web: Web = Web()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _environment(settings_cls)


def config_file() -> Path | None:
    """The TOML file in force, or None where there is none; a file named by NEWSMILL_CONFIG must exist."""
    if named := os.environ.get("NEWSMILL_CONFIG"):
        if not Path(named).is_file():
            raise SettingsError(f"NEWSMILL_CONFIG names {named}, which is not a file; name an existing TOML file.")
        return Path(named)
    usual = Path("config/newsmill.toml")
    return usual if usual.is_file() else None


def load_settings(running: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings anew; `running` are those of a running `newsmill up`. Raises SettingsError, one sentence for each wrong setting."""
    given = variables()
    if problems := _unknown_variables(given) + _broken_lists(given):
        raise SettingsError("\n".join(problems))
    (_, environment), *files = layers()
    layered: dict[str, Any] = {}
    for values in (*reversed([values for _, values in files]), running or {}, environment):
        layered = _merged(layered, values)
    try:
        return Settings(**layered | with_passwords(layered, given))
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(e)) for e in error.errors())) from None


def layers() -> list[tuple[str, Mapping[str, Any]]]:
    """The environment and the files by name, strongest first, each with what is set there. Raises SettingsError."""
    environment, config = _environment(Settings)(), config_file()
    shared = _read(config) if config else {}
    own = own_file(Path(environment.get("data_dir") or shared.get("data_dir") or Settings.model_fields["data_dir"].default))
    mine = _read(own) if own.is_file() else {}
    if "data_dir" in mine:
        raise SettingsError(f"data_dir cannot be set in {own}, which is found by it; set NEWSMILL_DATA_DIR, or take the line out.")
    return [("environment", environment), (str(own), mine), (str(config), shared)]


def own_file(data_dir: Path) -> Path:
    """The user's own settings, which need not be there."""
    return data_dir / OWN_FILE


def valid(name: str, text: str) -> Any:
    """The value of a setting that a person has written, as it may stand in a file; lists are JSON. Raises SettingsError."""
    section, _, field = name.rpartition(".")
    model = sections().get(section) if section else Settings
    if model is None or field not in model.model_fields or field in sections():
        raise SettingsError(f"{name} is not a setting; `newsmill doctor --config` lists the names.")
    value: Any = text
    if get_origin(model.model_fields[field].annotation) is list:
        try:
            value = json.loads(text)
        except ValueError:
            raise SettingsError(f'{name} is a list: write it as JSON, such as [1, 2] or ["a"] (given: {text!r}).') from None
    try:
        found: Any = Settings(**{section: {field: value}} if section else {field: value}).model_dump(mode="json")
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(e)) for e in error.errors())) from None
    return found[section][field] if section else found[field]


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()


def process_settings() -> Settings:
    """The settings of a process that works on the services. Raises SettingsError also where it is not told where they are."""
    found = settings()
    for variable, url in (("NEWSMILL_DATABASE_URL", found.database_url), ("NEWSMILL_REDIS_URL", found.redis_url)):
        if not url:
            raise SettingsError(f"{variable} is not set; set it, or let `newsmill up` start everything.")
    return found


def sections() -> dict[str, type[Section]]:
    """The named groups of settings: `fetch`, `poll`, …"""
    found: dict[str, type[Section]] = {}
    for name, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            found[name] = info.annotation
    return found


def mask_url(url: str) -> str:
    """The URL with its password hidden, for people and logs."""
    try:
        parts = urlsplit(url)
        if not parts.password:
            return url
        user, _, where = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{user.split(':', 1)[0]}:***@{where}"))
    except ValueError:
        return "***"


def _environment(settings_cls: type[BaseSettings]) -> EnvSettingsSource:
    source = EnvSettingsSource(settings_cls)
    source.env_vars = {name.lower(): value for name, value in variables().items()}
    return source


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML; {validation_messages.of_toml(error)}.") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None


def _merged(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Sections are merged setting by setting."""
    both = {
        name: _merged(lower[name], value) if isinstance(value, Mapping) and isinstance(lower.get(name), Mapping) else value
        for name, value in upper.items()
    }
    return {**lower, **both}


def _unknown_variables(given: Mapping[str, str]) -> list[str]:
    # pydantic-settings only picks the variables it knows, so a misspelt one would be silently without effect.
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} - {PREFIX + s.upper() for s in sections()}
    for section, model in sections().items():
        known |= {f"{PREFIX}{section}{DELIMITER}{name}".upper() for name in model.model_fields}
    return [
        f"{name} is not a setting; `newsmill doctor --config` lists the names."
        for name in sorted(given)
        if name not in known | OTHER_VARIABLES | set(PASSWORDS)
    ]


def _broken_lists(given: Mapping[str, str]) -> list[str]:
    # pydantic-settings names only the section of a list that is not JSON.
    problems = []
    for section, model in sections().items():
        for name, info in model.model_fields.items():
            variable = f"{PREFIX}{section}{DELIMITER}{name}".upper()
            if get_origin(info.annotation) is list and (text := given.get(variable)) is not None:
                try:
                    json.loads(text)
                except ValueError:
                    problems.append(
                        f"{variable} is not valid: write the list as JSON, such as {json.dumps(info.default)} (given: {text!r})."
                    )
    return problems


def _sentence(error: dict[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    name = ".".join(path)
    variable = PREFIX + DELIMITER.join(path).upper()
    if error["type"] == "extra_forbidden":
        return f"{name} ({variable}) is not a setting; `newsmill doctor --config` lists the names."
    given = "" if isinstance(error.get("input"), dict) else f" (given: {error.get('input')!r})"
    return f"{name} ({variable}) {validation_messages.of_value(error)}{given}."
