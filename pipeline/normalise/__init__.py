"""Bring what the web writes in many forms into one: URLs, texts, names, languages, sites.

Pure functions for every package. Of newsmill, they import only settings and outcomes.
"""
