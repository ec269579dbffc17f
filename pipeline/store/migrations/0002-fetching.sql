-- Fetching: the manners of a host, the way a fetch went, aliases of URLs, reservations, and rechecks of what is stored.

ALTER TABLE hosts
    ADD COLUMN own_delay_s    real CHECK (own_delay_s >= 0),       -- set by the operator; null: fetch.min_gap_s
    ADD COLUMN latency_s      real NOT NULL DEFAULT 0,             -- how long the last answer took
    ADD COLUMN slowdowns      integer NOT NULL DEFAULT 0,          -- 429 and 503 in a row
    ADD COLUMN slowed_at      timestamptz,                         -- when the pause after the last of them ends
    ADD COLUMN last_code      text NOT NULL DEFAULT '',            -- of the last failure that counted against the host
    ADD COLUMN ignore_robots  boolean NOT NULL DEFAULT false,      -- the operator's override
    ADD COLUMN robots_notes   text NOT NULL DEFAULT '',            -- what is odd about the file, in words
    ADD COLUMN sitemaps       text[] NOT NULL DEFAULT '{}',        -- Sitemap lines of robots.txt
    ADD COLUMN signals        jsonb NOT NULL DEFAULT '[]';         -- [{"name": …, "value": …}]: License, Content-Signal, Content-Usage lines
CREATE INDEX hosts_visitor ON hosts (visitor) WHERE visitor IS NOT NULL;
CREATE INDEX links_disallowed ON links (host_id) WHERE state = 'skipped' AND code = 'robots_disallowed';
CREATE INDEX hosts_paused ON hosts (paused_until) WHERE paused_until IS NOT NULL;

ALTER TABLE links
    ADD COLUMN next_url       text,                                -- a redirect led here; the next visit goes on from it
    ADD COLUMN hops           jsonb NOT NULL DEFAULT '[]',         -- [{"url": …, "status": …}] that led to next_url
    ADD COLUMN origin_host_id bigint REFERENCES hosts,             -- the host of `url` while host_id is that of next_url
    ADD COLUMN reread         boolean NOT NULL DEFAULT false,      -- its article is stored; this is a look for changes
    ADD CHECK ((next_url IS NULL) = (origin_host_id IS NULL)),
    ADD CHECK (NOT reread OR state NOT IN ('stored', 'skipped', 'failed'));

ALTER TABLE attempts DROP CONSTRAINT attempts_outcome_check;
ALTER TABLE attempts
    ADD CHECK (outcome IN ('ok', 'retry', 'stored', 'skipped', 'failed', 'lost', 'moved')),
    ADD COLUMN status     integer,                                 -- HTTP status, null when no answer came
    ADD COLUMN bytes      integer,                                 -- of the decoded body that was read
    ADD COLUMN hops       jsonb NOT NULL DEFAULT '[]';             -- [{"url": …, "status": …}] before final_url

ALTER TABLE pages
    ADD COLUMN reason     text NOT NULL DEFAULT '',                -- of the status line
    ADD COLUMN raw_headers jsonb NOT NULL DEFAULT '[]';            -- [[name, value], …] as they came, for WARC

-- Other addresses of a link's article: where it was found, where redirects ended, what the page calls canonical.
CREATE TABLE aliases (
    url_key  bytea PRIMARY KEY CHECK (octet_length(url_key) = 32),
    url      text NOT NULL,
    link_id  bigint NOT NULL REFERENCES links ON DELETE CASCADE,
    kind     text NOT NULL CHECK (kind IN ('found', 'hop', 'final', 'canonical')),
    seen_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX aliases_link ON aliases (link_id);

ALTER TABLE articles
    ADD COLUMN canonical_rejected text NOT NULL DEFAULT '',        -- why canonical_url is not the article's identity
    ADD COLUMN reservations   jsonb NOT NULL DEFAULT '[]',         -- [{"name": …, "value": …, "source": …}] verbatim
    ADD COLUMN etag           text NOT NULL DEFAULT '',
    ADD COLUMN last_modified  text NOT NULL DEFAULT '',
    ADD COLUMN page_sha256    bytea,                               -- of the page that the article was made from
    ADD COLUMN checked_at     timestamptz,                         -- last look for changes
    ADD COLUMN rechecks       integer NOT NULL DEFAULT 0,          -- looks so far
    ADD COLUMN recheck_at     timestamptz;                         -- next look; null: none
CREATE INDEX articles_recheck ON articles (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX articles_canonical ON articles USING hash (canonical_url) WHERE canonical_url <> '';

-- The version of the rules that made the keys of this database.
CREATE TABLE key_version (version integer NOT NULL, since timestamptz NOT NULL DEFAULT now());
INSERT INTO key_version (version) VALUES (1);
