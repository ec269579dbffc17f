"""Who does what next: due feeds and links are claimed under a lease, and claims that were not sent are given back.

Used by the dispatcher and by `store.feeds`; imports `hosts` and `workers` of the store.
"""
