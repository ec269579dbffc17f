-- A request to a hub is a visit of its host under a claim, like any other; and how well a subscription works. Feeds that are gone are broken.

ALTER TABLE subscriptions
    ADD COLUMN host_id       bigint REFERENCES hosts,           -- of the hub
    ADD COLUMN callback      text NOT NULL DEFAULT '',          -- the address that the hub was told, without the token
    ADD COLUMN dispatch_id   uuid,                              -- claim of the request under way
    ADD COLUMN claimed_until timestamptz,
    ADD COLUMN missed        integer NOT NULL DEFAULT 0,        -- polls in a row that found what the hub had not sent
    ADD CHECK ((dispatch_id IS NULL) = (claimed_until IS NULL));
UPDATE subscriptions SET state = 'leaving'; -- nothing made any before
ALTER TABLE subscriptions ALTER COLUMN host_id SET NOT NULL;
DROP INDEX subscriptions_due;
CREATE INDEX subscriptions_due ON subscriptions (due_at) WHERE dispatch_id IS NULL;
CREATE INDEX subscriptions_claimed ON subscriptions (claimed_until) WHERE dispatch_id IS NOT NULL;

DROP INDEX feeds_broken;
CREATE INDEX feeds_broken ON feeds (successor_looked_at NULLS FIRST) WHERE failures >= 3 OR code = 'feed_gone';
