"""`newsmill enqueue`, `links`, `trace`, `failures` and `retry`.

Used by `cli.main`; imports the shared modules of `cli` and `cli.local`.
"""
