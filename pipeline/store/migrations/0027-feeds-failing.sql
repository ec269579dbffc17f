-- Feeds by the code that their last poll failed with: what failed for want of a setting is looked for every minute.
CREATE INDEX feeds_failing ON feeds (code) WHERE failures > 0;
