"""The fields of an article, one module for each: title, authors, dates, tags and so on.

`extract` uses it. It imports `extract.structured_data`, `extract.html`, `extract.text` and `normalise`.
"""
