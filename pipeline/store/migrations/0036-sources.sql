-- Sources are looked after by hand: when one comes, goes or gets another name, the articles of its site follow in batches.

ALTER TABLE sources ADD COLUMN removed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sources.removed IS 'it goes as soon as its articles have gone to another source; until then no article comes to it';

CREATE TABLE source_changes (
    domain     text PRIMARY KEY,
    after      bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE source_changes IS 'a site whose sources have changed, and whose articles are being given to the right ones; gone once they are';
COMMENT ON COLUMN source_changes.domain IS 'registrable domain';
COMMENT ON COLUMN source_changes.after IS 'articles up to this number have been looked at';
COMMENT ON COLUMN source_changes.changed_at IS 'when the sources changed last';
