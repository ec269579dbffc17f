-- When each periodic task last ran to its end, and when and why it last failed. Beat asks for them, a control worker does them.
-- The row of the ticks is written every second, so there is room on its page for new versions of it.
CREATE TABLE periodic (
    task         text PRIMARY KEY,
    completed_at timestamptz,
    failed_at    timestamptz,
    error        text NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
