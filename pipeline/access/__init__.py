"""Who may do what: scopes and roles, secrets and how they are kept, and what a cookie is called.

Policy without I/O. The store, the web process, Flower and the command line use it; it imports nothing of newsmill.
"""
