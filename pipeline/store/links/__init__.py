"""Links in Postgres: URLs that wait, are fetched, failed or were stored, and their history.

The workers, the web process and the command line use it. Of the store, it imports `db`, `hosts` and `articles`.
"""
