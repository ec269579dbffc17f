-- More of what pages and feeds say of an article.

ALTER TABLE articles
    ADD COLUMN published_precision text NOT NULL DEFAULT '' CHECK (published_precision IN ('', 'time', 'zone_assumed', 'day')),
    ADD COLUMN modified_precision  text NOT NULL DEFAULT '' CHECK (modified_precision IN ('', 'time', 'zone_assumed', 'day')),
    ADD COLUMN section             text NOT NULL DEFAULT '',
    ADD COLUMN agencies            text[] NOT NULL DEFAULT '{}',  -- news agencies that are credited
    ADD COLUMN original_publisher  text NOT NULL DEFAULT '',      -- who published a syndicated text first
    ADD COLUMN original_url        text NOT NULL DEFAULT '',      -- and where
    ADD COLUMN licence             text NOT NULL DEFAULT '',      -- an address, or the words of the page
    ADD COLUMN access              text NOT NULL DEFAULT '' CHECK (access IN ('', 'free', 'metered', 'paid')), -- '': the page does not say
    ADD COLUMN image_width         integer CHECK (image_width > 0),   -- pixels, as stated
    ADD COLUMN image_height        integer CHECK (image_height > 0);
-- Until now a flag was all that said so. Of other articles stored before, the precision is not known.
UPDATE articles SET published_precision = 'day' WHERE 'published_day_only' = ANY(flags);

ALTER TABLE sightings
    ADD COLUMN tags        text[] NOT NULL DEFAULT '{}',
    ADD COLUMN modified_at timestamptz,                           -- when the entry was changed last, by the feed's account
    ADD COLUMN image_url   text NOT NULL DEFAULT '';
