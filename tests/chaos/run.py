"""One run: publish, torment, wait for quiet, compare with the truth."""

from __future__ import annotations

import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.store.feeds import feeds
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.journal import Event, Journal, follow
from tests.chaos.publishers import Gap, Publisher, publishing
from tests.chaos.truth import Found, compare, unfinished
from tests.chaos.world import AWAY, GAP_S, LEASE_S, World, settings, small_disk

LANES = 2  # faults at once
DISK_MIB = 1500  # Postgres may keep 1 GiB of its log
# Beyond the last fault: what was lost comes back after two leases, and the last links have all their tries, late ones too.
QUIET_S = 4 * LEASE_S + 240
# What the clocks of two programs on a busy machine may differ by when both look at the same request.
BLUR_S = 0.02


@dataclass(frozen=True, slots=True)
class Result:
    """`quiet_s`: from the last fault until every link had ended, None where that never came."""

    publisher: str
    journal: Journal
    found: Found
    quiet_s: float | None
    gaps: list[Gap]
    exit_code: int

    @property
    def too_small(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.seconds < GAP_S - BLUR_S]

    @property
    def well(self) -> bool:
        return self.found.as_it_should_be and self.exit_code == 0 and not self.too_small and not self.journal.troubles


def torment(minutes: float, seed: int, folder: Path, only: frozenset[str] = frozenset()) -> Result:
    """The whole run; `folder` is left behind for whoever wants to look. `only`: names of faults."""
    length_s = minutes * 60
    with small_disk(folder / "disk", DISK_MIB) as small:
        world = World(folder / "disk" / "data", folder, settings(folder / "disk" / "data"), max(8.0, min(60.0, length_s / 20)), small)
        world.folder.mkdir(exist_ok=True)
        (folder / "disk").chmod(0o755)
        journal = Journal()
        skipped = sorted({fault.name for fault in FAULTS if not fault.possible(world)})
        if skipped:
            journal.say(f"not possible here, left out: {', '.join(skipped)} (needs root on Linux)")
        with running(world, journal), publishing(length_s, seed) as publisher:
            _subscribe(world, publisher)
            _attack(world, journal, seed, length_s, only)
            quiet_s = _wait_quiet(world, publisher, journal)
            found, gaps = _compare(world, publisher), publisher.gaps()
        return Result(publisher.name, journal, found, quiet_s, gaps, world.stop())


@contextlib.contextmanager
def running(world: World, journal: Journal) -> Iterator[None]:
    """The stack, watched until the block ends. On the way out by an error it is stopped; else that is the caller's."""
    world.start()
    over = threading.Event()
    try:
        world.wait_ready()
        journal.say("the stack is up")
        watching = threading.Thread(target=follow, args=(world, journal, over), name="follow", daemon=True)
        watching.start()
        yield
        over.set()
        watching.join(30)
    except BaseException:
        over.set()
        world.stop()
        raise


def _subscribe(world: World, publisher: Publisher) -> None:
    with world.conn() as conn:
        for url in publisher.feeds():
            feeds.add(conn, url)


def _attack(world: World, journal: Journal, seed: int, length_s: float, only: frozenset[str]) -> None:
    """Two lanes of faults side by side, drawn from one shuffled deck, so that a short run has all kinds."""
    until = time.monotonic() + length_s
    deck = Deck([fault for fault in FAULTS if fault.possible(world) and (not only or fault.name in only)], random.Random(seed))
    lanes = [
        threading.Thread(target=_lane, args=(world, journal, deck, random.Random(f"{seed}-{n}"), until), name=f"lane {n}")
        for n in range(LANES)
    ]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()


class Deck:
    """Faults in an order by chance, each as often as it is in the deck before any comes again; for several threads."""

    def __init__(self, faults: list[Fault], rand: random.Random) -> None:
        self.faults, self.rand, self.left = faults, rand, list[Fault]()
        self.lock = threading.Lock()

    def draw(self) -> Fault:
        with self.lock:
            if not self.left:
                self.left = self.rand.sample(self.faults, len(self.faults))
            return self.left.pop()


def _lane(world: World, journal: Journal, deck: Deck, rand: random.Random, until: float) -> None:
    time.sleep(rand.uniform(0, world.minute_s / 2))
    while time.monotonic() < until:
        fault, begun = deck.draw(), time.monotonic()
        try:
            what = fault.run(world, rand)
        except AWAY as error:
            what = ""  # the other lane has taken away what this one needs
            journal.say(f"{fault.name} could not be done: {error}".splitlines()[0])
        if what:
            journal.note(Event(fault.name, what, begun, time.monotonic()))
        time.sleep(rand.uniform(1, world.minute_s / 2))


def _wait_quiet(world: World, publisher: Publisher, journal: Journal) -> float | None:
    began = time.monotonic()
    expected = publisher.truth()
    while time.monotonic() - began < QUIET_S:
        with contextlib.suppress(*AWAY), world.conn() as conn:
            left = unfinished(conn, expected)
            if not left:
                journal.say("all links have ended")
                return time.monotonic() - began
        time.sleep(1)
    return None


def _compare(world: World, publisher: Publisher) -> Found:
    time.sleep(LEASE_S)  # so that what a host lease is held by has ended, or is found
    with world.conn() as conn:
        return compare(conn, publisher.truth())


def temporary_folder() -> Path:
    """Readable for the account under which an embedded Postgres runs."""
    folder = Path(tempfile.mkdtemp(prefix="newsmill-chaos-"))
    folder.chmod(0o755)
    return folder
