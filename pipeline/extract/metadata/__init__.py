"""The fields of an article, one module for each: title, authors, dates, tags and so on.

Used by `extract`; imports `extract.structured_data`, `extract.html`, `extract.text` and `normalise`.
"""
