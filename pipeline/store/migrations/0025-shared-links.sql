-- Entries that share a link, as those of a status page do (pipeline/feeds/identity.py).

ALTER TABLE sightings
    ADD COLUMN url      text NOT NULL DEFAULT '',         -- the link as the feed gives it, where several entries share it; else ''
    ADD COLUMN page_key bytea,                            -- key of that link; null where the entry stands for it alone
    ADD COLUMN folded   jsonb NOT NULL DEFAULT '[]';      -- entries of the same link that are no articles of their own, and why
CREATE INDEX sightings_page ON sightings (feed_id, page_key) WHERE page_key IS NOT NULL;
