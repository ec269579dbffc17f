"""Limit entries whose links lead to sites that the feed does not speak for. Pure.

Any feed can list thousands of addresses of any site. So only a limited number of them may wait on one host at a time. The others are
left to a later poll, which finds them still new; by then the host may have been visited often enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.feeds.identity import Listed, Plan
from pipeline.feeds.scheduling.schedule import Decision
from pipeline.normalise.file_names import SCHEME


def is_offsite(item: Listed) -> bool:
    """Whether the entry makes newsmill fetch a page of another site."""
    return not item.trusted and not item.excluded and item.url.scheme != SCHEME


def within(plan: Plan, waiting: Mapping[str, int], most: int) -> Plan:
    """Cut the plan to at most `most` such links on one host, counting the `waiting` ones by host. What is left over is in `later`."""
    taken, later = Counter(waiting), set[bytes]()
    for item in filter(is_offsite, plan.new):
        taken[item.url.host] += 1
        if taken[item.url.host] > most:
            later.add(item.url.key)
    if not later:
        return plan
    return replace(plan, new=_without(plan.new, later), updated=_without(plan.updated, later), later=len(later))


def come_again(decision: Decision, plan: Plan) -> Decision:
    """Adjust the decision of a poll that left entries over: the next poll reads the feed even if it has not changed."""
    if not plan.later:
        return decision
    feed = replace(decision.feed, etag="", last_modified="", body_hash=None)
    why = f"{decision.reason}; {plan.later} of its links are left for later, because many wait on hosts of other sites"
    return replace(decision, feed=feed, reason=why)


def ranks(items: Sequence[Listed], served: Mapping[str, int], last: Mapping[str, int]) -> list[int]:
    """The rank of each link in the queue of its host: 0 if it is not offsite, else one after the `last` rank of this feed on its host, or
    after the queue's current rank (`served`, by host). So feeds take turns, however many links each has, and a new feed does not go before
    all others."""
    now: dict[str, int] = {}
    found = []
    for item in items:
        if not is_offsite(item):
            found.append(0)
            continue
        host = item.url.host
        now[host] = now.get(host, max(served.get(host, 0), last.get(host, 0))) + 1
        found.append(now[host])
    return found


def _without(items: tuple[Listed, ...], keys: set[bytes]) -> tuple[Listed, ...]:
    return tuple(item for item in items if item.url.key not in keys)
