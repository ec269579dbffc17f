"""Entries whose links lead to sites for which the feed does not speak. Pure.

Any feed can list thousands of addresses of any site. So only so many of them wait on one host at a time; the others are left to a later
poll, which finds them as new as they were, and by then the host may have been visited often enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.feeds.identity import Listed, Plan
from pipeline.feeds.scheduling.schedule import Decision
from pipeline.normalise.file_names import SCHEME


def is_foreign(item: Listed) -> bool:
    """Whether a page of another site is to be fetched for the entry."""
    return not item.vouched and not item.excluded and item.url.scheme != SCHEME


def within(plan: Plan, waiting: Mapping[str, int], most: int) -> Plan:
    """The plan with no more than `most` such links on one host, of which so many are `waiting` by host; what is left is in `later`."""
    taken, later = Counter(waiting), set[bytes]()
    for item in filter(is_foreign, plan.fresh):
        taken[item.url.host] += 1
        if taken[item.url.host] > most:
            later.add(item.url.key)
    if not later:
        return plan
    return replace(plan, fresh=_without(plan.fresh, later), told=_without(plan.told, later), later=len(later))


def come_again(decision: Decision, plan: Plan) -> Decision:
    """The decision of a poll that has left something: the next one reads the feed whether it has changed or not."""
    if not plan.later:
        return decision
    feed = replace(decision.feed, etag="", last_modified="", body_hash=None)
    why = f"{decision.reason}; {plan.later} of its links are taken in later, as many wait on hosts of other sites"
    return replace(decision, feed=feed, reason=why)


def ranks(items: Sequence[Listed], served: Mapping[str, int], last: Mapping[str, int]) -> list[int]:
    """The rank of each link in the queue of its host: 0 where it is not offsite, else one after the `last` of this feed on its host, or
    where the queue is now (`served`, by host). So feeds take turns, however many links each has, and a feed that comes later does not go before all."""
    now: dict[str, int] = {}
    found = []
    for item in items:
        if not is_foreign(item):
            found.append(0)
            continue
        host = item.url.host
        now[host] = now.get(host, max(served.get(host, 0), last.get(host, 0))) + 1
        found.append(now[host])
    return found


def _without(items: tuple[Listed, ...], keys: set[bytes]) -> tuple[Listed, ...]:
    return tuple(item for item in items if item.url.key not in keys)
