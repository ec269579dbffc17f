"""All requests to the outside go through here: guarded, bounded and polite.

The steps, `feeds` and the workers use it. It imports only `normalise`.
"""
