"""`newsmill users …` and `newsmill tokens …`: who may sign in, and the keys of programs.

Used by `cli.main`; imports the shared modules of `cli`.
"""
