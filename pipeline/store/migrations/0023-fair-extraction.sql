-- Which hosts have pages that wait for extraction, and the next pages of each: extraction is fair between hosts.
CREATE INDEX links_fetched_host ON links (host_id, priority DESC, due_at) WHERE state = 'fetched';
