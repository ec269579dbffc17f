-- A robots.txt is for one scheme (RFC 9309 section 2.3): that of the other one is kept aside until a link of that scheme comes.
ALTER TABLE hosts
    ADD COLUMN robots_scheme text NOT NULL DEFAULT '',             -- http or https; '' where that was not kept
    ADD COLUMN robots_other  jsonb;                                -- the copy of the other scheme, as hosts.turn_robots writes it
