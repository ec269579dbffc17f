-- What a person sets for one feed, WebSub (https://www.w3.org/TR/websub/), and where a broken feed may have gone.

ALTER TABLE feeds
    ADD COLUMN options         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'), -- pipeline/feeds/options.py
    ADD COLUMN hub             text NOT NULL DEFAULT '',    -- the WebSub hub that the feed names
    ADD COLUMN topic           text NOT NULL DEFAULT '',    -- the address under which the hub knows it
    ADD COLUMN successor       text NOT NULL DEFAULT '',    -- another feed that the site of this broken one announces; offered, never taken
    ADD COLUMN successor_looked_at timestamptz;             -- last look for one
CREATE INDEX feeds_hub ON feeds (id) WHERE hub <> '';
CREATE INDEX feeds_broken ON feeds (successor_looked_at NULLS FIRST) WHERE failures >= 3;

ALTER TABLE links
    ADD COLUMN from_feed boolean NOT NULL DEFAULT false;    -- its article is made from what the feed carried; the page is not fetched

-- A feed's subscription at its hub. Those of removed feeds stay until the hub has been told.
CREATE TABLE subscriptions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id      bigint REFERENCES feeds ON DELETE SET NULL,
    token        text NOT NULL UNIQUE,                      -- the end of the callback's address, which nobody can guess
    secret       text NOT NULL,                             -- key of the hub's signatures
    hub          text NOT NULL,
    topic        text NOT NULL,
    state        text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'active', 'refused', 'leaving')),
    pending      text CHECK (pending IN ('subscribe', 'unsubscribe')), -- what was asked of the hub and it has not verified yet
    lease_until  timestamptz,                               -- the hub sends until then
    due_at       timestamptz NOT NULL DEFAULT now(),        -- next request to the hub
    failures     integer NOT NULL DEFAULT 0,                -- requests in a row that the hub did not take
    detail       text NOT NULL DEFAULT '',
    pushes       bigint NOT NULL DEFAULT 0,                 -- taken
    last_push_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (state <> 'active' OR lease_until IS NOT NULL)
);
CREATE UNIQUE INDEX subscriptions_feed ON subscriptions (feed_id) WHERE state <> 'leaving';
CREATE INDEX subscriptions_due ON subscriptions (due_at);

-- What hubs have sent and no worker has read yet.
CREATE TABLE pushes (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id      bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    content_type text NOT NULL,
    body         bytea NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now(),
    sent_at      timestamptz NOT NULL DEFAULT now()         -- to a worker, the last time
);
CREATE INDEX pushes_sent ON pushes (sent_at);
CREATE INDEX pushes_feed ON pushes (feed_id);
