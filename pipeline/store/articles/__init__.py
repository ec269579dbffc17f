"""Articles in Postgres: texts and pages, stories, and the boilerplate of sites.

The rest of the store, the web process and the command line use it. Of the store, it imports only `db`.
"""
