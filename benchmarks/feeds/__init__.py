"""What feeds cost: reading them, taking in a list of them, polling them.

Each module is a program.
"""
