-- Stories: articles that are near copies of one text, and what finds them (pipeline/normalise/similarity.py).

-- The bands of articles stored or looked at within stories.window_days; the rest is pruned.
CREATE TABLE bands (
    band       bigint NOT NULL,
    article_id bigint NOT NULL,                           -- no foreign key: it would be looked up for each band, and articles stay
    PRIMARY KEY (band, article_id)
);
-- The same by article, so that its bands are found when they change or go.
CREATE TABLE fingerprints (
    article_id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    bands      bigint[] NOT NULL,
    noted_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fingerprints_noted ON fingerprints (noted_at);

CREATE TABLE stories (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    original_id bigint NOT NULL,                          -- the article that the others are copies of, as far as is known
    articles    integer NOT NULL CHECK (articles > 0),    -- how many, two or more
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stories_updated ON stories (updated_at);
CREATE TABLE story_articles (
    article_id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    story_id   bigint NOT NULL REFERENCES stories ON DELETE CASCADE,
    likeness   real NOT NULL                              -- share of common shingles with the article by which it came in
);
CREATE INDEX story_articles_story ON story_articles (story_id, article_id);
