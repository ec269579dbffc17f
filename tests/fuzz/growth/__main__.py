"""Prints what grows faster than linearly, and ends with 1 where anything does.

    python -m tests.fuzz.growth [patterns|readers] [--only WORD] [--first CHARACTERS] [--progress]

Patterns are tried with inputs made from their own structure, readers with those of tests/fuzz/growth/texts.py. Each is given inputs of n, 2n,
4n and 8n characters, and what takes more than 20 times the time of the first for the last is told, with the input that shows it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from tests.fuzz.growth.measure import growth
from tests.fuzz.growth.patterns import patterns
from tests.fuzz.growth.readers import outdated, readers, unregistered
from tests.fuzz.growth.shapes import shapes

FIRST = {"patterns": 1000, "readers": 4000}  # characters
LIMIT_S = {"patterns": 1.0, "readers": 8.0}  # CPU; what takes longer is not waited for
HARMLESS_S = {"patterns": 0.003, "readers": 0.1}  # CPU for the longest input; a square of its length takes longer


def steep(what: str, only: str, first: int, progress: bool) -> Iterator[str]:
    """A sentence for each of the patterns or of the readers that grows."""
    if what == "patterns":
        every = [(f"{one.name} {way}", call, shapes(one.pattern)) for one in patterns() for way, call in one.calls().items()]
    else:
        every = [(reader.name, reader.call, list(reader.shapes)) for reader in readers()]
    for name, call, tried in every:
        if only not in name:
            continue
        if progress:
            print(f"{time.process_time():.0f} s {name}: {len(tried)} inputs", file=sys.stderr, flush=True)
        for shape in tried:
            try:
                grown = growth(call, shape.of, first or FIRST[what], harmless_s=HARMLESS_S[what], limit_s=LIMIT_S[what])
            except Exception as error:
                yield f"{name}: raises {error!r} for {shape}"
                break
            if grown and grown.is_steep:
                yield f"{name}: {grown} for {shape}"
                break


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", choices=tuple(FIRST), help="only these")
    parser.add_argument("--only", default="", help="whose name holds this word")
    parser.add_argument("--first", type=int, default=0, help="characters of the shortest input")
    parser.add_argument("--progress", action="store_true")
    chosen = parser.parse_args()
    said = [f"{name} is in no registry: add it to tests/fuzz/growth/registry.py." for name in unregistered()]
    said += [f"{name} is in the registry and nowhere else: take it out." for name in outdated()]
    for sentence in said:
        print(sentence)
    for what in (chosen.what,) if chosen.what else FIRST:
        for sentence in steep(what, chosen.only, chosen.first, chosen.progress):
            said.append(sentence)
            print(sentence, flush=True)
    print(f"{len(said)} found, {time.process_time():.0f} s of CPU", file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
