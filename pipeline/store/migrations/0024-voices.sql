-- Which feed speaks for which site (pipeline/feeds/trust.py).

-- A site whose own page has announced a feed of another site.
CREATE TABLE announcements (
    feed_id  bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    site     text NOT NULL,
    page_url text NOT NULL,                               -- the last page that did
    seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feed_id, site)
);

-- The site of the feed's address when it said this; '' where that was not kept yet.
ALTER TABLE sightings ADD COLUMN site text NOT NULL DEFAULT '';

-- Articles that have words of a feed: they are looked through by `newsmill doctor`.
CREATE INDEX articles_of_feeds ON articles (link_id) WHERE jsonb_path_exists(sources, '$.* ? (@ == "feed" || @ starts with "feed http")');
