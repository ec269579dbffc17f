"""A page as a tree, and its blocks: paragraphs, headings, lists, tables, with their place and their Markdown.

Used by the rest of `extract`; imports `normalise` only.
"""
