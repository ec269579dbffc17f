"""What a page states about itself for machines: JSON-LD, microdata, meta elements, gathered in one walk.

The rest of `extract` uses it. It imports `extract.html` and `normalise`.
"""
