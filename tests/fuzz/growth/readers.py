"""Every public function that reads what others write: those of the registry, and by themselves those that read one text and nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType

from lxml import etree

from pipeline.outcomes import Failure
from tests.fuzz.growth import texts
from tests.fuzz.growth.left_out import INNER, OWN
from tests.fuzz.growth.patterns import modules
from tests.fuzz.growth.registry import REGISTRY
from tests.fuzz.growth.shapes import Shape
from web.http.problems import Problem

READING = ("pipeline.documents", "pipeline.extract", "pipeline.feeds", "pipeline.fetch", "pipeline.normalise", "pipeline.text", "pipeline.logs", "pipeline.request_origin", "pipeline.search", "pipeline.steps", "pipeline.reextract",
           "pipeline.warc", "web")  # fmt: skip
ONE_TEXT = {"str": lambda text: text, "str | None": lambda text: text, "bytes": lambda text: text.encode("utf-8", "replace")}
ALIASES = ("str", "bytes", "Headers", "Pieces", "Tags")  # what the annotations call texts
ORDINARY = (Failure, Problem, ValueError, etree.LxmlError)  # how readers refuse


@dataclass(frozen=True, slots=True)
class Reader:
    """A function, how it is called with a text, and the shapes of the texts."""

    name: str
    call: Callable[[str], object]
    shapes: tuple[Shape, ...]


def readers() -> list[Reader]:
    """All of them, by name."""
    found = [Reader(name, _refusing(call), shapes) for name, (call, shapes) in REGISTRY.items()]
    known = {name.partition(" ")[0] for name in REGISTRY}
    for name, function in _public():
        made = _of_one_text(function)
        if made and name not in known and not _is_left_out(name):
            found.append(Reader(name, _refusing(made), (*texts.ANY, *texts.ADDRESSES)))
    return sorted(found, key=lambda reader: reader.name)


def unregistered() -> list[str]:
    """Functions that read a text and are called by nobody here: they belong into the registry, or among what it leaves out, with the reason."""
    known = {reader.name.partition(" ")[0] for reader in readers()}
    return [name for name, function in _public() if name not in known and not _is_left_out(name) and _reads(function)]


def outdated() -> list[str]:
    """Names in the registry that no function has."""
    there = {name for name, _ in _public()}
    return [name for name in (*(name.partition(" ")[0] for name in REGISTRY), *INNER, *OWN) if name not in there]


def _is_left_out(name: str) -> bool:
    return name in INNER or name in OWN


def _public() -> Iterator[tuple[str, FunctionType]]:
    for module in modules():
        if module.__name__.startswith(READING):
            for name, value in vars(module).items():
                function = inspect.unwrap(value) if callable(value) else None
                if not name.startswith("_") and inspect.isfunction(function) and function.__module__ == module.__name__:
                    yield f"{module.__name__}.{name}", value


def _reads(function: FunctionType) -> bool:
    said = [str(parameter.annotation) for parameter in inspect.signature(function).parameters.values()]
    return any(
        alias in annotation.replace("[", " ").replace("]", " ").replace(",", " ").split() for annotation in said for alias in ALIASES
    )


def _of_one_text(function: FunctionType) -> Callable[[str], object] | None:
    """How to call a function whose only necessary parameter is a text."""
    parameters = inspect.signature(function).parameters.values()
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    make = ONE_TEXT.get(str(needed[0].annotation)) if len(needed) == 1 else None
    return (lambda text: function(make(text))) if make else None


def _refusing(call: Callable[[str], object]) -> Callable[[str], object]:
    """The same; how a reader refuses a text is no fault. What it gives piece by piece is taken."""

    def taken(text: str) -> object:
        try:
            found = call(text)
            return list(found) if inspect.isgenerator(found) else found
        except ORDINARY:
            return None

    return taken
