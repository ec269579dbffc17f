"""The SQL of search: the table of words, matches, and counts. It takes trees of `pipeline/search`. Nothing else writes these tables."""
