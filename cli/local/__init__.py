"""`newsmill up`: Postgres, Valkey and all processes on this machine, in one data folder.

The commands and the demo use it. It imports the shared modules of `cli`.
"""
