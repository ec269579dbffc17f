"""Files given to `newsmill enqueue`: which there are, and reading them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.jobs import Page

# Beside a page that it saves, a browser makes a folder of what the page loads: frames, scripts, pictures.
PARTS_OF_A_PAGE = ("_files", ".files", "-Dateien", "_fichiers", "_archivos")


def found(text: str) -> Iterator[Path] | None:
    """The files that an argument stands for: one, or all those of a known kind in a folder and below it, by name. None for a URL."""
    if "://" in text:
        return None
    from pipeline.documents.kinds import is_known

    path = Path(text)
    try:
        if path.is_dir():
            return _below(path)
        return iter([path]) if path.exists() or is_known(text) else None
    except (OSError, ValueError):  # longer than names of files may be, or with a NUL
        return None


def page(path: Path, max_bytes: int) -> Page:
    """The file as a page to be stored. Raises OSError and Failure too_large, unsupported_type, no_content."""
    from pipeline.documents.kinds import media_type
    from pipeline.jobs import Page
    from pipeline.normalise.file_names import named
    from pipeline.outcomes import Failure
    from pipeline.store.links.enqueued_files import STATUS
    from pipeline.text import one_line

    with path.open("rb") as file:
        body = file.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise Failure("too_large", f"The file is larger than {max_bytes:,} bytes (files.max_bytes).")
    headers = {"content-type": media_type(path.name, body), "content-disposition": one_line(f'attachment; filename="{path.name}"')}
    name = named(body).text
    return Page(name, name, STATUS, headers, (), body)


def _below(folder: Path) -> Iterator[Path]:
    from pipeline.documents.kinds import is_known

    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts[:-1]
        if is_known(path.name) and path.is_file() and not any(part.endswith(PARTS_OF_A_PAGE) for part in inside):
            yield path
