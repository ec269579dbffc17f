"""How far each output has come, and what it refused. `pipeline.store.articles.changes` holds the changes that outputs follow.

The workers' step and checks, the web process and the command line use it.
"""
