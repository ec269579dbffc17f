"""Asks a newsmill archive: search, counts, samples, words, exports, traces."""

from newsmill_client.archive import Archive
from newsmill_client.connection import NewsmillError
from newsmill_client.results import Count, Rows

__all__ = ["Archive", "Count", "NewsmillError", "Rows"]
