-- The tables of newsmill. docs/data-model.md explains them; the queries in pipeline/store/ are the design.

CREATE TABLE hosts (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name              text NOT NULL UNIQUE,               -- host, or host:port where the port is not the scheme's own
    delay_s           real CHECK (delay_s >= 0),          -- Crawl-delay of its robots.txt, null when it asks for none
    next_slot_at      timestamptz NOT NULL DEFAULT now(), -- no request before this
    visitor           uuid,                               -- dispatch_id of the one job that may talk to it now
    visited           text CHECK (visited IN ('poll', 'fetch')),
    feed_due_at       timestamptz,                        -- none of its feeds is due before this (null: none at all)
    link_due_at       timestamptz,                        -- none of its links is due before this (null: none at all)
    paused_until      timestamptz,
    pause_reason      text NOT NULL DEFAULT '',
    failures          integer NOT NULL DEFAULT 0,
    robots_text       text,
    robots_fetched_at timestamptz,
    robots_until      timestamptz,
    robots_failures   integer NOT NULL DEFAULT 0,
    robots_reachable  boolean NOT NULL DEFAULT true,
    robots_why        text NOT NULL DEFAULT ''            -- why it was not reachable
);
CREATE INDEX hosts_feeds_due ON hosts (feed_due_at) WHERE visitor IS NULL AND feed_due_at IS NOT NULL;
CREATE INDEX hosts_links_due ON hosts (link_due_at) WHERE visitor IS NULL AND link_due_at IS NOT NULL;

CREATE TABLE feeds (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url            text NOT NULL,
    url_key        bytea NOT NULL UNIQUE CHECK (octet_length(url_key) = 32),
    host_id        bigint NOT NULL REFERENCES hosts,
    title          text NOT NULL DEFAULT '',
    site_url       text NOT NULL DEFAULT '',
    kind           text NOT NULL DEFAULT '',
    language       text NOT NULL DEFAULT '',
    tags           text[] NOT NULL DEFAULT '{}',
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'stopped')),
    interval_s     integer CHECK (interval_s > 0),        -- null until its habit is known
    failures       integer NOT NULL DEFAULT 0,
    next_poll_at   timestamptz NOT NULL DEFAULT now(),
    next_poll_why  text NOT NULL DEFAULT 'new feed',
    etag           text,
    last_modified  text,
    body_hash      bytea,
    last_polled_at timestamptz,
    last_ok_at     timestamptz,
    code           text NOT NULL DEFAULT '',
    detail         text NOT NULL DEFAULT '',
    phase          text NOT NULL DEFAULT 'idle' CHECK (phase IN ('idle', 'dispatched', 'running')),
    dispatch_id    uuid,
    lease_until    timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CHECK ((phase = 'idle') = (dispatch_id IS NULL)),
    CHECK ((phase = 'idle') = (lease_until IS NULL))
);
CREATE INDEX feeds_due ON feeds (host_id, next_poll_at) WHERE state = 'active' AND phase = 'idle';
CREATE INDEX feeds_lease ON feeds (lease_until) WHERE phase <> 'idle';

CREATE TABLE polls (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id      bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    started_at   timestamptz NOT NULL,
    elapsed_ms   integer NOT NULL,
    status       integer,                                 -- HTTP status, null when no answer came
    code         text NOT NULL DEFAULT '',
    detail       text NOT NULL DEFAULT '',
    bytes        integer NOT NULL DEFAULT 0,
    entries      integer NOT NULL DEFAULT 0,
    new_links    integer NOT NULL DEFAULT 0,
    next_poll_at timestamptz NOT NULL,
    worker       text NOT NULL DEFAULT ''
);
CREATE INDEX polls_feed ON polls (feed_id, id DESC);

CREATE TABLE links (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url         text NOT NULL,
    url_key     bytea NOT NULL UNIQUE CHECK (octet_length(url_key) = 32),
    host_id     bigint NOT NULL REFERENCES hosts,
    feed_id     bigint REFERENCES feeds ON DELETE SET NULL, -- the feed that listed it first
    state       text NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'dispatched', 'running', 'fetched', 'stored', 'skipped', 'failed')),
    stage       text NOT NULL DEFAULT 'fetch' CHECK (stage IN ('fetch', 'extract')),
    priority    smallint NOT NULL DEFAULT 0,
    attempts    integer NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- starts of the fetch
    starts      integer NOT NULL DEFAULT 0 CHECK (starts >= 0),   -- starts of the extraction of the page in hand
    due_at      timestamptz NOT NULL DEFAULT now(),
    dispatch_id uuid,
    lease_until timestamptz,
    code        text NOT NULL DEFAULT '',
    detail      text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((state IN ('dispatched', 'running')) = (dispatch_id IS NOT NULL)),
    CHECK ((state IN ('dispatched', 'running')) = (lease_until IS NOT NULL)),
    CHECK (state <> 'waiting' OR stage = 'fetch'),
    CHECK (state NOT IN ('skipped', 'failed') OR code <> '')
);
CREATE INDEX links_waiting ON links (host_id, priority DESC, due_at) WHERE state = 'waiting';
CREATE INDEX links_waiting_due ON links (host_id, due_at) WHERE state = 'waiting';
CREATE INDEX links_fetched ON links (priority DESC, due_at) WHERE state = 'fetched';
CREATE INDEX links_lease ON links (stage, lease_until) WHERE state IN ('dispatched', 'running');
CREATE INDEX links_state ON links (state);
CREATE INDEX links_ended_badly ON links (state, code, updated_at DESC) WHERE state IN ('failed', 'skipped');
CREATE INDEX links_feed ON links (feed_id) WHERE feed_id IS NOT NULL;

CREATE TABLE sightings (
    feed_id      bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    link_id      bigint NOT NULL REFERENCES links ON DELETE CASCADE,
    guid         text NOT NULL DEFAULT '',
    title        text NOT NULL DEFAULT '',
    authors      text[] NOT NULL DEFAULT '{}',
    published_at timestamptz,
    summary      text NOT NULL DEFAULT '',
    content      text NOT NULL DEFAULT '',                -- the feed's own full text, when it has one
    seen_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feed_id, link_id)
);
CREATE INDEX sightings_link ON sightings (link_id);

CREATE TABLE attempts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    link_id    bigint NOT NULL REFERENCES links ON DELETE CASCADE,
    stage      text NOT NULL CHECK (stage IN ('fetch', 'extract')),
    number     integer NOT NULL,                          -- first, second, … start of this stage
    ended_at   timestamptz NOT NULL DEFAULT now(),
    elapsed_ms integer,                                   -- null when the worker vanished
    outcome    text NOT NULL CHECK (outcome IN ('ok', 'retry', 'stored', 'skipped', 'failed', 'lost')),
    code       text NOT NULL DEFAULT '',
    detail     text NOT NULL DEFAULT '',
    final_url  text,
    worker     text NOT NULL DEFAULT ''
);
CREATE INDEX attempts_link ON attempts (link_id, id);

CREATE TABLE pages (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    link_id    bigint NOT NULL REFERENCES links ON DELETE CASCADE,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    url        text NOT NULL,
    final_url  text NOT NULL,
    status     integer NOT NULL,
    headers    jsonb NOT NULL,
    hops       jsonb NOT NULL,                            -- [{"url": …, "status": …}] before the final answer
    body       bytea NOT NULL,                            -- zstd
    size       integer NOT NULL,                          -- bytes before compression
    sha256     bytea NOT NULL,
    PRIMARY KEY (id, fetched_at)
) PARTITION BY RANGE (fetched_at);
CREATE INDEX pages_link ON pages (link_id, fetched_at DESC);
ALTER TABLE pages ALTER COLUMN body SET STORAGE EXTERNAL; -- it is compressed already
-- What falls outside the months that exist still has a place to go.
CREATE TABLE pages_other PARTITION OF pages DEFAULT;

CREATE TABLE articles (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    link_id       bigint NOT NULL UNIQUE REFERENCES links,
    url_key       bytea NOT NULL UNIQUE CHECK (octet_length(url_key) = 32), -- identity of the article's own address
    url           text NOT NULL,
    final_url     text NOT NULL,
    canonical_url text NOT NULL DEFAULT '',
    title         text NOT NULL,
    authors       text[] NOT NULL DEFAULT '{}',
    published_at  timestamptz,
    modified_at   timestamptz,
    text          text NOT NULL CHECK (text <> ''),
    language      text,
    site_name     text NOT NULL DEFAULT '',
    summary       text NOT NULL DEFAULT '',
    image_url     text NOT NULL DEFAULT '',
    tags          text[] NOT NULL DEFAULT '{}',
    word_count    integer NOT NULL,
    content_hash  bytea NOT NULL,
    sources       jsonb NOT NULL DEFAULT '{}',            -- field → where its value came from
    flags         text[] NOT NULL DEFAULT '{}',
    extractor     text NOT NULL,
    fetched_at    timestamptz NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX articles_created ON articles (created_at);

CREATE TABLE revisions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id   bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    title        text NOT NULL,
    text         text NOT NULL,
    content_hash bytea NOT NULL,
    extractor    text NOT NULL,
    fetched_at   timestamptz NOT NULL,
    replaced_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX revisions_article ON revisions (article_id, id);

CREATE TABLE workers (
    name       text PRIMARY KEY,                          -- Celery's node name
    queue      text NOT NULL,
    slots      integer NOT NULL CHECK (slots > 0),
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT now()
);
