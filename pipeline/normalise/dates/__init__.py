"""Read dates in the world's languages and calendars as moments in UTC.

Pure functions for every package. They import nothing else from newsmill.
"""
