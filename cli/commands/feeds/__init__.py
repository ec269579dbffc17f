"""`newsmill add`, `import` and `feeds …`.

Used by `cli.main`; imports the shared modules of `cli` and `cli.local`.
"""
