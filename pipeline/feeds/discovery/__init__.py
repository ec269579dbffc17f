"""Find a feed: in the links of a page, at the usual places of a site, or as the successor of a broken feed.

The steps, the workers and `newsmill add` use it. It imports `feeds.formats`, `fetch` and `normalise`.
"""
