"""Deliver articles that were stored, changed or removed to the outputs: in order, at least once, each output at its own pace.

An output that takes nothing now is retried with growing pauses, for as long as it takes. If its program keeps failing at a batch, the
articles are delivered one by one, and those that fail even alone become dead letters.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import structlog
from psycopg import Connection

from pipeline.outputs import model
from pipeline.outputs.model import Delivery, Output, Refused, Taken
from pipeline.store.articles import changes
from pipeline.store.outputs import deliveries
from pipeline.store.outputs.deliveries import LockedOutput

log = structlog.get_logger()

# Articles in one delivery: enough that fsync costs little, few enough for memory at 5 MiB an article.
BATCH = 200
# Seconds that one run may take while there is more; the control worker also has ticks to run.
RUN_S = 3.0


def deliver(conn: Connection, outputs: Sequence[Output], run_s: float = RUN_S, batch: int = BATCH) -> int:
    """Deliver to each output what it has not had, for a limited time. Returns how many deliveries were taken."""
    done, ends = 0, time.monotonic() + run_s
    if outputs:
        while changes.put_in_order(conn) == changes.BATCH:
            pass
    for output in outputs:
        more = True
        while more:
            with deliveries.held(conn, output.name) as held:
                taken = 0 if held is None else _one_batch(conn, output, held, batch)
            done += taken
            more = taken > 0 and time.monotonic() < ends
    return done


def _one_batch(conn: Connection, output: Output, held: LockedOutput, most: int) -> int:
    """Deliver one batch. Returns how many of its changes are done; 0 if there are none or the output failed."""
    batch = deliveries.following(conn, held.reached, most)
    if not batch:
        return 0
    if held.code == model.BROKEN and held.failures >= model.TRIES:
        return _one_by_one(conn, output, held, batch)
    try:
        taken = output.deliver(batch, held.state, partial(deliveries.keep_state, conn, output.name))
    except Exception as error:  # any error: one article must not stop all that come after it
        _failed(conn, held, error)
        return 0
    deliveries.taken(conn, output.name, batch[-1].number, taken.state, _paired(batch, taken))
    return len(batch)


def _one_by_one(conn: Connection, output: Output, held: LockedOutput, batch: Sequence[Delivery]) -> int:
    """Deliver a batch that keeps failing one by one. Articles that fail even alone are dead letters, unless all do: then the fault is the
    output's. Returns how many changes are done."""
    state, done, broken = held.state, 0, list[tuple[Delivery, Refused]]()
    for one in batch:
        try:
            taken = output.deliver([one], state, partial(deliveries.keep_state, conn, output.name))
        except OSError as error:
            _failed(conn, held, error)
            return done
        except Exception as error:
            broken.append((one, Refused(one.number, _sentence(error), model.BROKEN)))
            continue
        state = taken.state
        deliveries.taken(conn, output.name, one.number, state, broken + _paired([one], taken))
        done, broken = done + 1 + len(broken), []
    if broken and not done and len(batch) > 1:
        deliveries.failed(conn, output.name, model.BROKEN, broken[0][1].detail, model.retry_delay_s(held.failures + 1))
        return 0
    if broken:
        deliveries.taken(conn, output.name, batch[-1].number, state, broken)
    log.warning("delivered one by one", output=output.name, articles=len(batch))
    return len(batch)


def _paired(batch: Sequence[Delivery], taken: Taken) -> list[tuple[Delivery, Refused]]:
    by_number = {one.number: one for one in batch}
    return [(by_number[refused.number], refused) for refused in taken.refused]


def _failed(conn: Connection, held: LockedOutput, error: Exception) -> None:
    """Record that the output took nothing. The exception says whether it is unavailable or its program failed."""
    code, delay_s = model.UNAVAILABLE if isinstance(error, OSError) else model.BROKEN, model.retry_delay_s(held.failures + 1)
    log.warning("output failed", output=held.name, code=code, error=_sentence(error), again_s=delay_s)
    deliveries.failed(conn, held.name, code, _sentence(error), delay_s)


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
