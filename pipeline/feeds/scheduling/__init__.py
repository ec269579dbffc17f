"""Decide when a feed is polled next, whether it has moved, and how healthy it is.

Pure policy. The workers, the store and the pages use it. It imports only `normalise`.
"""
