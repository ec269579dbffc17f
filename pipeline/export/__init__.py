"""The formats of exports: JSON lines, CSV, Parquet, citations.

Pure: rows come in, text or tables go out. `pipeline/store/articles/exporting.py` reads the rows.
"""
