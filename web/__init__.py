"""The web process: JSON for programs, pages for people, the callback of WebSub.

Started by `python -m web`; nothing imports it.
"""
