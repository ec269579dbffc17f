"""Outlets and collections as people describe them: which values a field accepts, and lists of them as CSV.

Pure, without a database. `pipeline/store/sources` stores what is read here.
"""
