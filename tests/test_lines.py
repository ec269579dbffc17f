"""Output that never waits for its reader: a full pipe costs lines, never time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest

from pipeline.standard_streams import LONGEST_LINE, Lines
from tests.paths import REPOSITORY

LINE = "x" * 99 + "\n"


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """The end to read from, and a text stream at the other."""
    read, write = os.pipe()
    with os.fdopen(write, "w") as stream:
        yield read, stream
    os.close(read)


def read_all(end: int) -> str:
    """What comes until the other end is closed."""
    with os.fdopen(os.dup(end), "rb") as file:
        return file.read().decode()


def test_a_reader_that_reads_gets_every_line_in_order(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream)
    for number in range(500):
        print(number, file=lines)
    lines.drain(patience_s=30)
    stream.close()
    assert read_all(end).split() == [str(number) for number in range(500)]


def test_writing_to_a_reader_that_does_not_read_ends_and_the_lines_lost_are_counted(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream, most_bytes=50_000)
    for _ in range(5_000):  # 500 kB: more than a pipe and the buffer hold
        lines.write(LINE)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(read_all(end)))
    reader.start()
    lines.drain(patience_s=30)
    lines.write("the next line\n")
    lines.drain(patience_s=30)
    stream.close()
    reader.join(120)
    (text,) = found
    *before, last = text.splitlines()
    assert last == "the next line"
    kept = [line for line in before if line == LINE.strip()]
    notices = [
        re.fullmatch(r"\(([\d,]+) lines? (?:was|were) dropped here because the output was not read\)", line)
        for line in before
        if line != LINE.strip()
    ]
    assert notices  # more than one where the reader came up in between
    assert sum(int(notice[1].replace(",", "")) for notice in notices if notice) == 5_000 - len(kept)


def test_an_end_that_nobody_reads_is_not_waited_for(pipe: tuple[int, TextIO]) -> None:
    _, stream = pipe
    lines = Lines(stream, most_bytes=500_000)
    for _ in range(4_000):
        lines.write(LINE)
    lines.drain(patience_s=0.2)  # the test ends, which is what it asks


def test_words_without_an_end_of_line_wait_for_it_and_come_out_last(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream)
    lines.write("one ")
    lines.write("line\nand half")
    lines.drain(patience_s=30)
    stream.close()
    assert read_all(end) == "one line\nand half\n"


def test_a_line_without_an_end_is_broken_and_does_not_grow_for_ever(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(read_all(end)))
    reader.start()
    for _ in range(300):
        lines.write("x" * 1000)
    lines.drain(patience_s=30)
    stream.close()
    reader.join(120)
    assert found[0].replace("\n", "") == "x" * 300_000
    assert max(map(len, found[0].splitlines())) <= LONGEST_LINE + 1000


def test_lines_that_were_lost_are_told_even_where_none_follows(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream, most_bytes=50_000)
    for _ in range(5_000):
        lines.write(LINE)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(read_all(end)))
    reader.start()
    lines.drain(patience_s=30)
    stream.close()
    reader.join(120)
    assert found[0].endswith("lines were dropped here because the output was not read)\n")


def test_a_stream_in_memory_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    lines = Lines(stream)
    lines.write("a\nb\n")
    lines.drain(patience_s=30)
    assert stream.getvalue() == "a\nb\n"


def test_a_forked_child_writes_its_own_lines_and_not_those_of_its_parent(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream)
    lines.write("parent\n")
    lines.drain(patience_s=30)
    lines.write("unfinished")
    pid = os.fork()
    if pid == 0:
        lines.write("child\n")
        lines.drain(patience_s=30)
        os._exit(0)
    os.waitpid(pid, 0)
    lines.drain(patience_s=30)
    stream.close()
    assert sorted(read_all(end).split()) == ["child", "parent", "unfinished"]


CHATTY = """
import logging, sys
from pathlib import Path
from pipeline import standard_streams as lines, logs
from pipeline.settings import Settings
lines.take_over()
logs.configure(Settings(log_format="json"), process="fetch")
for number in range(30_000):
    logging.getLogger("some.library").warning("line %s", number)
    print("a stray word")
Path(sys.argv[1]).write_text("done")
{end}
"""


def test_a_process_whose_output_nobody_reads_does_its_work_and_ends(tmp_path: Path) -> None:
    """With everything that may write: our log, other loggers, bare prints, the traceback of its end."""
    program = CHATTY.format(end="raise RuntimeError('the last words')")
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "done")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
    )
    try:
        assert process.wait(60) == 1
    finally:
        process.kill()
        process.communicate()
    assert (tmp_path / "done").read_text() == "done"


def test_the_last_lines_come_out_at_a_normal_end(tmp_path: Path) -> None:
    program = CHATTY.format(end="raise RuntimeError('the last words')").replace("30_000", "3")
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "done")], capture_output=True, text=True, cwd=REPOSITORY, timeout=60
    )
    events = [json.loads(line)["event"] for line in ended.stderr.splitlines() if line.startswith("{")]
    assert events == ["line 0", "line 1", "line 2"]
    assert ended.stderr.endswith("RuntimeError: the last words\n")
    assert ended.stdout == "a stray word\n" * 3


def test_a_signal_handler_may_write_while_a_line_is_being_written(pipe: tuple[int, TextIO]) -> None:
    end, stream = pipe
    lines = Lines(stream)
    old = signal.signal(signal.SIGALRM, lambda *_: lines.write("from the handler\n"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        for _ in range(5_000):
            lines.write("from the program\n")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    reader: list[str] = []
    thread = threading.Thread(target=lambda: reader.append(read_all(end)))
    thread.start()
    lines.drain(patience_s=30)
    stream.close()
    thread.join(120)
    assert set(reader[0].splitlines()) == {"from the handler", "from the program"}
