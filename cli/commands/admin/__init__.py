"""Commands for the operator: `status`, `doctor`, `outputs`, `backup`, `restore`, `migrate`, `prune`, `rekey`.

Used by `cli.main`; imports the shared modules of `cli` and `cli.local`.
"""
