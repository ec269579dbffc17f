"""Commands for the operator: `status`, `doctor`, `hosts`, `backup`, `restore`, `migrate`, `prune`, `rekey`.

Used by `cli.main`; imports the shared modules of `cli` and `cli.local`.
"""
