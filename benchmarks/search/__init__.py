"""Search: what queries cost at different sizes of the archive."""
