"""Nothing leaves newsmill but through pipeline/fetch, as far as the code of its modules tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.paths import REPOSITORY
from tests.support.tables import failing_rows

PACKAGES = ("pipeline", "workers", "web", "cli")
MODULES = sorted(str(path.relative_to(REPOSITORY)) for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
GUARDED = "pipeline/fetch/"

# What can open a connection, as import paths; whatever is below one counts as that one.
OPENERS = (
    *("requests", "urllib3", "http.client", "urllib.request", "httpx", "httpcore", "aiohttp", "pycurl", "websockets", "socket"),
    *("ftplib", "smtplib", "telnetlib", "imaplib", "poplib", "xmlrpc.client"),
    *("asyncio.open_connection", "trafilatura.downloads", "trafilatura.fetch_url"),
)
ALLOWED = {
    ("cli/local/announce.py", "urllib.request"): "asks the dashboard that it started on this machine whether it is up",
    ("cli/local/up.py", "socket"): "binds a port to see whether it is free; connects to nothing",
    ("cli/local/data_folder.py", "socket"): "binds a port to see whether it is free; connects to nothing",
}
FETCHING = frozenset({"fetch_url", "fetch_response", "urlopen", "urlretrieve", "create_connection", "open_connection", "focused_crawler"})


@cache
def imports_and_calls(source: str) -> tuple[ast.AST, ...]:
    """Each module is looked at by several tests and read once."""
    return tuple(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom | ast.Call))


def names(source: str) -> Iterator[str]:
    """Everything that a module imports, as dotted paths."""
    for node in imports_and_calls(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__") and node.args:
            yield node.args[0].value if isinstance(node.args[0], ast.Constant) else "socket"  # a name made up at run time can be any


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def openers(source: str) -> set[str]:
    return {opener for name in names(source) for opener in OPENERS if f"{name}.".startswith(f"{opener}.")}


def calls(source: str, *wanted: str) -> list[ast.Call]:
    return [node for node in imports_and_calls(source) if isinstance(node, ast.Call) and called(node) in wanted]


def reads_memory(call: ast.Call) -> bool:
    """Whether the first argument is io.BytesIO(…): feedparser takes a text for a path or a URL."""
    return bool(call.args) and isinstance(call.args[0], ast.Call) and called(call.args[0]) == "BytesIO"


def feed_parses(source: str) -> list[ast.Call]:
    assert "feedparser.parse" not in set(names(source)), "import feedparser as a whole, so that this test sees its calls"
    return [call for call in calls(source, "parse") if ast.unparse(call.func) == "feedparser.parse"]


def test_only_the_guarded_client_opens_connections() -> None:
    def check(module: str) -> None:
        source = (REPOSITORY / module).read_text()
        unexplained = {opener for opener in openers(source) if (module, opener) not in ALLOWED}
        assert not unexplained
        if module != "cli/local/announce.py":
            assert not calls(source, *FETCHING)

    assert failing_rows([module for module in MODULES if not module.startswith(GUARDED)], check) == {}


def test_every_exception_is_still_needed() -> None:
    assert {
        (module, opener) for module in MODULES if not module.startswith(GUARDED) for opener in openers((REPOSITORY / module).read_text())
    } == set(ALLOWED)


@pytest.mark.parametrize("name", ["bind", "connect"])
def test_the_sockets_of_the_exceptions_only_bind(name: str) -> None:
    found = [
        call for module, opener in ALLOWED if opener == "socket" for call in calls((REPOSITORY / module).read_text(), name, f"{name}_ex")
    ]
    assert bool(found) is (name == "bind")


def test_within_the_guarded_package_one_place_connects() -> None:
    places = [
        module for module in MODULES if module.startswith(GUARDED) and calls((REPOSITORY / module).read_text(), "connect", "connect_ex")
    ]
    assert places == ["pipeline/fetch/connect.py"]
    sessions = [m for m in MODULES if calls((REPOSITORY / m).read_text(), "Session", "session", *FETCHING) and m.startswith(GUARDED)]
    assert not sessions


def test_feedparser_is_given_bytes_in_memory_only() -> None:
    found = [call for module in MODULES for call in feed_parses((REPOSITORY / module).read_text())]
    assert found
    assert all(reads_memory(call) for call in found)


def test_dates_are_looked_for_in_trees_only() -> None:
    """htmldate fetches a text that is a URL."""
    found = [call for module in MODULES for call in calls((REPOSITORY / module).read_text(), "find_date")]
    assert found
    assert all(ast.unparse(call.args[0]) in ("tree", "document.tree", "copy.copy(document.tree)") for call in found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import requests", {"requests"}),
        ("import requests.adapters as a", {"requests"}),
        ("from urllib.request import urlopen", {"urllib.request"}),
        ("from urllib import request", {"urllib.request"}),
        ("def f():\n    import http.client", {"http.client"}),
        ("import importlib\nimportlib.import_module('httpx')", {"httpx"}),
        ("from http import HTTPStatus\nfrom urllib.parse import quote\nimport socketserver", set()),
    ],
)
def test_the_search_finds_what_opens_connections(source: str, found: set[str]) -> None:
    assert openers(source) == found


def test_the_search_tells_bytes_from_a_path() -> None:
    good, bad = feed_parses("feedparser.parse(io.BytesIO(data))\nfeedparser.parse(data)")
    assert reads_memory(good)
    assert not reads_memory(bad)
