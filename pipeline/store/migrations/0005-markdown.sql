-- The text of an article with its structure: headings, lists, quotes, tables and code.

ALTER TABLE articles ADD COLUMN markdown text NOT NULL DEFAULT ''; -- '' for articles stored before; `text` is the same without signs
