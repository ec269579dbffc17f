-- The share of an article's text that is expected to be right (pipeline/extract/text/confidence.py); null where it was not searched for.
ALTER TABLE articles ADD COLUMN confidence double precision CHECK (confidence BETWEEN 0 AND 1);
COMMENT ON COLUMN articles.confidence IS 'The share of the text that is expected to be right, from 0 to 1; null where the text was not searched for on a page.';
