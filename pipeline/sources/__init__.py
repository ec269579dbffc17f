"""Outlets and collections as people describe them: which values a field takes, and lists of them as CSV.

Pure: it knows no database. `pipeline/store/sources` keeps what is read here.
"""
