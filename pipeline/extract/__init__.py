"""From a fetched page to an article: text, metadata and a verdict. `extraction` is the whole of it and loads a second's worth of libraries.

Used by the steps, the store and the command line; imports `normalise`.
"""
