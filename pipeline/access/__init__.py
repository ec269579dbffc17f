"""Who may do what: scopes and roles, secrets and how they are stored, and names of cookies.

Policy without I/O. The store, the web process, Flower and the command line use it. It imports nothing from newsmill.
"""
