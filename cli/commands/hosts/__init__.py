"""`newsmill hosts` and its commands: how newsmill treats each host and why, and what the operator may change.

`cli.main` uses them. They import the shared modules of `cli` and `cli.local`.
"""
