"""Everything newsmill knows, in Postgres. SQL is here and nowhere else; the steps never import it.

Functions take an open psycopg connection. Those that change several rows open their own transaction. Rows are locked in one order
everywhere, links (by url_key) before hosts (by id), and the dispatcher skips locked rows. So no two workers can wait for each other.
"""
