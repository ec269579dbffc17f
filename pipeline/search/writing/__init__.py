"""How text is written: which characters make words, and one form for all ways of writing a word.

Everything here is pure. `pipeline/search` makes the words of texts and of queries with it."""
