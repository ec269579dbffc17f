-- Links that only feeds of other sites have listed take turns by feed, behind those of the site's own feeds.
ALTER TABLE links ADD COLUMN turn integer NOT NULL DEFAULT 0 CHECK (turn >= 0); -- 0: not such a link; else its place in the turns of its host
DROP INDEX links_waiting;
CREATE INDEX links_waiting ON links (host_id, priority DESC, turn, due_at) WHERE state = 'waiting';
CREATE INDEX links_foreign ON links (host_id, feed_id, turn) WHERE state = 'waiting' AND turn > 0;
