"""Benchmarks, each run by itself with `python -m`.

They may import everything; nothing imports them but their tests.
"""
