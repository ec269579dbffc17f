"""Feeds: read in any format, found, polled on a schedule.

Used by the steps, the workers, the web process and the command line; imports `fetch` and `normalise`.
"""
