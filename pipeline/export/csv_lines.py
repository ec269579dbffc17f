"""CSV by RFC 4180 with a header, whose cells no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
import json

from pipeline.export.csv_cells import cell
from pipeline.export.form import Form, Row

BOM = b"\xef\xbb\xbf"  # by which some spreadsheets recognise UTF-8


def form(fields: tuple[str, ...], json_fields: frozenset[str], *, bom: bool = False) -> Form:
    """The form of CSV: one article a record. The values of `json_fields` come as JSON."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)  # quotes also what another separator would split
    is_json = [name in json_fields for name in fields]

    def taken() -> bytes:
        text = buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        return text

    def row(values: Row) -> bytes:
        writer.writerow([cell(json.loads(value) if of_json else value) for of_json, value in zip(is_json, values, strict=True)])
        return taken()

    csv.writer(buffer).writerow(fields)
    return Form(fields, row, head=(BOM if bom else b"") + taken())
