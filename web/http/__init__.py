"""What surrounds every request: limits, checks, headers, errors, connections.

The rest of `web` uses it. Of `web`, it imports only `web.templating`.
"""
