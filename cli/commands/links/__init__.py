"""`newsmill enqueue`, `links`, `trace`, `failures` and `retry`.

`cli.main` uses them. They import the shared modules of `cli`.
"""
