"""The text of an article: found by trafilatura, lost blocks put back, what belongs to the site taken out.

Used by `extract` and, for site boilerplate, by the store; imports `extract.html` and `normalise`.
"""
