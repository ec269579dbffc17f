"""The web process: JSON for programs, pages for people, the WebSub callback.

`python -m web` starts it; nothing imports it.
"""
