-- A worker that vanishes in a fetch is no fault of the page: such tries are counted apart, and only to end those of a page that kills workers.
ALTER TABLE links ADD COLUMN lost integer NOT NULL DEFAULT 0;      -- fetches in a row whose worker vanished
