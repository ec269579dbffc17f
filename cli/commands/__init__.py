"""The commands of `newsmill`, in a folder for each kind of thing they are about.

Used by `cli.main`; may import `cli.local`, `cli.demo` and the shared modules beside this folder.
"""
