"""Readers of feed documents: one module for each format, and `parse`, which picks the reader.

The rest of `feeds` uses it. It imports `feeds.repair` and `normalise`.
"""
