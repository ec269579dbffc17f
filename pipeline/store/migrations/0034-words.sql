-- Columns and a table get the names that the code and the documents use.
ALTER TABLE links RENAME COLUMN attempts TO fetch_attempts;
ALTER TABLE links RENAME COLUMN starts TO extract_attempts;
ALTER TABLE links RENAME COLUMN turn TO offsite_rank;          -- 0: a feed of the site or a person wants it; else its place in the queue of its host
ALTER TABLE links RENAME COLUMN reread TO recheck;             -- its article is stored; this is a look for changes
ALTER TABLE links RENAME COLUMN kept_out_by TO robots_host_id; -- the host, not its own, whose robots.txt disallowed it last
ALTER INDEX links_kept_out RENAME TO links_robots_host;
ALTER INDEX links_foreign RENAME TO links_offsite;

ALTER TABLE hosts RENAME COLUMN visited TO last_step;          -- poll or fetch: what the last lease was for
ALTER TABLE hosts RENAME COLUMN answers TO answered;           -- whether it answered the last request
ALTER TABLE hosts RENAME COLUMN hurried TO short_time;         -- its job waits a shorter time: many hosts wait that did not answer

ALTER TABLE site_memory RENAME TO site_paragraphs;
ALTER INDEX site_memory_site RENAME TO site_paragraphs_site;
