"""Extract an article from a fetched page: text, metadata and a verdict. `extraction` does it all; importing it takes about a second.

The steps, the store and the command line use this package. It imports `normalise`.
"""
