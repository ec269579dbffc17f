"""The `newsmill` command.

`cli.main` collects the commands; nothing imports this package.
"""
