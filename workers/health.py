"""`python -m workers.health`: exit status 0 while the heartbeat file of this container's worker is fresh, else 1.

For container health checks, which run all day long: it imports next to nothing, where asking the worker through Redis
(`celery inspect ping`) would cost most of a second of processor time a check.
"""

import os
import sys
import time

LIMIT_S = 60.0  # six beats at the default workers.heartbeat_s, so that one slow moment is not an illness


def age_s(path: str, now: float) -> float | None:
    """Seconds since the file was last written; None where there is none."""
    try:
        return max(0.0, now - os.stat(path).st_mtime)
    except OSError:
        return None


def verdict(path: str, now: float) -> tuple[bool, str]:
    """Whether the worker is alive, and the sentence that says why."""
    if not path:
        return False, "NEWSMILL_HEARTBEAT_FILE is not set, so there is no heartbeat to look at."
    age = age_s(path, now)
    if age is None:
        return False, f"No heartbeat yet: {path} does not exist."
    return age < LIMIT_S, f"The last heartbeat is {age:.0f} s old."


if __name__ == "__main__":
    alive, sentence = verdict(os.environ.get("NEWSMILL_HEARTBEAT_FILE", ""), time.time())
    sys.stdout.write(sentence + "\n")
    sys.exit(0 if alive else 1)
