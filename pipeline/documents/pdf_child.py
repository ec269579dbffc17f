"""Read the lines of a PDF in a process of its own. The program imports nothing from newsmill, so that it starts in a tenth of a second.

    python -I pdf_child.py MAX_PAGES CPU_S MEMORY_MIB < FILE > JSON

PDFium is written in C++ and reads files made by strangers, so it gets its own limits and may crash. The output is one object: {"fault":
"locked" | "broken"} or {"info": {Title, Author, …}, "total": pages, "pages": [[[left, bottom, right, size, text], …], …]}. Lengths are
in points (1/72 inch) from the left and bottom of the page. If memory runs out, Python exits with OUT_OF_MEMORY, PDFium with SIGABRT.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

Line = tuple[float, float, float, float, str]

OUT_OF_MEMORY = 3  # exit status
MAX_CHARS = 20_000  # of one page; a broadsheet newspaper has 15,000
HYPHENS = (0x02, 0xFFFE)  # what PDFium writes for a hyphen at the end of a line
INFO = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate")


def main(max_pages: int, cpu_s: int, memory_mib: int) -> None:
    """Read a PDF from standard input and print its content as JSON."""
    _limit(cpu_s, memory_mib)
    body = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        found: dict[str, Any] = {"fault": "locked" if error.err_code == pdfium.FPDF_ERR_PASSWORD else "broken"}
    else:
        info = document.get_metadata_dict()
        total = len(document)
        pages = [_page(document, number) for number in range(min(total, max_pages))]
        found = {"info": {name: info.get(name, "") for name in INFO}, "total": total, "pages": pages}
    json.dump(found, sys.stdout)


def _limit(cpu_s: int, memory_mib: int) -> None:
    with contextlib.suppress(ImportError):  # Windows lacks such limits; there the parent's timeout is the only one
        import resource

        for which, most in ((resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory_mib * 2**20)):
            _, inherited = resource.getrlimit(which)  # cannot be raised
            limit = most if inherited == resource.RLIM_INFINITY else min(most, inherited)
            with contextlib.suppress(ValueError, OSError):  # macOS knows a memory limit but does not let it be set
                resource.setrlimit(
                    which, (limit, inherited if which == resource.RLIMIT_CPU else limit)
                )  # so that the child dies by SIGXCPU


def _page(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    """The lines of a page in the order of its content; none if the page is unreadable."""
    try:
        page = document[number]
        text = page.get_textpage()
        lines = _lines(text)
        text.close()
        page.close()
    except pypdfium2.PdfiumError:
        return []
    return lines


def _lines(text: pypdfium2.PdfTextPage) -> list[Line]:
    lines: list[Line] = []
    characters: list[str] = []
    first, last = -1, -1

    def end() -> None:
        nonlocal first
        if said := "".join(characters).strip():
            left, bottom, _ = _box(text, first)
            lines.append(
                (left, bottom, _box(text, last)[2], round(pdfium.FPDFText_GetFontSize(text, first) * _scale(text, first), 1), said)
            )
        characters.clear()
        first = -1

    for index in range(min(text.count_chars(), MAX_CHARS)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code in (0x0A, 0x0D):
            end()
            continue
        if not code or 0xD800 <= code < 0xE000:
            continue
        characters.append("-" if code in HYPHENS else chr(code))
        if not characters[-1].isspace():
            first, last = (index if first < 0 else first), index
        if code in HYPHENS:
            end()
    end()
    return lines


def _box(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float]:
    """Left edge, base line and right edge of a character."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    edges = [ctypes.c_double() for _ in range(4)]
    pdfium.FPDFText_GetCharBox(text, index, *edges)
    return round(x.value, 1), round(y.value, 1), round(edges[1].value, 1)


def _scale(text: pypdfium2.PdfTextPage, index: int) -> float:
    """How much the page's matrix enlarges the font size: many programs write fonts of size 1 and scale them."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    return abs(matrix.d) or abs(matrix.b) or 1.0


if __name__ == "__main__":
    try:
        main(*map(int, sys.argv[1:4]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
