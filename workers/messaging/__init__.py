"""Messages in Redis: sending, counting and watching them, and patches of Celery and kombu.

The rest of `workers` uses it; it imports nothing of them.
"""
