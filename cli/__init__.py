"""The `newsmill` command.

`cli.main` gathers the commands; nothing imports this package.
"""
