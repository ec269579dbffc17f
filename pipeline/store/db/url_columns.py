"""Links as they leave the database: what was kept before only addresses of the web were kept is left out."""

from __future__ import annotations


def of_web(column: str) -> str:
    """An expression for the column, '' where it holds anything but an address of the web (`pipeline.normalise.urls.web_link`)."""
    return f"CASE WHEN {column} ~* '^https?://' THEN {column} ELSE '' END AS {column.rpartition('.')[2]}"
