"""Parse a page into a tree and its blocks: paragraphs, headings, lists, tables, with their positions and Markdown.

The rest of `extract` uses it. It imports only `normalise`.
"""
