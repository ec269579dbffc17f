"""Links in Postgres: the URLs that wait, are fetched, failed or were stored, and their history.

Used by the workers, the web process and the command line; imports the `db`, `hosts` and `articles` of the store.
"""
