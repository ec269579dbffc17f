"""The processes that do the work: Celery tasks over claims in Postgres.

`python -m workers` starts them. The web process and the command line import only the dispatcher, the checks and the version.
"""
