"""Commands that search the archive, one a file. `asking` holds what they share: the query and its options."""
