"""Dates in the languages and calendars of the world, read as moments in UTC.

Pure functions that everything may use; imports nothing else of newsmill.
"""
