"""SQL of outlets and collections: their rows, and the articles that follow them. `pipeline/store/search/outlets.py` finds the outlet of an article
as it is stored."""
