"""The state changes of links and feeds, each once, by name, with everything that it sets. Nothing else writes `links.state` or
`feeds.phase`.

All of the store may import it. It imports nothing from the store.
"""
