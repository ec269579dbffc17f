"""What newsmill does to feeds, pages and articles, and the store that keeps them.

Everything else may import it; it imports nothing of `workers`, `web` and `cli`.
"""
