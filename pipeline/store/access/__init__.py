"""The SQL of users, sessions, tokens and the audit. The web process, Flower and the command line use it.

No secret is stored: of passwords, sessions and tokens there are only hashes.
"""
