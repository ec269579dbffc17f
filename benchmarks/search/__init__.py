"""Search: what queries cost at different sizes of the archive.

Each module is a program.
"""
