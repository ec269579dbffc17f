"""What every query needs: connections, the clock of Postgres, pipelined statements, the check of the schema.

Used by the rest of the store and by whoever opens a pool; imports no other part of the store.
"""
