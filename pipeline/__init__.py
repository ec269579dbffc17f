"""Everything that newsmill does to feeds, pages and articles, and the store that keeps them.

Every other package may import this one. It imports nothing from `workers`, `web` or `cli`.
"""
