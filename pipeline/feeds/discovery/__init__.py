"""How a feed is found: in the links of a page, at the usual places of a site, or as the successor of a broken feed.

Used by the steps, the workers and `newsmill add`; imports `feeds.formats`, `fetch` and `normalise`.
"""
