"""The text of an article: found by trafilatura, with lost blocks restored and the site's own removed.

`extract` uses it, and the store for site boilerplate. It imports `extract.html` and `normalise`.
"""
