"""Small PDFs, written by hand: lines of text at given places, and what goes wrong with real ones."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from tests.documents import saved

Placed = tuple[float, float, float, str]  # left edge and base line in points, size, text


def pdf(pages: Sequence[Sequence[Placed]], info: dict[str, str] | None = None, *, extra: str = "") -> bytes:
    """A PDF of these pages. `extra` goes into the trailer."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = b"".join(
            b"/F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj\n" % (size, left, bottom, _string(text)) for left, bottom, size, text in lines
        )
        objects.append(b"<< /Length %d >>\nstream\nBT\n%sET\nendstream" % (len(shown) + 6, shown))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    if info:
        objects.append(b"<< %s >>" % b" ".join(b"/%s (%s)" % (name.encode(), _string(value)) for name, value in info.items()))
        extra += f" /Info {len(objects)} 0 R"
    return _file(objects, extra)


def swollen(mib: int) -> bytes:
    """A PDF of a page whose content is so many MiB of blanks, packed to a thousandth."""
    packed = zlib.compress(b" " * (mib * 2**20))
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
        ]
    )


def _file(objects: Sequence[bytes], extra: str = "") -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, extra.encode(), len(out),
    )  # fmt: skip


def set_in_type(blocks: Sequence[tuple[float, str]], *, width: int = 80, rows: int = 44, head: str = "", foot: str = "") -> bytes:
    """Blocks of (size, text) as pages: lines of `width` characters at size 10, a gap behind each block, words parted at the ends of lines,
    `head` and `foot` on every page ("#" becomes its number)."""
    lines: list[tuple[float, str]] = []
    for size, text in blocks:
        lines += [(size, line) for line in _parted(text, round(width * 10 / size))] + [(0.0, "")]
    pages = []
    for number, start in enumerate(range(0, len(lines), rows), 1):
        top, page = 780.0, []
        for size, line in lines[start : start + rows]:
            top -= 1.2 * size or 8
            if line:
                page.append((72.0, top, size, line))
        edges = [(72.0, bottom, 8.0, text.replace("#", str(number))) for bottom, text in ((810.0, head), (30.0, foot)) if text]
        pages.append([*edges[:1], *page, *edges[1:]] if head else [*page, *edges])
    return pdf(pages)


def _parted(text: str, width: int) -> list[str]:
    """Lines with long words parted at their ends, as typesetting does it."""
    lines: list[str] = []
    while len(text) > width:
        cut = text[:width].rfind(" ")
        word = text[cut + 1 :].split(" ", 1)[0]
        room = width - cut - 2
        if len(word) > 4 and 2 <= room <= len(word) - 2 and word.isalpha():
            lines.append(text[: cut + 1 + room] + "-")
            text = text[cut + 1 + room :]
        else:
            lines.append(text[:cut])
            text = text[cut + 1 :]
    return [*lines, text]


def _string(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def article() -> list[tuple[float, str]]:
    """The saved article in blocks of (size, text), the headline large."""
    plain = (saved.HEAD + "\n\n" + "\n\n".join(saved.BODY) + "\n" + saved.TAIL).replace("<u>", "").replace("</u>", "")
    return [(20, saved.TITLE), *((10, " ".join(block.split())) for block in plain.split("\n\n") if block.strip())]
