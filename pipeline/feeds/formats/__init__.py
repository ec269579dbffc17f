"""Readers of feed documents: one module for each format, and `parse`, which picks the reader.

Used by the rest of `feeds`; imports `feeds.repair` and `normalise`.
"""
