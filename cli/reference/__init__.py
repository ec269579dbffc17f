"""Parts of the documents that are written from the code's tables; `cli.generate_docs` puts them into their files.

It imports pipeline alone.
"""
