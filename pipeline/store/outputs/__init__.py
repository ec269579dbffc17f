"""How far each output has come, and what it could not take. The changes that outputs follow are in `pipeline.store.articles.changes`.

Used by the workers' step and checks, the web process and the command line.
"""
