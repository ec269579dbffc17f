"""What docs/ and config/ repeat of the code, written from the code: `python -m cli.reference`, or `make docs`.

Nothing imports it; it may import everything.
"""
