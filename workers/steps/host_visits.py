"""The hosts that one job sends requests to: its own, and those that redirects lead to."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from pipeline.fetch import politeness, slot_shares
from pipeline.fetch.client import Client, RedirectDeferred
from pipeline.fetch.robots import robots_txt, tdmrep
from pipeline.fetch.robots.robots_txt import Robots
from pipeline.jobs import Host
from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure
from pipeline.steps import robots_check
from pipeline.store.hosts import hosts, leases, site_rules
from pipeline.store.links import aliases
from workers.context import Context
from workers.steps.job_start import age_s


@dataclass
class Visits:
    """The host leases of one running job, used by one thread. `asked` is the time.monotonic() from which each host's gap counts: when the
    last answer started. So nothing in between can shorten the gap."""

    ctx: Context
    claim: UUID
    host: Host
    robots: Robots | None = None
    asked_robots: bool = False
    asked: dict[int, float] = field(default_factory=dict)
    others: list[Host] = field(default_factory=list)
    last: Host | None = None
    is_offsite: bool = False  # only feeds of other sites list the link
    robots_host_id: int | None = None  # the host whose robots.txt disallows the URL
    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Postgres' time. What workers share is measured by one clock, because this machine's may be wrong."""
        return self.host.now + timedelta(seconds=time.monotonic() - self.began)

    @property
    def client(self) -> Client:
        """The client with the time limits of this visit."""
        fetch = self.ctx.settings.fetch
        return self.ctx.client.with_first_byte_limit(slot_shares.first_byte_s(self.host.short_time, self.host.health.failures, fetch))

    def begins(self) -> None:
        """Record that a request to the current host starts now."""
        self.asked[self.host.id] = time.monotonic()

    def answered(self, at: float) -> None:
        """Record that the last request ended at `at`, with an answer or without."""
        if self._here().id in self.asked:
            self.asked[self._here().id] = at

    def read_robots(self, url: str) -> None:
        """Get the host's robots.txt: the stored copy while it is fresh, otherwise a new one."""
        if self.host.ignore_robots:
            return
        kept, now = self._kept(parse(url).scheme), self.now()
        try:
            self.robots = robots_check.read_robots(self.client, url, kept, now, self.ctx.settings, self._call_on)
        except RedirectDeferred as onward:
            there = parse(onward.url)
            found = robots_txt.elsewhere(self._kept_at(there), kept, there.host, now, self.ctx.settings.fetch)
            self.robots = replace(found, scheme=parse(url).scheme)
        self.asked_robots = self.robots is not None and self.robots is not kept
        if self.asked_robots:
            self.begins()
            self.asked |= {other.id: time.monotonic() for other in self.others}

    def heed_robots(self, url: str) -> None:
        """Obey the current host's robots.txt. Raises Failure robots_disallowed and robots_unreachable."""
        self._judge(self.host, self.robots, url)

    def read_tdmrep(self, url: str) -> bool:
        """Fetch the host's tdmrep.json if it is wanted and unknown. Returns whether the visit was spent on it. Raises Failure if the host
        asks for a pause; the file is not asked for again before its time."""
        at, now = self.host.tdmrep_at, self.now()
        if not self.ctx.settings.fetch.read_tdmrep or (at is not None and now - at < tdmrep.MAX_AGE):
            return False
        self.begins()
        slowed: Failure | None = None
        try:
            text, onward = tdmrep.fetch(self.client, parse(url), self._call_on), ""
        except RedirectDeferred as elsewhere:
            text, onward = "", parse(elsewhere.url).host
        except Failure as failure:
            text, onward, slowed = "", "", failure
        self.asked |= {host.id: time.monotonic() for host in (self.host, *self.others)}
        with self.ctx.pool.connection() as conn:
            site_rules.keep_tdmrep(conn, self.host.id, site_rules.tdmrep_of(conn, onward) if onward else text)
        if slowed is not None:
            raise slowed
        return True

    def follow(self, target: Url) -> None:
        """Called before a feed's redirect is followed: take the lease of another host. Raises RedirectDeferred."""
        if target.host == self._here().name:
            return
        self.answered(time.monotonic())
        host = self._acquire_if_free(target)
        if host is None:
            raise RedirectDeferred(target.text)
        self._visits_too(host)
        self._goes_on_at(host)

    def admit(self, target: Url, link_id: int | None) -> None:
        """Called before a page's redirect is followed: take the lease of another host, obey its robots.txt, and check that no link other than
        `link_id` has the article there. Raises Failure and RedirectDeferred."""
        self.answered(time.monotonic())
        settings, here = self.ctx.settings, self._here()
        needed = settings.fetch.honour_robots
        with self.ctx.pool.connection() as conn:
            if link_id is not None and (existing := aliases.known(conn, target.key, link_id)):
                raise Failure("duplicate", f"it redirects to the article of link {existing.link_id}, {existing.url}")
            if target.host == here.name:
                if self._is_ruled(here):
                    self._judge(here, self._rules_for(conn, here, target), target.text)
                return
            host = leases.acquire_if_free(
                conn, target.host, self.claim, settings.fetch.min_gap_s, robots_needed=needed, scheme=target.scheme
            )
        if host is None:
            raise RedirectDeferred(target.text)
        self._visits_too(host)
        if self._is_ruled(host):
            self._judge(host, host.robots, target.text)
        self._goes_on_at(host)

    def _call_on(self, target: Url) -> None:
        """Called before a redirect of robots.txt is followed: take the lease of another host. Raises RedirectDeferred if that host is not free, or if
        a copy of what would be fetched is stored already."""
        if target.host == self.host.name:
            return
        if self._kept_at(target) is None:
            host = self._acquire_if_free(target)
            if host is not None:
                self._visits_too(host)
                return
        raise RedirectDeferred(target.text)

    def _here(self) -> Host:
        """The host of the last request."""
        return self.last or self.host

    def _rules_for(self, conn: Connection, here: Host, target: Url) -> Robots | None:
        """The host's rules for the other scheme. Raises RedirectDeferred if they must be fetched, which takes a visit of its own."""
        robots = self.robots if here is self.host else here.robots
        if robots is None or robots.scheme in ("", target.scheme):
            return robots
        kept = site_rules.use_scheme(conn, here.id, target.scheme)
        if kept is None or self.now() >= kept.until:
            raise RedirectDeferred(target.text)
        return kept

    def _is_ruled(self, host: Host) -> bool:
        return self.ctx.settings.fetch.honour_robots and not host.ignore_robots

    def _judge(self, host: Host, robots: Robots | None, url: str) -> None:
        try:
            robots_check.heed(robots, url, self.now(), self.ctx.settings)
        except Failure:
            self.robots_host_id = host.id
            raise

    def _acquire_if_free(self, target: Url) -> Host | None:
        with self.ctx.pool.connection() as conn:
            hosts.ensure(conn, [target.host])
            return leases.acquire_if_free(conn, target.host, self.claim, self.ctx.settings.fetch.min_gap_s, robots_needed=False)

    def _goes_on_at(self, host: Host) -> None:
        self.last = host
        self.asked[host.id] = time.monotonic()

    def _visits_too(self, host: Host) -> None:
        if host.id != self.host.id and all(host.id != other.id for other in self.others):
            self.others.append(host)

    def _kept(self, scheme: str) -> Robots | None:
        """The host's stored copy for this scheme."""
        kept = self.host.robots
        if kept is None or kept.scheme in ("", scheme):
            return kept
        with self.ctx.pool.connection() as conn:
            return site_rules.use_scheme(conn, self.host.id, scheme)

    def _kept_at(self, target: Url) -> Robots | None:
        """The fresh stored copy of the robots.txt at this address."""
        if target.text != f"{target.scheme}://{target.host}/robots.txt":
            return None
        with self.ctx.pool.connection() as conn:
            kept = site_rules.of(conn, target.host)
        return kept if kept is not None and kept.scheme in ("", target.scheme) and self.now() < kept.until else None

    def visit_results(self, failure: Failure | None, elapsed_s: float | None = None) -> list[tuple[int, hosts.VisitResult]]:
        """The result of the visit for each host: the last one answered, failed or disallowed the URL; the others redirected."""
        last = self.robots_host_id if self.robots_host_id is not None and failure is not None else self._here().id
        return [
            (host.id, self._leaving(host, failure if host.id == last else None, elapsed_s if host.id == last else None))
            for host in (self.host, *self.others)
        ]

    def _leaving(self, host: Host, failure: Failure | None, elapsed_s: float | None) -> hosts.VisitResult:
        settings = self.ctx.settings
        robots = self.robots if host is self.host and self.asked_robots else None
        since = age_s(self.asked.get(host.id))
        change = None
        known = failure is not None and failure.of_robots and robots is None  # the stored copy disallows it: no request was sent
        if (since is not None or failure is not None) and not known:
            rand = random.random()  # noqa: S311 (jitter)
            change = politeness.after(host.health, failure, settings.fetch, settings.retry, rand, is_offsite=self.is_offsite)
        return hosts.VisitResult(
            min_gap_s=settings.fetch.min_gap_s,
            since_request_s=since,
            latency_s=elapsed_s if since is not None else None,
            latency_factor=settings.fetch.latency_factor,
            max_latency_gap_s=settings.fetch.max_latency_gap_s,
            change=change,
            code=failure.code if failure is not None and politeness.counts(failure) else "",
            robots=robots,
            delay_s=robots_check.crawl_delay_s(robots, settings),
            min_interval_s=settings.poll.min_interval_s,
        )
