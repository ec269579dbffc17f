-- Search: the words of each article, by month of publication; and the outlets and collections that queries name.

CREATE TABLE sources (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE CHECK (name <> ''),
    label      text NOT NULL DEFAULT '',
    homepage   text NOT NULL DEFAULT '',
    country    text NOT NULL DEFAULT '' CHECK (country = '' OR country ~ '^[A-Z]{2}$'),
    region     text NOT NULL DEFAULT '',
    language   text NOT NULL DEFAULT '',
    media_type text NOT NULL DEFAULT '' CHECK (media_type IN ('', 'digital', 'print', 'tv', 'radio', 'agency', 'blog', 'other')),
    notes      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE sources IS 'an outlet; the first article of a site makes one';
COMMENT ON COLUMN sources.name IS 'registrable domain, or a host or domain/path below it; an article belongs to the longest that fits its address';

CREATE TABLE collections (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE CHECK (name <> ''),
    notes      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE collections IS 'a named set of sources';

CREATE TABLE source_collections (
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    source_id     bigint NOT NULL REFERENCES sources ON DELETE CASCADE,
    PRIMARY KEY (collection_id, source_id)
);
CREATE INDEX source_collections_source ON source_collections (source_id);

CREATE TABLE search (
    article_id bigint NOT NULL,
    at         timestamptz NOT NULL,
    day        date NOT NULL,
    source_id  bigint,
    language   text,
    words      integer NOT NULL,
    sample     smallint NOT NULL CHECK (sample BETWEEN 0 AND 999),
    tsv        tsvector NOT NULL,
    PRIMARY KEY (at, article_id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE search IS 'the words of an article, as pipeline/search/tokens.py makes them; written with the article';
COMMENT ON COLUMN search.at IS 'when it was published, or fetched where that is missing or not plausible';
COMMENT ON COLUMN search.day IS 'the same as a day of the publisher''s own clock';
COMMENT ON COLUMN search.sample IS 'a hash of article_id; rows below 50 are the sample of one in twenty that estimates are made from';
CREATE INDEX search_words ON search USING gin (tsv);
CREATE INDEX search_sample ON search USING gin (tsv) WHERE sample < 50;
-- What falls outside the months that exist. Its vectors are kept out of line, so that counting reads a small table.
CREATE TABLE search_other PARTITION OF search DEFAULT WITH (toast_tuple_target = 128);

CREATE TABLE daily (
    day       date NOT NULL,
    source_id bigint NOT NULL,
    language  text NOT NULL,
    stored    integer NOT NULL CHECK (stored > 0),
    PRIMARY KEY (day, source_id, language)
);
COMMENT ON TABLE daily IS 'articles of each day by source (0: none) and language ('''': none): what shares are counted against';
CREATE TABLE daily_stale (day date NOT NULL);
COMMENT ON TABLE daily_stale IS 'days of which articles came or went since they were counted, a row a change';

ALTER TABLE articles
    ADD COLUMN source_id bigint REFERENCES sources ON DELETE SET NULL,
    ADD COLUMN search_at timestamptz;
COMMENT ON COLUMN articles.source_id IS 'its outlet';
COMMENT ON COLUMN articles.search_at IS '"at" of its row in search; null where it has none yet';
CREATE INDEX articles_unsearched ON articles (id) WHERE search_at IS NULL;
CREATE INDEX articles_source ON articles (source_id) WHERE source_id IS NOT NULL;

-- An article that goes, or is written anew, takes its words along. Whoever writes it puts the new ones there.
CREATE FUNCTION forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.search_at IS NOT NULL THEN
        WITH gone AS (DELETE FROM search WHERE article_id = OLD.id AND at = OLD.search_at RETURNING day)
        INSERT INTO daily_stale SELECT day FROM gone;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER articles_words_gone BEFORE DELETE OR UPDATE OF search_at ON articles FOR EACH ROW EXECUTE FUNCTION forget_words();
