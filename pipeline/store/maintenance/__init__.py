"""The database as a whole: migrations, new keys, backups, and the figures that tell how it does.

Used by the command line, the checks and the pages; may import every other part of the store.
"""
