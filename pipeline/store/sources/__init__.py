"""The SQL of outlets and collections: their rows, and the assignment of articles. `pipeline/store/search/outlets.py` finds an article's
outlet when it is stored."""
