"""SQL of search: the table of words, what is found in it, and the counts. It takes trees of `pipeline/search`; nothing else writes these tables."""
