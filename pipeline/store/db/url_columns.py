"""Show only web addresses: older versions also stored other links."""

from __future__ import annotations


def of_web(column: str) -> str:
    """A SQL expression for the column, empty if it holds anything but a web address (`pipeline.normalise.urls.web_link`)."""
    return f"CASE WHEN {column} ~* '^https?://' THEN {column} ELSE '' END AS {column.rpartition('.')[2]}"
