"""The names by which a URL may belong to an outlet."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.normalise.site import site_of

DEEPEST = 3  # folders of a path; no outlet is deeper


def names(url: str) -> list[str]:
    """The names of sources that fit a URL, the longest first; the last is its registrable domain. Empty if it has no host."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if not host:
        return []
    domain = site_of(host)
    hosts = [host]
    while hosts[-1] != domain and "." in hosts[-1] and hosts[-1].endswith(f".{domain}"):
        hosts.append(hosts[-1].partition(".")[2])
    folders = [folder for folder in parts.path.split("/") if folder][:DEEPEST]
    paths = ["/" + "/".join(folders[:deep]) for deep in range(len(folders), 0, -1)] + [""]
    return [name + path for name in hosts for path in paths]
