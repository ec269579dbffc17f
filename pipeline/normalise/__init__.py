"""One form for what the web writes in many: URLs, texts, names, languages, sites.

Pure functions that everything may use; imports nothing else of newsmill but settings and outcomes.
"""
