"""Postgres: does it answer, are version and tables right, does it write?"""

from __future__ import annotations

from pipeline.wording.number_words import many, span
from workers.checks.model import Check, Level

OLDEST = 15
CLOCK_WARN_S, CLOCK_FAIL_S = 5.0, 300.0
# Share of max_connections; the last three are for administrators alone.
CONNECTIONS_WARN = 0.9
# Ours take milliseconds. A transaction that stays open keeps Postgres from vacuuming and may hold locks.
OPEN_WARN_S = 600.0


def unreachable(sentence: str) -> Check:
    return Check("fail", "postgres", sentence, stops=True)


def version(number: int) -> Check:
    found = f"version {number // 10_000}.{number % 10_000}"
    if number // 10_000 < OLDEST:
        return Check("fail", "postgres", f"{found} is too old", f"newsmill needs PostgreSQL {OLDEST} or newer.", stops=True)
    return Check("ok", "postgres", found)


def clock(ahead_s: float) -> Check:
    if abs(ahead_s) < CLOCK_WARN_S:
        return Check("ok", "clock", f"within {CLOCK_WARN_S:.0f} s of Postgres")
    level: Level = "fail" if abs(ahead_s) >= CLOCK_FAIL_S else "warn"
    where = "behind" if ahead_s > 0 else "ahead of"
    return Check(level, "clock", f"this machine is {span(ahead_s)} {where} Postgres", "Let both keep time by NTP.")


def tables(pending: list[str], unknown: list[str]) -> Check:
    if unknown:
        advice = "Run the newsmill that made them, or a newer one; there is no way back but a backup."
        return Check("fail", "tables", f"a newer newsmill made them ({', '.join(unknown)})", advice, stops=True)
    if pending:
        finding = f"{many(len(pending), 'migration')} missing: {', '.join(pending)}"
        return Check("fail", "tables", finding, "Run `newsmill migrate`.", stops=True)
    return Check("ok", "tables", "up to date")


def writes(refuses: str) -> Check:
    if not refuses:
        return Check("ok", "postgres writes", "it takes them")
    advice = (
        "Make room on the disk of Postgres; it goes on by itself then. store.keep_pages_days is the largest lever."
        if "full" in refuses
        else "Name the primary in NEWSMILL_DATABASE_URL, or make this one writable."
    )
    return Check("fail", "postgres writes", refuses, advice, stops=True)


def connections(used: int, most: int) -> Check:
    finding = f"{used} of {most} connections in use"
    if used < CONNECTIONS_WARN * most:
        return Check("ok", "connections", finding)
    return Check(
        "warn",
        "connections",
        finding,
        "Raise max_connections (postgres.max_connections of the embedded one), or stop what holds them (`pg_stat_activity`).",
    )


def open_transactions(oldest_s: float) -> Check:
    if oldest_s < OPEN_WARN_S:
        return Check("ok", "transactions", "none stands open")
    advice = "Look for `idle in transaction` in pg_stat_activity, and end that program; till then Postgres cannot clean its tables."
    return Check("warn", "transactions", f"one has stood open and idle for {span(oldest_s)}", advice)
