"""What a page states about itself for machines: JSON-LD, microdata, meta elements, gathered in one walk.

Used by the rest of `extract`; imports `extract.html` and `normalise`.
"""
