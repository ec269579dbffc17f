"""`python -m workers.health`: exit status 0 while the heartbeat of this container's process is fresh, else 1.

Container health checks run all day, so this imports next to nothing. Asking the worker through Redis (`celery inspect ping`)
would cost most of a second of CPU a check. Beat is alive while it sends ticks, a control worker while ticks complete, the others
while their main loop turns.
"""

import os
import sys
import time

FILE_VARIABLE = "NEWSMILL_HEARTBEAT_FILE"
LIMIT_S = 30.0  # dispatch.stall_s, or three heartbeats; Docker asks three times, so one slow moment does no harm


def age_s(path: str, now: float) -> float | None:
    """Seconds since the process last wrote its file, or None if there is no usable one. `now` is time.monotonic(), as in the file."""
    try:
        with open(path, encoding="ascii") as file:
            written_at = float(file.read(40))
    except (OSError, ValueError):
        return None
    return now - written_at if written_at <= now else None  # written before the machine restarted


def verdict(path: str, now: float) -> tuple[bool, str]:
    """Whether the process is alive, and the sentence that says why."""
    if not path:
        return False, f"{FILE_VARIABLE} is not set, so there is no heartbeat to look at."
    age = age_s(path, now)
    if age is None:
        return False, f"No heartbeat yet: {path} does not exist or is of an earlier time."
    return age < LIMIT_S, f"The last heartbeat is {age:.0f} s old."


if __name__ == "__main__":
    alive, sentence = verdict(os.environ.get(FILE_VARIABLE, ""), time.monotonic())
    sys.stdout.write(sentence + "\n")
    sys.exit(0 if alive else 1)
