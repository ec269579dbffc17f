"""What outputs are promised: each change, in the order of the commits, at least once, whatever fails or is killed."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from pipeline.outputs.jsonl_files import JsonlFiles
from pipeline.outputs.model import TRIES, Delivery, Refused, State, Taken, retry_delay_s
from pipeline.settings import Outputs, Settings
from pipeline.store.articles import articles, changes
from pipeline.store.db.pool import connect
from pipeline.store.outputs import deliveries
from tests.cli.conftest import Newsmill, newsmill, own_place, stack, stored
from workers.checks import progress
from workers.steps.deliveries import deliver

__all__ = ["newsmill", "own_place", "stack"]


@dataclass
class Recorder:
    """An output that remembers, refuses some articles, and fails at others."""

    name: str = "recorder"
    got: list[tuple[int, str]] = field(default_factory=list)
    refuses: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)
    away: bool = False

    def deliver(self, batch: Sequence[Delivery], state: State, keep: Callable[[State], None]) -> Taken:
        if self.away:
            raise ConnectionRefusedError("nobody answers")
        if bad := [one.article_id for one in batch if one.article_id in self.breaks]:
            raise ValueError(f"article {bad[0]} cannot be written")
        self.got += [(one.article_id, one.what) for one in batch if one.article_id not in self.refuses]
        return Taken({"upto": batch[-1].number}, tuple(Refused(one.number, "no") for one in batch if one.article_id in self.refuses))


def article(conn: psycopg.Connection, number: int) -> int:
    return stored(conn, f"https://a.example/{number}")


def due(conn: psycopg.Connection) -> None:
    """Let the time of waiting pass."""
    conn.execute("UPDATE outputs SET retry_at = now()")


def test_what_is_stored_changed_and_removed_comes_in_order(conn: psycopg.Connection) -> None:
    output = Recorder()
    one, two = article(conn, 1), article(conn, 2)
    assert deliver(conn, [output]) == 2
    again = article(conn, 1)
    assert again == one
    conn.execute("DELETE FROM search WHERE article_id = %s", (two,))
    articles.remove(conn, two)
    deliver(conn, [output])
    assert output.got == [(one, "stored"), (two, "stored"), (one, "changed"), (two, "removed")]
    assert deliver(conn, [output]) == 0


def test_a_change_that_is_committed_late_is_not_passed_over(conn: psycopg.Connection, settings: Settings) -> None:
    output = Recorder()
    with connect(settings) as slow:
        with slow.transaction():
            changes.note(slow, 1, "removed")  # the first number of the table
            changes.note(conn, 2, "removed")
            deliver(conn, [output])
            assert output.got == [(2, "removed")]
        deliver(conn, [output])
    assert output.got == [(2, "removed"), (1, "removed")]


def test_what_is_undone_never_comes(conn: psycopg.Connection) -> None:
    output = Recorder()
    with conn.transaction():
        changes.note(conn, 1, "removed")
        raise psycopg.Rollback
    changes.note(conn, 2, "removed")
    deliver(conn, [output])
    assert output.got == [(2, "removed")]


def test_an_output_that_takes_nothing_is_tried_again_and_keeps_no_other(conn: psycopg.Connection) -> None:
    away, other = Recorder("away", away=True), Recorder("other")
    one = article(conn, 1)
    for _ in range(TRIES + 2):
        deliver(conn, [away, other])
        due(conn)
    assert other.got == [(one, "stored")]
    standing = {each.name: each for each in deliveries.listing(conn)}["away"]
    assert (standing.waiting, standing.failures, standing.code, standing.dead) == (1, TRIES + 2, "output_unavailable", 0)
    away.away = False
    deliver(conn, [away, other])
    assert away.got == other.got == [(one, "stored")]


def test_a_failed_output_is_left_alone_for_a_while(conn: psycopg.Connection) -> None:
    output = Recorder(away=True)
    article(conn, 1)
    deliver(conn, [output])
    output.away = False
    assert deliver(conn, [output]) == 0
    due(conn)
    assert deliver(conn, [output]) == 1


def test_pauses_grow_up_to_the_longest() -> None:
    assert [retry_delay_s(failures) for failures in (1, 2, 3, 7, 8, 1000)] == [5, 10, 20, 300, 300, 300]


def test_an_article_that_breaks_an_output_becomes_a_dead_letter_and_the_others_go_on(conn: psycopg.Connection) -> None:
    ids = [article(conn, number) for number in range(4)]
    output = Recorder(breaks={ids[2]})
    for tried in range(TRIES + 1):
        assert deliver(conn, [output]) == (4 if tried == TRIES else 0)
        due(conn)
    assert [article_id for article_id, _ in output.got] == [ids[0], ids[1], ids[3]]
    (letter,) = deliveries.dead(conn, "recorder", 10)
    assert (letter.article_id, letter.code) == (ids[2], "output_broken")
    assert "cannot be written" in letter.detail


def test_where_an_output_breaks_at_every_article_none_becomes_a_dead_letter(conn: psycopg.Connection) -> None:
    ids = [article(conn, number) for number in range(3)]
    output = Recorder(breaks=set(ids))
    for _ in range(TRIES + 3):
        deliver(conn, [output])
        due(conn)
    assert deliveries.dead(conn, "recorder", 10) == []
    output.breaks.clear()
    deliver(conn, [output])
    assert [article_id for article_id, _ in output.got] == ids


def test_a_refused_article_becomes_a_dead_letter_that_can_be_tried_again(stack: Newsmill, conn: psycopg.Connection) -> None:
    one, two = article(conn, 1), article(conn, 2)
    output = Recorder(refuses={one})
    deliver(conn, [output])
    (letter,) = stack("outputs", "dead", "recorder", "--json").objects
    assert (letter["article_id"], letter["code"]) == (one, "output_refused")
    assert stack("outputs", "--json").objects[0]["dead"] == 1
    assert stack("outputs", "retry", "recorder").out == "recorder is tried again within seconds, with 1 article that it had refused.\n"
    output.refuses.clear()
    deliver(conn, [output])
    assert output.got == [(two, "stored"), (one, "stored")]
    assert deliveries.dead(conn, "recorder", 10) == []
    assert stack("outputs", "retry", "nobody").code == 1


def test_nobody_else_delivers_meanwhile(conn: psycopg.Connection, settings: Settings) -> None:
    article(conn, 1)
    with deliveries.held(conn, "recorder") as held, connect(settings) as other:
        assert held
        assert deliver(other, [Recorder()]) == 0
    assert deliver(conn, [Recorder()]) == 1


def test_changes_go_once_all_outputs_have_them(conn: psycopg.Connection) -> None:
    fast, slow = Recorder("fast"), Recorder("slow", away=True)
    article(conn, 1)
    deliver(conn, [fast, slow])
    assert changes.prune(conn, ["fast", "slow"]) == 0
    assert changes.prune(conn, ["fast", "new"]) == 0, "one that has not run yet has nothing"
    assert changes.prune(conn, ["fast"]) == 1


def test_without_outputs_changes_stay_for_a_day(conn: psycopg.Connection) -> None:
    article(conn, 1)
    assert changes.prune(conn, []) == 0
    conn.execute("UPDATE article_changes SET at = now() - interval '2 days'")
    assert changes.prune(conn, []) == 1


def test_the_doctor_tells_an_output_that_stands_still(conn: psycopg.Connection) -> None:
    output = Recorder(away=True)
    article(conn, 1)
    deliver(conn, [output])
    conn.execute("UPDATE article_changes SET at = now() - interval '1 hour'")
    (standing,) = deliveries.listing(conn)
    check = progress.output("recorder", standing)
    assert (check.level, "nobody answers" in check.finding) == ("warn", True)
    assert progress.output("recorder", None).level == "ok"


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.outputs import jsonl_files
from pipeline.outputs.jsonl_files import JsonlFiles
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.outputs import deliveries
from workers.steps.deliveries import deliver
when, folder, nth = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
calls = []

def die(real, how):
    def wrapped(*arguments):
        calls.append(1)
        if len(calls) == nth:
            how(real, *arguments)
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)
    return wrapped

def half(real, path, data):
    with path.open("ab") as file:
        file.write(data[: len(data) // 2])

if when == "half written":
    jsonl_files._append = die(jsonl_files._append, half)
elif when == "written":
    jsonl_files._append = die(jsonl_files._append, lambda real, *given: real(*given))
else:
    deliveries.taken = die(deliveries.taken, lambda real, *given: real(*given))
with connect(Settings(database_url=os.environ["DATABASE"])) as conn:
    deliver(conn, [JsonlFiles(folder)], 60, 3)
"""


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("when", ["half written", "written", "taken"])
def test_a_killed_delivery_ends_as_one_that_was_not(
    conn: psycopg.Connection, settings: Settings, tmp_path: Path, when: str, nth: int
) -> None:
    """SIGKILL at a batch of three; afterwards every article stands in the files once, and every file can be read."""
    ids = [article(conn, number) for number in range(8)]
    arguments = [sys.executable, "-c", KILLED, when, str(tmp_path), str(nth)]
    killed = subprocess.run(arguments, env=os.environ | {"DATABASE": settings.database_url}, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    deliver(conn, [JsonlFiles(tmp_path)], 60, 3)
    lines = [json.loads(line) for path in sorted(tmp_path.glob("*.gz")) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert [line["id"] for line in lines] == ids


def test_a_line_is_that_of_an_export(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    article(conn, 1)
    deliver(conn, [JsonlFiles(tmp_path)])
    (path,) = tmp_path.glob("*.gz")
    assert gzip.decompress(path.read_bytes()).decode() == stack("export").out


def test_the_task_delivers_what_the_settings_ask_for(conn: psycopg.Connection, settings: Settings, tmp_path: Path) -> None:
    from pipeline.outputs import configured

    article(conn, 1)
    deliver(conn, configured(settings.model_copy(update={"outputs": Outputs(jsonl_dir=str(tmp_path / "out"))})))
    assert len(list((tmp_path / "out").glob("articles-*.jsonl.gz"))) == 1
