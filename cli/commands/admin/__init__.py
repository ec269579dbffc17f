"""Commands for the operator: `status`, `doctor`, `outputs`, `backup`, `restore`, `migrate`, `prune`, `rekey`.

`cli.main` uses them. They import the shared modules of `cli` and `cli.local`.
"""
