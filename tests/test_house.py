"""The limits of the house: small folders, small files, small functions. Where they are passed, the message says what to do."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.paths import REPOSITORY
from tests.support.long_first import LONG

ROOTS = ("pipeline", "workers", "web", "cli", "benchmarks")
FILES = sorted(path for root in ROOTS for path in (REPOSITORY / root).rglob("*.py"))
MAX_FILES, MAX_LINES, MAX_FUNCTION_LINES = 15, 300, 60

# Files that are one table: longer, since it would be harder to read in pieces.
TABLES: frozenset[str] = frozenset()


def name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def test_no_folder_has_too_many_files() -> None:
    folders = Counter(path.parent for path in FILES)
    crowded = {name(folder): count for folder, count in folders.items() if count > MAX_FILES}
    assert crowded == {}, "split the folder by what its files are about; each package's __init__.py says what belongs there"


def test_no_file_is_too_long() -> None:
    long = {name(path): lines for path in FILES if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES}
    assert {path: lines for path, lines in long.items() if path not in TABLES} == {}, "one idea a file: move one of them beside it"
    assert set(long) == TABLES, "a file that is not long any more is no exception"


def test_no_function_is_too_long() -> None:
    long = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{name(path)}:{node.name}"] = lines
    assert long == {}, "a function reads as a paragraph: give each of its steps a name"


@pytest.mark.parametrize("package", sorted({path.parent for path in FILES}), ids=name)
def test_every_package_says_what_is_in_it(package: Path) -> None:
    init = package / "__init__.py"
    assert init.is_file(), f"{name(package)} has no __init__.py"
    said = ast.get_docstring(ast.parse(init.read_bytes())) or ""
    assert said.count(".") >= 2, f"{name(init)}: say in two sentences what is in the package and what may import it"


TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))


def test_no_folder_of_tests_has_too_many_files() -> None:
    folders = Counter(path.parent for path in TESTS)
    crowded = {name(folder): count for folder, count in folders.items() if count > MAX_FILES}
    assert crowded == {}, "split the folder by the room of the code that its tests are about"


def test_every_test_that_is_started_first_exists() -> None:
    gone = {start for start in LONG if not (REPOSITORY / start.partition("::")[0]).exists()}
    assert gone == set()


def test_no_test_module_imports_from_another() -> None:
    importing = {
        name(path) for path in TESTS if re.search(r"^\s*from tests[\w.]*\.test_\w+ import", path.read_text(encoding="utf-8"), re.M)
    }
    assert importing == set(), "what several of them use stands in a module of its own"


def test_nothing_cites_a_table_that_is_not_in_the_repository() -> None:
    citation = re.compile(r"\brows? [A-Z]+[0-9]+")
    citing = {name(path) for path in (*FILES, *TESTS) if citation.search(path.read_text(encoding="utf-8"))}
    assert citing == set(), "give the reason instead, or the RFC"
