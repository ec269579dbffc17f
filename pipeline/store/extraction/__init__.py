"""The extraction of a page in Postgres: what it starts with, and everything that it writes at the end.

The workers use it. It imports the other parts of the store except `maintenance`.
"""
