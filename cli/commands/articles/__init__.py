"""`newsmill articles`, `show`, `export`, `diff`, `stories` and `reextract`.

`cli.main` uses them. They import the shared modules of `cli`.
"""
