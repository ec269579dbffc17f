"""`newsmill demo`: bundled newspapers on loopback, and a run of everything on them.

Used by `cli.commands.run`; imports `cli.local`.
"""
