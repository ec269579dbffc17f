"""`newsmill up`: Postgres, Valkey and all processes on this machine, in one data folder.

Used by the commands and the demo; imports the shared modules of `cli`.
"""
