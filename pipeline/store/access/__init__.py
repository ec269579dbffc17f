"""SQL of who may do what: users, sessions, tokens and the audit. The web process, Flower and the command line use it.

Nothing of it keeps a secret: of passwords, sessions and tokens there are hashes alone.
"""
