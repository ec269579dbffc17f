"""What a site allows: robots.txt (RFC 9309) and tdmrep.json, fetched, read and asked.

Used by the steps and the workers; imports `fetch` and `normalise`.
"""
