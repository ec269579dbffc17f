"""Parts of the documents that are generated from the code's tables; `cli.generate_docs` inserts them.

It imports only pipeline.
"""
