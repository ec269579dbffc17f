-- Inputs beside feeds (pipeline/inputs): documents with a date of their own, words of whoever gave an address, and how far a file was read.

-- When the archive that a page came from had fetched it; null: newsmill fetched it. `fetched_at` is when the page came here, and pages are
-- pruned by that.
ALTER TABLE pages ADD COLUMN archived_at timestamptz;

-- What a list of addresses says of the article of a link. A feed that speaks for its site goes before it, as does the page.
CREATE TABLE given_hints (
    link_id      bigint PRIMARY KEY REFERENCES links ON DELETE CASCADE,
    title        text NOT NULL DEFAULT '',
    published_at timestamptz,
    source       text NOT NULL DEFAULT '',                -- name of the publication
    given_at     timestamptz NOT NULL DEFAULT now()
);

-- Files that are being read by `newsmill enqueue`: where to go on after a stop. A file that was read to its end has no row.
CREATE TABLE imports (
    file_key   bytea PRIMARY KEY CHECK (octet_length(file_key) = 32), -- of the file's size, beginning and end
    name       text NOT NULL,
    at_byte    bigint NOT NULL CHECK (at_byte >= 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
