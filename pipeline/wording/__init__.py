"""Texts for people about numbers, invalid values and waiting links.

Pure functions for the workers, the web process and the command line. Of newsmill, they import only outcomes.
"""
