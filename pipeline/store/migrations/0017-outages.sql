-- A host that does not answer: since when, and with which code its robots.txt could not be read.
ALTER TABLE hosts
    ADD COLUMN failing_since timestamptz,                  -- the first of its `failures` in a row
    ADD COLUMN robots_code   text NOT NULL DEFAULT '';     -- the code of the failure, where robots.txt was not reachable

-- A link whose site was away is tried again hours and days later, behind what is new, and at once when the site is back.
ALTER TABLE links ADD COLUMN late boolean NOT NULL DEFAULT false;  -- its next try is a late one
CREATE INDEX links_late ON links (host_id) WHERE late AND state = 'waiting';
