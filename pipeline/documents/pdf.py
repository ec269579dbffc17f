"""Read PDFs: articles as printed pages. PDFium (pypdfium2) runs in a child process, so a bad file can crash it or fill its memory without
harm.

The document's own properties (title, author, date) are often a file name, a login and the day of printing. So they are used only if the
pages do not say.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.documents import article, layout, lines, markup
from pipeline.documents.model import Opened, Stated
from pipeline.extract.html.model import Page
from pipeline.extract.metadata.title_suffixes import without_site
from pipeline.extract.text.boilerplate_phrases import is_boilerplate
from pipeline.normalise.author_names import is_full_name
from pipeline.outcomes import Failure
from pipeline.settings import Files
from pipeline.text import clean, letters_key, one_line

OUT_OF_MEMORY = 3  # as in the child, which is a separate program
CHILD = Path(__file__).with_name("pdf_child.py")
WALL_FACTOR = 1.5  # of the CPU limit: on a busy machine the child may take so much longer
MAX_TITLE = 300  # characters
MIN_TITLE_WORDS = 3  # of the title property; shorter ones are file names and sections
NO_TITLE = re.compile(r"\.(?:docx?|indd|qxd|pdf|rtf|odt|html?|tex)\b|^(?:microsoft\s+word|powerpoint|untitled|layout|document|print|slide)\b|^(?=\S+$)[^\s_\d]*[_\d]", re.IGNORECASE)  # fmt: skip
NO_AUTHOR = re.compile(r"\b(?:user|office|admin|owner|unknown|microsoft|adobe|scanner|print|desktop)\b", re.IGNORECASE)
# Programs that print pages: the PDF's date is the reader's, not the article's.
PRINTERS = re.compile(r"mozilla|chrom|skia|cairo|quartz|safari|webkit|wkhtml|print|ghostscript|qt\s*\d|headless", re.IGNORECASE)
MADE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")


def read(name: str, body: bytes, settings: Files) -> Opened:
    """Read a PDF. Raises Failure: unsupported_type (locked or broken), no_content (scanned, or no article), extract_crashed,
    extract_timeout, extract_memory."""
    found = _printed_lines(body, settings)
    printed = layout.read(
        [[layout.Line(left, bottom, right, size, clean(text)) for left, bottom, right, size, text in page] for page in found["pages"]]
    )
    if not any(any(page) for page in printed.pages):
        raise Failure(
            "no_content",
            f"The PDF has {found['total']} pages and no text, so it is scanned; have its text recognised (OCR) and enqueue it again.",
        )
    text = lines.mended(printed.pages, laid_out=True)
    info = {field: one_line(value) for field, value in found["info"].items()}
    title = _title(printed.headlines, info["Title"], text.paragraphs)
    stated, paragraphs = article.read(text.paragraphs, title=title, running=(*printed.running, *text.running))
    if not paragraphs:
        raise Failure("no_content", "The PDF contains no article text.")
    stated = _with_hints(stated, info)
    flags = ("pages_cut",) if found["total"] > settings.max_pages else ()
    return Opened(Page(stated.url or name, markup.page(stated), "text/html; charset=utf-8"), "\n".join(paragraphs), flags)


def _printed_lines(body: bytes, settings: Files) -> dict[str, Any]:
    """The output of the child for the file."""
    limits = [str(limit) for limit in (settings.max_pages, settings.pdf_time_limit_s, settings.pdf_max_memory_mib)]
    slow = Failure("extract_timeout", f"The PDF took longer than {settings.pdf_time_limit_s} s (files.pdf_time_limit_s).")
    command = [sys.executable, "-I", str(CHILD), *limits]
    try:
        child = subprocess.run(command, input=body, capture_output=True, timeout=settings.pdf_time_limit_s * WALL_FACTOR, check=False)  # noqa: S603 (our own program)
    except subprocess.TimeoutExpired:
        raise slow from None
    if child.returncode == -signal.SIGXCPU:
        raise slow
    if child.returncode in (OUT_OF_MEMORY, -signal.SIGABRT):
        raise Failure("extract_memory", f"The PDF needs more than {settings.pdf_max_memory_mib} MiB (files.pdf_max_memory_mib).")
    if child.returncode:
        last_line = child.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        why = last_line or f"by signal {-child.returncode}"
        raise Failure("extract_crashed", f"The process that read the PDF ended ({why}).")
    found: dict[str, Any] = json.loads(child.stdout)
    match found.get("fault"):
        case "locked":
            raise Failure("unsupported_type", "The PDF is locked with a password; save it without one and enqueue it again.")
        case "broken":
            raise Failure("unsupported_type", "The PDF is broken or cut off, and PDFium cannot read it; download the file again.")
    return found


def _title(headlines: Sequence[str], own: str, paragraphs: Sequence[str]) -> str:
    """The headline in large letters that the title property confirms, else the first one; the title property if its words are on the page."""
    whole = {letters_key(text): text for text in paragraphs}  # a headline may be split over lines; in paragraphs it is whole
    candidates = [whole.get(letters_key(text), text) for text in headlines if not is_boilerplate(text)]
    bare = "" if NO_TITLE.search(own) or len(own.split()) < MIN_TITLE_WORDS else own
    if bare:
        known = frozenset(letters_key(text) for text in (*candidates, *paragraphs[: article.HEAD]) if len(text) <= MAX_TITLE)
        cut = without_site(bare, frozenset(), known)
        if letters_key(cut) in known:
            return cut
        bare = ""
    return candidates[0] if candidates else bare


def _with_hints(stated: Stated, info: dict[str, str]) -> Stated:
    author, made = info["Author"], MADE.match(info["CreationDate"])
    if not stated.authors and is_full_name(author) and not NO_AUTHOR.search(author):
        stated = replace(stated, authors=(author,))
    if not stated.published and made and not PRINTERS.search(f"{info['Creator']} {info['Producer']}"):
        stated = replace(stated, published="-".join(made.groups()))
    return stated
