"""What a site allows: fetch, parse and query its robots.txt (RFC 9309) and tdmrep.json.

The steps and the workers use it. It imports `fetch` and `normalise`.
"""
