"""`newsmill hosts` and its commands: how each site is treated and why, and what the operator may change.

Used by `cli.main`; imports the shared modules of `cli` and `cli.local`.
"""
