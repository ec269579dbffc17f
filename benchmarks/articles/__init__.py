"""How well and how fast articles are extracted, boilerplate taken out and copies found.

The helpers `extractors`, `scoring` and `copies` are used only here and in their tests.
"""
