"""Saved articles: from the bytes of a file to what the extraction reads. Each kind of file has a module that reads it.

`pipeline.steps` opens files by `opening`; inputs use `kinds`, which loads no reader.
"""
