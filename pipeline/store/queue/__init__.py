"""Claim due feeds and links under a lease, and give back claims that were not sent.

The dispatcher and `store.feeds` use it. Of the store, it imports `hosts` and `workers`.
"""
