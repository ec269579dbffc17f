"""The extraction of a page as Postgres sees it: what it starts with, and everything it writes at its end.

Used by the workers; imports the other parts of the store but `maintenance`.
"""
