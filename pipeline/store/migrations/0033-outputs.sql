-- Outputs (pipeline/outputs): every change of an article is written in the article's transaction, and outputs follow in one order.

CREATE TABLE article_changes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id bigint NOT NULL,                           -- no reference: it may have been removed
    what       text NOT NULL CHECK (what IN ('stored', 'changed', 'removed')),
    at         timestamptz NOT NULL DEFAULT now(),
    number     bigint UNIQUE                              -- its place in the order for outputs; null: not given yet
);
CREATE INDEX article_changes_unnumbered ON article_changes (id) WHERE number IS NULL;

-- The last number that was given. Whoever gives numbers holds this row, so that they have no gaps and none is given behind a later one.
CREATE TABLE change_numbers (last bigint NOT NULL DEFAULT 0);
INSERT INTO change_numbers DEFAULT VALUES;

CREATE TABLE outputs (
    name         text PRIMARY KEY,
    reached      bigint NOT NULL DEFAULT 0,               -- number of the last change that it has taken
    state        jsonb NOT NULL DEFAULT '{}',             -- what the output wants to know again
    failures     integer NOT NULL DEFAULT 0,              -- in a row
    code         text NOT NULL DEFAULT '',
    detail       text NOT NULL DEFAULT '',
    retry_at     timestamptz,                             -- nothing is tried before this
    delivered_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- Articles that an output does not take, however often it is tried.
CREATE TABLE dead_deliveries (
    output     text NOT NULL REFERENCES outputs ON DELETE CASCADE,
    number     bigint NOT NULL,
    article_id bigint NOT NULL,
    what       text NOT NULL,
    code       text NOT NULL,
    detail     text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (output, number)
);
