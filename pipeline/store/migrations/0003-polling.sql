-- Polling: what a feed asks of its readers, moves, probes, archives, and the habit by which silence is known.

ALTER TABLE feeds
    ADD COLUMN asked_s       integer NOT NULL DEFAULT 0,           -- the document's ttl or update period; holds until the next document
    ADD COLUMN skip_hours    smallint[] NOT NULL DEFAULT '{}',     -- 0-23, GMT
    ADD COLUMN skip_days     smallint[] NOT NULL DEFAULT '{}',     -- 0 is Monday
    ADD COLUMN not_before    timestamptz,                          -- Retry-After: not even by hand before this
    ADD COLUMN probe_at      timestamptz,                          -- from here on one poll without validators, against lying 304s
    ADD COLUMN moved_to      text NOT NULL DEFAULT '',             -- where permanent redirects lead
    ADD COLUMN moved_count   integer NOT NULL DEFAULT 0,           -- polls in a row that were led there
    ADD COLUMN moved_since   timestamptz,
    ADD COLUMN alias_of      bigint REFERENCES feeds ON DELETE SET NULL, -- it moved to this feed, which is polled instead
    ADD COLUMN sunset_at     timestamptz,                          -- the site has announced that it ends (RFC 8594)
    ADD COLUMN archive_url   text NOT NULL DEFAULT '',             -- next page of its archive to read (RFC 5005)
    ADD COLUMN archive_tries smallint NOT NULL DEFAULT 0,          -- of that page, in vain
    ADD COLUMN main_poll_at  timestamptz;                          -- next poll of the feed itself while archive pages are read
CREATE INDEX feeds_alias ON feeds (alias_of) WHERE alias_of IS NOT NULL;

-- Addresses that a feed had before it moved.
CREATE TABLE feed_aliases (
    url_key  bytea PRIMARY KEY CHECK (octet_length(url_key) = 32),
    url      text NOT NULL,
    feed_id  bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    since    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX feed_aliases_feed ON feed_aliases (feed_id);

-- Archive pages that were read, or given up.
CREATE TABLE feed_archives (
    feed_id  bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    url_key  bytea NOT NULL CHECK (octet_length(url_key) = 32),
    url      text NOT NULL,
    code     text NOT NULL DEFAULT '',                             -- '' where it was read
    read_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feed_id, url_key)
);

-- New entries by day (UTC): the habit of a feed.
CREATE TABLE feed_days (
    feed_id  bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    day      date NOT NULL,
    entries  integer NOT NULL,
    PRIMARY KEY (feed_id, day)
);

ALTER TABLE sightings
    ADD COLUMN entry_hash bytea,                                   -- of what the feed says of it; null: before this was kept
    ADD COLUMN updates    smallint NOT NULL DEFAULT 0,             -- times that changed since
    ADD COLUMN updated_at timestamptz;
-- Not the whole of it: guids may be longer than an index entry.
CREATE INDEX sightings_guid ON sightings (feed_id, left(guid, 200)) WHERE guid <> '';
