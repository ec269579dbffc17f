"""Run extraction in child processes of a command, with the pool and limits of an extract worker and at low priority. A page that kills its
child costs only that page."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import psycopg
from billiard.einfo import ExceptionInfo
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from billiard.pool import Pool

from pipeline import reextract
from pipeline.extract.extraction import warm_up
from pipeline.reextract import Outcome
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from workers.processes.process_limits import limit_cpu, limit_memory

NICENESS = 10  # so that workers on new articles go first
SOFT_LIMIT_EARLIER_S = 10
GIVEN_OUT = 2  # at most
WAITING = 4  # links handed out for each process
LOST_S = 1.0  # seconds before a dead child is noticed; its last answer may still be on the way
SILENT_S = 15.0  # added to the time limit of one page: time for the pool to notice a dead child and start another


def extract_again(links: Iterable[int], settings: Settings, *, apply: bool, processes: int) -> Iterator[Outcome]:
    """Extract the links' pages again, several at a time. Yields each outcome when it is ready.

    Raises psycopg.OperationalError when Postgres goes away. Closing the generator ends the children.
    """
    warm_up()  # before the children are forked, so that they share the memory
    limit = settings.workers.extract_time_limit_s
    pool = Pool(
        processes,
        initializer=_begin,
        initargs=(settings,),
        maxtasksperchild=settings.workers.extract_max_tasks,
        max_memory_per_child=settings.workers.extract_max_memory_kib,
        soft_timeout=max(1, limit - SOFT_LIMIT_EARLIER_S),
        timeout=limit,
        lost_worker_timeout=LOST_S,
    )
    answers: queue.Queue[Outcome | Exception] = queue.Queue()
    out: dict[int, int] = {}  # the links handed out, and how often

    def give(link_id: int) -> None:
        out[link_id] = out.get(link_id, 0) + 1
        pool.apply_async(_again, (link_id, settings, apply), callback=answers.put, error_callback=_told(answers, link_id, limit))

    def heard() -> Iterator[Outcome]:
        try:
            outcome = _outcome(answers.get(timeout=limit + SILENT_S))
        except queue.Empty:
            # The pool silently loses the job that a child had just taken when it was killed for the page before.
            for link_id, times in list(out.items()):
                if times < GIVEN_OUT:
                    give(link_id)
                else:
                    del out[link_id]
                    yield Outcome(link_id, "broken", code="extract_crashed", detail="the process that extracted it died")
        else:
            if out.pop(outcome.link_id, 0):
                yield outcome

    try:
        for link_id in links:
            give(link_id)
            while len(out) >= processes * WAITING:
                yield from heard()
        while out:
            yield from heard()
        pool.close()
    finally:
        pool.terminate()
        pool.join()


def _begin(settings: Settings) -> None:
    """Start a child. It ignores the signals that stop the command: the parent handles them and ends the children."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    limit_memory(settings.workers.extract_page_memory_mib)


def _again(link_id: int, settings: Settings, apply: bool) -> Outcome:
    limit_cpu(settings.workers.extract_time_limit_s)
    try:
        return reextract.again(_connection(settings.database_url), link_id, settings, apply=apply)
    except SoftTimeLimitExceeded:
        return Outcome(link_id, "broken", code="extract_timeout", detail="the extraction took too long")
    except MemoryError:
        return Outcome(link_id, "broken", code="extract_memory", detail="the extraction needs more memory than it may have")
    except psycopg.OperationalError as error:
        if isinstance(error, psycopg.errors.ProgramLimitExceeded):
            return Outcome(link_id, "broken", code="storage_error", detail=str(error))
        raise
    except Exception as error:  # any error of a parser is reported, and the next page is read
        return Outcome(link_id, "broken", code="extract_crashed", detail=f"{type(error).__name__}: {error}")


@cache
def _connection(database_url: str) -> psycopg.Connection:
    """The child's own connection."""
    return connect(Settings(database_url=database_url))


def _told(answers: queue.Queue[Outcome | Exception], link_id: int, limit: float) -> Callable[[ExceptionInfo], None]:
    """The outcome of a page whose child gave no answer."""

    def tell(error: ExceptionInfo) -> None:
        cause = getattr(error.exception, "exc", error.exception)
        if isinstance(cause, psycopg.Error):
            answers.put(cause)
        elif isinstance(cause, TimeLimitExceeded):
            answers.put(Outcome(link_id, "broken", code="extract_timeout", detail=f"the extraction was killed after {limit} s"))
        else:
            answers.put(Outcome(link_id, "broken", code="extract_crashed", detail="the process that extracted it died"))

    return tell


def _outcome(answer: Outcome | Exception) -> Outcome:
    if isinstance(answer, Exception):
        raise answer
    return answer
