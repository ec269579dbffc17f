"""The database as a whole: migrations, new keys, backups, and figures about its state.

The command line, the checks and the pages use it. It may import every other part of the store.
"""
