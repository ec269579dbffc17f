"""The changes of a link's state. docs/reference/data-model.md shows the table too."""

from __future__ import annotations

from pipeline.store.transitions.model import CLAIM, FREE, HOME, Transition

_NOW = "updated_at = now()"
_ANEW = "fetch_attempts = 0, extract_attempts = 0, due_at = now(), updated_at = now()"
_ENDED_BADLY = "l.state IN ('failed', 'skipped')"

# How a link starts: columns of the feed's list `n`.
LISTED_STATE = "CASE WHEN excluded <> '' THEN 'skipped' WHEN from_feed THEN 'fetched' ELSE 'waiting' END"
LISTED_STAGE = "CASE WHEN from_feed THEN 'extract' ELSE 'fetch' END"

LIST_AGAIN = Transition(
    "list again", "skipped", "waiting, fetched", "another feed lists a link that the settings of the first excluded",
    f"state = excluded.state, stage = excluded.stage, code = '', detail = '', due_at = now(), {_NOW}",
)  # fmt: skip
ENQUEUE = Transition(
    "enqueue", "failed, skipped", "waiting", "somebody enqueues the same URL",
    f"""state = CASE WHEN {_ENDED_BADLY} THEN 'waiting' ELSE l.state END, stage = CASE WHEN {_ENDED_BADLY} THEN 'fetch' ELSE l.stage END,
        fetch_attempts = CASE WHEN {_ENDED_BADLY} OR (l.late AND l.state = 'waiting') THEN 0 ELSE l.fetch_attempts END,
        lost = CASE WHEN {_ENDED_BADLY} THEN 0 ELSE l.lost END, late = l.late AND l.state <> 'waiting',
        from_feed = l.from_feed AND NOT {_ENDED_BADLY}, offsite_rank = 0,
        due_at = CASE WHEN {_ENDED_BADLY} OR l.state = 'waiting' THEN now() ELSE l.due_at END""",
)  # fmt: skip
ENQUEUE_DOCUMENT = Transition(
    "enqueue a document", "failed, skipped", "fetched", "somebody enqueues the same file, or an archive holds its page",
    f"state = 'fetched', stage = 'extract', extract_attempts = 0, from_feed = false, late = false, due_at = now(), {_NOW}",
)  # fmt: skip
RETRY = Transition(
    "retry", "failed, skipped, waiting", "waiting, fetched",
    "`newsmill retry` (of those that wait, only what waits for a late retry), or the missing contact address is now set; fetched if there is no page to fetch",
    "state = CASE WHEN at_hand THEN 'fetched' ELSE 'waiting' END, stage = CASE WHEN at_hand THEN 'extract' ELSE 'fetch' END,"
    f" {_ANEW}, late = false, lost = 0, priority = greatest(priority, 0)",
)  # fmt: skip
REQUEUE = Transition(
    "requeue", "skipped", "waiting", "the robots.txt that disallowed it has changed",
    f"state = 'waiting', stage = 'fetch', {_ANEW}, robots_host_id = NULL",
)  # fmt: skip
CLAIM_FETCH = Transition(
    "claim", "waiting", "dispatched (fetch)", "due, its host free, room in the queue",
    f"state = 'dispatched', stage = 'fetch', {CLAIM}, {_NOW}",
)  # fmt: skip
GIVE_BACK_FETCH = Transition(
    "give back", "dispatched (fetch)", "waiting",
    "the worker finds the host paused, leased or its slot far ahead; or the message could not be sent by `enqueue`",
    f"state = 'waiting', {FREE}, {_NOW}",
)  # fmt: skip
START_FETCH = Transition(
    "start", "dispatched (fetch)", "running (fetch)", "a worker takes the message; an attempt is counted",
    f"state = 'running', fetch_attempts = fetch_attempts + 1, lease_until = now() + make_interval(secs => %(lease)s), {_NOW}",
)  # fmt: skip
KEEP_PAGE = Transition(
    "keep the page", "running (fetch)", "fetched", "the page came",
    f"state = 'fetched', stage = 'extract', extract_attempts = 0, late = false, lost = 0, due_at = now(), code = '', detail = '', {HOME}, {FREE}, {_NOW}",
)  # fmt: skip
UNCHANGED = Transition(
    "unchanged", "running (fetch)", "stored", "a recheck found no change",
    f"state = 'stored', stage = 'fetch', recheck = false, late = false, lost = 0, code = '', detail = '', {HOME}, {FREE}, {_NOW}",
)  # fmt: skip
# `retry_in_redis`: the retry waits in Redis under the same claim. `gives_up`: the article of a failed recheck stays as it is.
FAIL_FETCH = Transition(
    "retry later, skip or fail", "running (fetch)", "waiting, dispatched (fetch), failed, skipped, stored",
    "by `workers/retry.py`; dispatched if a retry comes soon and waits in Redis under the same claim; stored if a recheck failed",
    f"""state = %(state)s, code = %(code)s, detail = %(detail)s, due_at = now() + make_interval(secs => %(delay)s), lost = 0,
        late = %(late)s, priority = CASE WHEN %(late)s THEN least(priority, %(behind)s) ELSE priority END,
        recheck = recheck AND NOT %(gives_up)s, fetch_attempts = fetch_attempts - %(uncounted)s,
        robots_host_id = nullif(%(robots_host_id)s::bigint, coalesce(origin_host_id, host_id)),
        dispatch_id = CASE WHEN %(retry_in_redis)s THEN dispatch_id END,
        lease_until = CASE WHEN %(retry_in_redis)s THEN now() + make_interval(secs => %(delay)s + %(redis_wait)s) END, {HOME}, {_NOW}""",
)  # fmt: skip
PUT_BACK = Transition(
    "put back", "running (fetch)", "waiting", "the visit was spent on robots.txt; no attempt is counted",
    f"state = 'waiting', fetch_attempts = fetch_attempts - 1, due_at = now(), {FREE}, {_NOW}",
)  # fmt: skip
REDIRECT = Transition(
    "redirect", "running (fetch)", "waiting", "a redirect leads to a busy host; no attempt is counted",
    f"""state = 'waiting', fetch_attempts = fetch_attempts - 1, due_at = now(), next_url = %(next)s, hops = %(hops)s,
        origin_host_id = coalesce(origin_host_id, host_id), host_id = %(host)s, {FREE}, {_NOW}""",
)  # fmt: skip
SHARE_ATTEMPT = Transition(
    "share an attempt", "waiting", "waiting, failed, stored", "another link's attempt shows that the host cannot be reached; it counts for all that are due",
    f"""fetch_attempts = number, {_NOW}, {HOME},
        state = CASE WHEN NOT spent THEN 'waiting' WHEN due.recheck THEN 'stored' ELSE 'failed' END,
        code = CASE WHEN spent AND due.recheck THEN '' ELSE %(code)s END,
        detail = CASE WHEN spent AND due.recheck THEN '' ELSE %(detail)s END,
        recheck = l.recheck AND NOT spent, late = NOT spent AND NOT due.recheck AND number > %(soon)s,
        priority = CASE WHEN NOT spent AND number > %(soon)s THEN least(priority, %(behind)s) ELSE priority END,
        due_at = now() + make_interval(secs => CASE WHEN spent THEN 0 ELSE greatest(%(pause)s, (%(waits)s::float8[])[number]) END)""",
)  # fmt: skip
CLAIM_EXTRACT = Transition(
    "claim", "fetched", "dispatched (extract)", "room in the queue; no host is involved",
    f"state = 'dispatched', stage = 'extract', {CLAIM}, {_NOW}",
)  # fmt: skip
GIVE_BACK_EXTRACT = Transition(
    "give back", "dispatched (extract)", "fetched", "the worker stops before it starts",
    f"state = 'fetched', {FREE}, {_NOW}",
)  # fmt: skip
START_EXTRACT = Transition(
    "start", "dispatched (extract)", "running (extract)", "a worker takes the message; an attempt is counted",
    f"state = 'running', extract_attempts = extract_attempts + 1, lease_until = now() + make_interval(secs => %(lease)s), {_NOW}",
)  # fmt: skip
FINISH_EXTRACT = Transition(
    "finish", "running (extract)", "stored, skipped, fetched, failed", "the article is stored, or is a `duplicate`; fetched and failed by `workers/retry.py`",
    f"state = %(state)s, code = %(code)s, detail = %(detail)s, due_at = now(), recheck = recheck AND %(again)s, {FREE}, {_NOW}",
)  # fmt: skip
FAIL_EXTRACT = Transition(
    "fail", "running (extract)", "failed, stored", "the page was pruned before, or its process died; stored if it was a recheck",
    f"""state = CASE WHEN recheck THEN 'stored' ELSE 'failed' END, code = CASE WHEN recheck THEN '' ELSE %(code)s END,
        detail = CASE WHEN recheck THEN '' ELSE %(detail)s END, recheck = false, {FREE}, {_NOW}""",
)  # fmt: skip
UNCOUNT_EXTRACT = Transition(
    "give back", "running (extract)", "fetched", "Postgres was away when the article was to be written; no attempt is counted",
    f"state = 'fetched', extract_attempts = extract_attempts - 1, {FREE}, {_NOW}",
)  # fmt: skip
FETCH_INSTEAD = Transition(
    "fetch instead", "running (extract)", "waiting", "it was to be made from a feed's text, and no feed speaks for its site any more",
    f"state = 'waiting', stage = 'fetch', from_feed = false, extract_attempts = 0, due_at = now(), {FREE}, {_NOW}",
)  # fmt: skip
EXPIRE = Transition(
    "expire", "dispatched (fetch); running (fetch); dispatched (extract); running (extract)", "waiting; waiting, failed, stored; fetched; fetched, failed, stored",
    "the lease ran out: back by stage. A lost fetch is no attempt of the page; failed only from running, after `retry.fetch_losses` fetches"
    " lost in a row or the last attempt of the extraction",
    f"""{FREE}, due_at = now(), {_NOW}, lost = l.lost + old.lost, fetch_attempts = l.fetch_attempts - old.lost, recheck = l.recheck AND NOT old.spent,
        state = CASE WHEN old.spent AND old.recheck THEN 'stored' WHEN old.spent THEN 'failed' WHEN old.stage = 'fetch' THEN 'waiting' ELSE 'fetched' END,
        code = CASE WHEN old.state = 'dispatched' OR (old.spent AND old.recheck) THEN l.code WHEN old.stage = 'fetch' THEN 'worker_lost' ELSE 'extract_crashed' END,
        detail = CASE WHEN old.state = 'dispatched' OR (old.spent AND old.recheck) THEN l.detail ELSE 'the worker vanished before it was done' END""",
)  # fmt: skip
LOOK_AGAIN = Transition(
    "look again", "stored", "waiting", "its article is due for a recheck, or `newsmill reextract` needs its page, which is gone",
    f"state = 'waiting', stage = 'fetch', recheck = true, {_ANEW}, priority = coalesce(%(priority)s::integer, priority)",
)  # fmt: skip
EXTRACT_AGAIN = Transition(
    "extract again", "stored", "fetched", "a feed corrects the text from which its article was made",
    f"state = 'fetched', stage = 'extract', recheck = true, extract_attempts = 0, due_at = now(), {_NOW}",
)  # fmt: skip
REEXTRACT = Transition(
    "re-extract", "failed", "stored, skipped", "`newsmill reextract` makes an article from its page, or finds a duplicate",
    f"state = %(state)s, code = %(code)s, detail = %(detail)s, {_NOW}",
)  # fmt: skip
WITHDRAW = Transition(
    "withdraw", "stored", "waiting, failed", "the text came from a feed that does not speak for the site; the page is fetched, or gives no text",
    f"""from_feed = false, {_ANEW}, state = CASE WHEN %(code)s = '' THEN 'waiting' ELSE 'failed' END,
        stage = CASE WHEN %(code)s = '' THEN 'fetch' ELSE 'extract' END, code = %(code)s, detail = %(detail)s""",
)  # fmt: skip
SAME_ADDRESS = Transition(
    "same address", "waiting, fetched, failed", "skipped", "`newsmill rekey` gives it the key of another link",
    f"state = 'skipped', code = 'duplicate', detail = 'the same address as link ' || m.stays, recheck = false, {_NOW}",
)  # fmt: skip

LINKS = (
    LIST_AGAIN, ENQUEUE, ENQUEUE_DOCUMENT, RETRY, REQUEUE, CLAIM_FETCH, GIVE_BACK_FETCH, START_FETCH, KEEP_PAGE, UNCHANGED, FAIL_FETCH, PUT_BACK, REDIRECT, SHARE_ATTEMPT,
    CLAIM_EXTRACT, GIVE_BACK_EXTRACT, START_EXTRACT, FINISH_EXTRACT, FAIL_EXTRACT, UNCOUNT_EXTRACT, FETCH_INSTEAD, EXPIRE,
    LOOK_AGAIN, EXTRACT_AGAIN, REEXTRACT, WITHDRAW, SAME_ADDRESS,
)  # fmt: skip
