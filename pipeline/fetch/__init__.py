"""The only way to the outside: guarded, bounded, polite requests.

Used by the steps, `feeds` and the workers; imports `normalise` only.
"""
