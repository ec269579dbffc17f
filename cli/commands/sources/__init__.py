"""`newsmill sources` and `newsmill collections`: outlets as people describe them, and named sets of them.

`cli/main.py` registers the commands.
"""
