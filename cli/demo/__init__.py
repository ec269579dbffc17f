"""`newsmill demo`: bundled newspapers on loopback, and a full run on them.

`cli.commands.run` uses it. It imports `cli.local`.
"""
