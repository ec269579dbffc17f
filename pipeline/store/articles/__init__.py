"""Articles in Postgres: their texts and pages, the stories they belong to, the boilerplate of their sites.

Used by the rest of the store, the web process and the command line; imports only `db` of the store.
"""
