"""Read saved articles: turn a file's bytes into what extraction reads. Each kind of file has its own module.

`pipeline.steps` opens files with `opening`. Inputs use `kinds`, which loads no reader.
"""
