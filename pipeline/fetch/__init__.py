"""The only way to the outside: guarded, bounded, polite requests."""
