"""Search without a database: the words of a text, the query language, highlights and estimates.

Pure functions. `pipeline/store/search` turns their results into SQL; the command line and the web use them for input and output.
"""
