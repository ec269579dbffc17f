-- A feed whose redirect leads to a host that may not be asked this moment goes on in that host's line, as links do.
ALTER TABLE feeds
    ADD COLUMN next_url       text,                                -- where the poll goes on; null: at `url`
    ADD COLUMN hops           jsonb NOT NULL DEFAULT '[]',         -- the redirects that led there
    ADD COLUMN origin_host_id bigint REFERENCES hosts;             -- the host of `url` while `host_id` is that of `next_url`
