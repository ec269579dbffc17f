"""Say what a link waits for. Pure: the caller passes what it has read."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.outcomes import ENDED


@dataclass(frozen=True, slots=True)
class Facts:
    """A link and its host at one moment. `later`: its next attempt is not due yet. `late`: that attempt is a late one. `redirected`: a
    redirect led to the host. `robots_code`: why the host's robots.txt cannot be read; empty if it can. `pause`: why the host is paused;
    empty if it is not. `by_hand`: paused until somebody resumes it."""

    state: str
    stage: str
    code: str
    host: str
    later: bool = False
    late: bool = False
    redirected: bool = False
    robots_code: str = ""
    pause: str = ""
    by_hand: bool = False


def waits_for(link: Facts) -> str:
    """What has to happen next, to follow the words "waits for"; empty for a link that has ended."""
    if link.state in ENDED:
        return ""
    if link.stage == "extract":
        return "a free extract worker" if link.state == "dispatched" else "its extraction"
    if link.state == "running":
        return f"the answer of {link.host}"
    if link.later and link.late:
        return f"a late retry after {link.code}, sooner if {link.host} answers again"
    if link.robots_code:
        return f"robots.txt of {link.host}: {link.robots_code}"
    if link.by_hand:
        return f"`newsmill hosts resume {link.host}`: {link.pause}"
    if link.pause:
        return f"the pause of {link.host}: {link.pause}"
    if link.later and link.code:
        return f"a retry after {link.code}"
    if link.state == "dispatched":
        return "a free fetch worker"
    return f"its turn at {link.host}" + (", where a redirect led" if link.redirected else "")
