"""When a feed is polled next, whether it has moved, and how it does.

Pure policy, used by the workers, the store and the pages; imports `normalise` only.
"""
