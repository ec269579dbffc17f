-- Hosts that robots.txt makes us visit seldom are listed on the dashboard.
CREATE INDEX hosts_slow ON hosts (delay_s) WHERE delay_s >= 60;

-- A redirect may lead to a host whose robots.txt keeps us out. When that file changes, the link waits again (kept_out.reconsider).
ALTER TABLE hosts ADD COLUMN robots_changed_at timestamptz;        -- when the text became another
ALTER TABLE links ADD COLUMN kept_out_by bigint REFERENCES hosts;  -- the host, not its own, whose robots.txt did it last
CREATE INDEX links_kept_out ON links (kept_out_by) WHERE kept_out_by IS NOT NULL;
