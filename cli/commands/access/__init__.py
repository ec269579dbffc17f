"""`newsmill users …` and `newsmill tokens …`: who may sign in, and the keys of programs.

`cli.main` uses them. They import the shared modules of `cli`.
"""
