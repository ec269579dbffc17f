"""`newsmill add`, `import` and `feeds …`.

`cli.main` uses them. They import the shared modules of `cli` and `cli.local`.
"""
