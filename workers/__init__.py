"""The processes that do the work: Celery tasks over claims in Postgres.

Started by `python -m workers`; the web process and the command line import only its dispatcher, checks and versions.
"""
