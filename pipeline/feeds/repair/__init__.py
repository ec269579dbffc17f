"""Broken documents made readable: bytes decoded, damaged UTF-8, XML and JSON mended.

Pure functions; used by `feeds.formats` and `feeds.opml`, imports nothing of newsmill.
"""
