"""Hosts in Postgres: whose turn it is (leases), how each is treated, what its robots.txt says.

Used by the rest of the store and by the workers; imports only `db` and `workers` of the store.
"""
