"""How links and feeds change their state: each change once, by name, with all that it sets. Nothing else writes `links.state` or `feeds.phase`.

All of store may import it; it imports nothing of store.
"""
