"""Search without a database: words of a text, the query language, highlights and estimates.

Everything here is pure. `pipeline/store/search` turns it into SQL; the command line and the web read and print it."""
