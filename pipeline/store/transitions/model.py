"""The parts of a state change, and the assignments that many changes share."""

from __future__ import annotations

from dataclasses import dataclass

# Assignments that many changes share.
CLAIM = "dispatch_id = gen_random_uuid(), lease_until = now() + make_interval(secs => %(lease)s)"
FREE = "dispatch_id = NULL, lease_until = NULL"
# A link or feed that redirects led into another host's queue returns to its own: the next visit starts from its own address.
HOME = "next_url = NULL, hops = '[]', host_id = coalesce(origin_host_id, host_id), origin_host_id = NULL"


@dataclass(frozen=True, slots=True)
class Transition:
    """One state change. `before` and `after` are states, separated by commas; `; ` separates groups if not every pair is possible. `when`
    is Markdown for docs/reference/data-model.md. `sets` are the assignments of an UPDATE."""

    name: str
    before: str
    after: str
    when: str
    sets: str

    @property
    def arrows(self) -> list[tuple[str, str]]:
        """The pairs of states, before and after."""
        ways = zip(self.before.split("; "), self.after.split("; "), strict=True)
        return [(before, after) for befores, afters in ways for before in befores.split(", ") for after in afters.split(", ")]
