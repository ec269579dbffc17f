"""Repair broken documents: decode bytes, mend damaged UTF-8, XML and JSON.

Pure functions. `feeds.formats` and `feeds.opml` use them. They import nothing from newsmill.
"""
