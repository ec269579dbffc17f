"""`newsmill articles`, `show`, `export`, `diff`, `stories` and `reextract`.

Used by `cli.main`; imports the shared modules of `cli`.
"""
