"""Every compiled pattern of the product, found by itself, with the ways in which it is used."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

ROOTS = ("pipeline", "workers", "web", "cli")
WAYS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
Read = Callable[[Any], object]


@dataclass(slots=True)
class Found:
    """A pattern, where it stands, and the methods that are called on it."""

    name: str
    pattern: re.Pattern[Any]
    ways: set[str] = field(default_factory=set)

    def calls(self) -> dict[str, Read]:
        """How the pattern is used, each way once. Where that is not known, the way that shows most."""
        ways = self.ways or {"search"}
        if ways & {"search", "sub", "subn", "split", "findall", "finditer"}:
            ways = ways - {"match", "fullmatch"}  # the search tries both of them, at every place
        if ways & {"sub", "subn", "split", "findall", "finditer"}:
            ways = {"sub"}
        return {way: functools.partial(_use, self.pattern, way) for way in sorted(ways)}


def _use(pattern: re.Pattern[Any], way: str, text: str) -> object:
    given: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
    return pattern.sub(given[:0], given) if way == "sub" else getattr(pattern, way)(given)


def modules() -> list[ModuleType]:
    """All modules of the product but those that do something when they are imported."""
    found = []
    for root in ROOTS:
        package = importlib.import_module(root)
        names = [root, *(entry.name for entry in pkgutil.walk_packages(package.__path__, f"{root}."))]
        found += [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return found


def patterns() -> list[Found]:
    """Those in the modules' names, in what these hold, and those written where they are used."""
    found: dict[re.Pattern[Any], Found] = {}
    every = modules()
    for module in every:
        for name, value in vars(module).items():
            for pattern in _held(value):
                found.setdefault(pattern, Found(f"{module.__name__}.{name}", pattern))
    for module in every:
        for used in _written(module):
            for pattern, way in used:
                found.setdefault(pattern, Found(f"{module.__name__}: {pattern.pattern!r}", pattern)).ways.add(way)
    return sorted(found.values(), key=lambda one: one.name)


def _held(value: object, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, functools.partial):
        yield from _held([value.func, value.args, value.keywords], depth)
    elif inspect.ismethod(value) or inspect.isbuiltin(value):
        yield from _held(value.__self__, 0)
    elif depth and isinstance(value, dict):
        for key, one in value.items():
            yield from _held(key, 0)
            yield from _held(one, depth - 1)
    elif depth and isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _held(one, depth - 1)


def _written(module: ModuleType) -> Iterator[list[tuple[re.Pattern[Any], str]]]:
    """What the source does with patterns: NAME.search, module.NAME.search, re.search("…")."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_bytes())):
        if isinstance(node, ast.Attribute) and node.attr in WAYS:
            yield [(pattern, node.attr) for pattern in _held(_value(node.value, module))]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _value(node.func.value, module) is re:
            way, given = node.func.attr, node.args[:1]
            if way in WAYS and given and isinstance(given[0], ast.Constant):
                yield [(re.compile(given[0].value, _flags(node, module)), way)]


def _value(node: ast.expr, module: ModuleType) -> object:
    """What a name or a dotted name stands for in a module; None where that shows only when it runs."""
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, module), node.attr, None)
    return None


def _flags(call: ast.Call, module: ModuleType) -> int:
    written = [*call.args, *(keyword.value for keyword in call.keywords)]
    return sum(int(value) for node in written if isinstance(value := _value(node, module), re.RegexFlag))
