"""Messages in Redis: how they are sent, counted and watched, and where Celery and kombu need help.

Used by the rest of `workers`; imports nothing of it.
"""
