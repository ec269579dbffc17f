-- Whether a host answered the last time that it was asked; one that never was, or failed, gets a share of the slots while others wait.
ALTER TABLE hosts
    ADD COLUMN answers boolean NOT NULL DEFAULT false,
    ADD COLUMN hurried boolean NOT NULL DEFAULT false;             -- more of these wait than their share: its job waits a shorter time
UPDATE hosts SET answers = true WHERE visited IS NOT NULL AND failures = 0;
DROP INDEX hosts_feeds_due;
DROP INDEX hosts_links_due;
CREATE INDEX hosts_feeds_due ON hosts (answers, feed_due_at) WHERE lease_id IS NULL AND feed_due_at IS NOT NULL;
CREATE INDEX hosts_links_due ON hosts (answers, link_due_at) WHERE lease_id IS NULL AND link_due_at IS NOT NULL;
