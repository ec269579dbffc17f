"""What every query needs: connections, Postgres' clock, pipelined statements, the schema check.

The rest of the store uses it, and all code that opens a pool. It imports no other part of the store.
"""
