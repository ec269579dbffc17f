"""Feeds: parse any format, find a site's feeds, schedule polls.

The steps, the workers, the web process and the command line use it. It imports `fetch` and `normalise`.
"""
