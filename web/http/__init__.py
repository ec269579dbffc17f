"""What surrounds every request: limits, checks, headers, errors, connections.

Used by the rest of `web`; imports only `web.templating` of it.
"""
