-- The publisher's own clock: minutes from UTC at that moment, null where nothing tells.
ALTER TABLE articles
    ADD COLUMN published_offset_min smallint CHECK (published_offset_min BETWEEN -840 AND 840),
    ADD COLUMN modified_offset_min smallint CHECK (modified_offset_min BETWEEN -840 AND 840);

COMMENT ON COLUMN articles.published_offset_min IS 'minutes from UTC to the publisher''s clock at published_at; null where nothing tells';
COMMENT ON COLUMN articles.modified_offset_min IS 'minutes from UTC to the publisher''s clock at modified_at; null where nothing tells';

-- A moment as the publisher's clock shows it, in ISO 8601 with its offset; '' where the moment or the offset is not known.
CREATE FUNCTION local_time(at timestamptz, offset_min smallint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN at IS NULL OR offset_min IS NULL THEN ''
    ELSE to_char(at AT TIME ZONE 'UTC' + make_interval(mins => offset_min), 'YYYY-MM-DD"T"HH24:MI:SS')
         || CASE WHEN offset_min < 0 THEN '-' ELSE '+' END || lpad((abs(offset_min) / 60)::text, 2, '0') || ':' || lpad((abs(offset_min) % 60)::text, 2, '0')
    END;
