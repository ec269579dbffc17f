"""Hosts in Postgres: leases, settings, and what robots.txt says.

The rest of the store and the workers use it. Of the store, it imports only `db` and `workers`.
"""
