-- What the articles of a site have in common, and where a re-extraction that was stopped goes on.

-- The paragraphs of an article as hashes, by which those that stand on many articles of its site are known.
CREATE TABLE site_memory (
    link_id    bigint PRIMARY KEY REFERENCES links ON DELETE CASCADE,
    site       text NOT NULL,                             -- host of the article's address without www., with its port where it has one
    language   text NOT NULL,                             -- of the article, '' where it is not known
    paragraphs bigint[] NOT NULL,                         -- in order; 0 for one without letters and digits
    title      bigint NOT NULL,
    byline     bigint NOT NULL,                           -- 0: nobody is named
    day        date                                       -- of publication
);
CREATE INDEX site_memory_site ON site_memory (site, language, link_id);

ALTER TABLE articles
    ADD COLUMN dropped jsonb NOT NULL DEFAULT '[]';       -- [{"at": place among all paragraphs, "text": …}] the site's, not in `text`

CREATE TABLE reextractions (
    scope      text PRIMARY KEY,                          -- which links, as the command was given them
    upto       bigint NOT NULL,                           -- all of them up to this one are done
    started_at timestamptz NOT NULL DEFAULT now()
);
