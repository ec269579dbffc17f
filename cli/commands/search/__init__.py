"""Asking the archive: a command a file. What they share, the query and how it is typed, is in `asking`."""
