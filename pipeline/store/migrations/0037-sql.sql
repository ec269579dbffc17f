-- For people who ask with SQL: views that hide how newsmill keeps things. `newsmill sql-role` lets a role read them, and nothing else.
-- A migration that changes a column which they read drops them before and makes them again.

CREATE SCHEMA archive;
COMMENT ON SCHEMA archive IS 'views of the archive for people who ask with SQL';

CREATE VIEW archive.articles AS
SELECT a.id,
       (coalesce(a.search_at, a.fetched_at) AT TIME ZONE 'UTC'
        + make_interval(mins => CASE WHEN a.search_at = a.published_at THEN coalesce(a.published_offset_min, 0) ELSE 0 END))::date AS day,
       a.published_at,
       local_time(a.published_at, a.published_offset_min) AS published_local,
       a.modified_at,
       a.title,
       a.authors,
       a.summary,
       a.text,
       a.word_count,
       a.language,
       o.name AS source,
       coalesce(nullif(o.label, ''), o.name) AS source_label,
       nullif(o.country, '') AS country,
       ARRAY(SELECT c.name FROM source_collections m JOIN collections c ON c.id = m.collection_id WHERE m.source_id = a.source_id ORDER BY 1) AS collections,
       a.tags,
       nullif(a.section, '') AS section,
       a.agencies,
       a.flags,
       nullif(a.access, '') AS access,
       a.url,
       m.story_id,
       s.original_id IS NULL OR s.original_id = a.id AS is_original,
       a.fetched_at,
       a.created_at AS stored_at
FROM articles a LEFT JOIN sources o ON o.id = a.source_id LEFT JOIN story_articles m ON m.article_id = a.id LEFT JOIN stories s ON s.id = m.story_id;

COMMENT ON VIEW archive.articles IS 'an article';
COMMENT ON COLUMN archive.articles.id IS 'the article''s number, as `newsmill show` takes it';
COMMENT ON COLUMN archive.articles.day IS 'the day of publication by the publisher''s own clock, by which newsmill counts; the day of the fetch where that is missing or not plausible';
COMMENT ON COLUMN archive.articles.published_at IS 'when the publisher first published it';
COMMENT ON COLUMN archive.articles.published_local IS 'the same by the publisher''s clock, with its offset; '''' where that is not known';
COMMENT ON COLUMN archive.articles.modified_at IS 'when the publisher last changed it';
COMMENT ON COLUMN archive.articles.title IS 'the headline';
COMMENT ON COLUMN archive.articles.authors IS 'people and bodies that the byline names';
COMMENT ON COLUMN archive.articles.summary IS 'the page''s own description of the article';
COMMENT ON COLUMN archive.articles.text IS 'plain text, one paragraph a line';
COMMENT ON COLUMN archive.articles.word_count IS 'words of the text';
COMMENT ON COLUMN archive.articles.language IS 'code of the text''s language, such as es';
COMMENT ON COLUMN archive.articles.source IS 'its outlet, by domain or domain/path';
COMMENT ON COLUMN archive.articles.source_label IS 'its outlet, by the name that people gave it, else as in `source`';
COMMENT ON COLUMN archive.articles.country IS 'the outlet''s country, ISO 3166-1; null where nobody has said it';
COMMENT ON COLUMN archive.articles.collections IS 'the collections that the outlet is in';
COMMENT ON COLUMN archive.articles.tags IS 'topics that the page names';
COMMENT ON COLUMN archive.articles.section IS 'the site''s own word for the section';
COMMENT ON COLUMN archive.articles.agencies IS 'news agencies that are credited';
COMMENT ON COLUMN archive.articles.flags IS 'what a reader should know, such as paywall or teaser';
COMMENT ON COLUMN archive.articles.access IS 'free, metered or paid, by the page''s own account';
COMMENT ON COLUMN archive.articles.url IS 'the address, as found';
COMMENT ON COLUMN archive.articles.story_id IS 'the story that it is a copy of, see `stories`; null where it has no copies';
COMMENT ON COLUMN archive.articles.is_original IS 'the original of its story, or without copies: counts each text once';
COMMENT ON COLUMN archive.articles.fetched_at IS 'when its page was fetched';
COMMENT ON COLUMN archive.articles.stored_at IS 'when it was stored first';

CREATE VIEW archive.revisions AS
SELECT article_id, version, version = count(*) OVER (PARTITION BY article_id) AS is_latest, title, text, fetched_at, replaced_at
FROM (SELECT article_id, row_number() OVER (PARTITION BY article_id ORDER BY id NULLS LAST) AS version, title, text, fetched_at, replaced_at
      FROM (SELECT id, article_id, title, text, fetched_at, replaced_at FROM revisions
            UNION ALL SELECT NULL, id, title, text, fetched_at, NULL FROM articles) every) numbered;

COMMENT ON VIEW archive.revisions IS 'a text that an article has had, or has';
COMMENT ON COLUMN archive.revisions.article_id IS 'the article';
COMMENT ON COLUMN archive.revisions.version IS 'counts from 1, the oldest';
COMMENT ON COLUMN archive.revisions.is_latest IS 'whether this is the current text';
COMMENT ON COLUMN archive.revisions.title IS 'the headline of this text';
COMMENT ON COLUMN archive.revisions.text IS 'the text';
COMMENT ON COLUMN archive.revisions.fetched_at IS 'when the page was fetched that it was made of';
COMMENT ON COLUMN archive.revisions.replaced_at IS 'when another text took its place; null for the latest';

CREATE VIEW archive.sightings AS
SELECT s.feed_id, f.url AS feed_url, f.title AS feed_title, s.link_id, l.url, s.title, s.published_at, s.seen_at,
       CASE WHEN l.state IN ('dispatched', 'running') THEN 'under way' WHEN l.state = 'fetched' THEN 'waiting' ELSE l.state END AS outcome,
       nullif(l.code, '') AS code, nullif(l.detail, '') AS reason, a.id AS article_id
FROM sightings s JOIN feeds f ON f.id = s.feed_id JOIN links l ON l.id = s.link_id LEFT JOIN articles a ON a.link_id = l.id;

COMMENT ON VIEW archive.sightings IS 'an entry that a feed has listed, and what became of it';
COMMENT ON COLUMN archive.sightings.feed_id IS 'the feed''s number, as `newsmill feeds show` takes it';
COMMENT ON COLUMN archive.sightings.feed_url IS 'the feed''s address';
COMMENT ON COLUMN archive.sightings.feed_title IS 'the feed''s name';
COMMENT ON COLUMN archive.sightings.link_id IS 'the link''s number, as `newsmill trace link` takes it';
COMMENT ON COLUMN archive.sightings.url IS 'the link';
COMMENT ON COLUMN archive.sightings.title IS 'the title in the feed';
COMMENT ON COLUMN archive.sightings.published_at IS 'the time of publication in the feed';
COMMENT ON COLUMN archive.sightings.seen_at IS 'when the feed listed it first';
COMMENT ON COLUMN archive.sightings.outcome IS 'stored, skipped, failed, waiting or under way';
COMMENT ON COLUMN archive.sightings.code IS 'why it was skipped or failed, or what went wrong last: a failure code';
COMMENT ON COLUMN archive.sightings.reason IS 'the same in a sentence';
COMMENT ON COLUMN archive.sightings.article_id IS 'the article that it became; null where there is none, or another link''s address has it (code `duplicate`)';

CREATE VIEW archive.stories AS
SELECT t.id, t.original_id, o.title, min(a.published_at) AS first_published_at, count(*) AS copies,
       count(DISTINCT a.source_id) AS sources, array_agg(a.id ORDER BY a.id) AS article_ids
FROM stories t JOIN story_articles m ON m.story_id = t.id JOIN articles a ON a.id = m.article_id LEFT JOIN articles o ON o.id = t.original_id
GROUP BY t.id, t.original_id, o.title;

COMMENT ON VIEW archive.stories IS 'articles that are copies of one text';
COMMENT ON COLUMN archive.stories.id IS 'the story''s number, as `newsmill stories` takes it';
COMMENT ON COLUMN archive.stories.original_id IS 'the article that others credit, else the earliest';
COMMENT ON COLUMN archive.stories.title IS 'the headline of the original';
COMMENT ON COLUMN archive.stories.first_published_at IS 'when the first of them was published';
COMMENT ON COLUMN archive.stories.copies IS 'articles, the original among them';
COMMENT ON COLUMN archive.stories.sources IS 'outlets that have published it';
COMMENT ON COLUMN archive.stories.article_ids IS 'the articles';

CREATE VIEW archive.words AS SELECT article_id, day, tsv AS words FROM search;

COMMENT ON VIEW archive.words IS 'the words of an article, to look for by an index: WHERE words @@ ''council & mayor''';
COMMENT ON COLUMN archive.words.article_id IS 'the article';
COMMENT ON COLUMN archive.words.day IS 'as in `articles`';
COMMENT ON COLUMN archive.words.words IS 'the words in lower case and without accents; weight A in the title';

-- What the tables and their columns are.

COMMENT ON TABLE aliases IS 'another address of a link''s article: found, hop, final or canonical';
COMMENT ON COLUMN aliases.url_key IS 'the identity of this address';
COMMENT ON COLUMN aliases.url IS 'the address';
COMMENT ON COLUMN aliases.link_id IS 'the link whose article is known by it';
COMMENT ON COLUMN aliases.kind IS 'found, hop, final or canonical';
COMMENT ON COLUMN aliases.seen_at IS 'when it was seen first';

COMMENT ON TABLE announcements IS 'a site whose own page has announced a feed of another site; believed for 90 days';
COMMENT ON COLUMN announcements.feed_id IS 'the feed that is announced';
COMMENT ON COLUMN announcements.site IS 'the site whose page announces it';
COMMENT ON COLUMN announcements.page_url IS 'the page';
COMMENT ON COLUMN announcements.seen_at IS 'when it was seen last';

COMMENT ON TABLE article_changes IS 'an article was stored, changed or removed; gone once all outputs have it';
COMMENT ON COLUMN article_changes.id IS 'the order in which the changes were written';
COMMENT ON COLUMN article_changes.article_id IS 'the article, which may be gone';
COMMENT ON COLUMN article_changes.what IS 'stored, changed or removed';
COMMENT ON COLUMN article_changes.at IS 'when';
COMMENT ON COLUMN article_changes.number IS 'its place in the order for outputs; null until a reader has given it one';

COMMENT ON TABLE articles IS 'the product';
COMMENT ON COLUMN articles.id IS 'the article''s number';
COMMENT ON COLUMN articles.link_id IS 'the number of its link';
COMMENT ON COLUMN articles.url_key IS 'the identity of its own address';
COMMENT ON COLUMN articles.url IS 'the address of its link, as found';
COMMENT ON COLUMN articles.final_url IS 'where redirects led';
COMMENT ON COLUMN articles.canonical_url IS 'the address that the page gives as its own';
COMMENT ON COLUMN articles.title IS 'the headline';
COMMENT ON COLUMN articles.authors IS 'people and organisations that the byline names';
COMMENT ON COLUMN articles.published_at IS 'when the publisher first published it, in UTC';
COMMENT ON COLUMN articles.modified_at IS 'when the publisher last changed it, in UTC';
COMMENT ON COLUMN articles.text IS 'plain, one block (paragraph, heading, item, quote, row of a table) a line';
COMMENT ON COLUMN articles.language IS 'of the text, as a code';
COMMENT ON COLUMN articles.site_name IS 'the site''s own name';
COMMENT ON COLUMN articles.summary IS 'the page''s own description of the article';
COMMENT ON COLUMN articles.image_url IS 'its main picture';
COMMENT ON COLUMN articles.tags IS 'topics that the page names';
COMMENT ON COLUMN articles.word_count IS 'words of the text';
COMMENT ON COLUMN articles.content_hash IS 'SHA-256 of the text, ignoring case and white space';
COMMENT ON COLUMN articles.sources IS 'field → where its value came from; feed URL for what a feed said (feed alone in articles stored before feeds were named), trafilatura, whole page for a text that was found only when all of the page was searched again';
COMMENT ON COLUMN articles.flags IS 'what a reader should know: text_from_feed, text_cut, language_differs (the text is in another language than the page claims), paywall (the publisher asks readers to pay), teaser (the text is only the beginning), …';
COMMENT ON COLUMN articles.extractor IS 'name and version of the extractor';
COMMENT ON COLUMN articles.fetched_at IS 'when its page was fetched';
COMMENT ON COLUMN articles.created_at IS 'when it was stored first';
COMMENT ON COLUMN articles.updated_at IS 'when it was written last';
COMMENT ON COLUMN articles.canonical_rejected IS 'why the page''s canonical URL was rejected';
COMMENT ON COLUMN articles.reservations IS 'what the publisher says of archiving, indexing and mining, verbatim with its source';
COMMENT ON COLUMN articles.etag IS 'validator of the page, for the next look for changes';
COMMENT ON COLUMN articles.last_modified IS 'validator of the page, for the next look for changes';
COMMENT ON COLUMN articles.page_sha256 IS 'sha-256 of the page; null makes the next look read it whole';
COMMENT ON COLUMN articles.checked_at IS 'when its page was last checked for changes';
COMMENT ON COLUMN articles.rechecks IS 'looks for changes so far';
COMMENT ON COLUMN articles.recheck_at IS 'when the next look for changes is due; null: none';
COMMENT ON COLUMN articles.markdown IS 'the text with its structure; empty in articles stored before this field existed';
COMMENT ON COLUMN articles.dropped IS 'paragraphs removed from text as site boilerplate, each with its position';
COMMENT ON COLUMN articles.published_precision IS 'time (with its zone), zone_assumed (the page names no zone, UTC was taken) or day (the time is that day''s midnight; also the flag published_day_only)';
COMMENT ON COLUMN articles.modified_precision IS 'the same for modified_at';
COMMENT ON COLUMN articles.section IS 'the site''s own word: from its data, its breadcrumb, or (source url) the address';
COMMENT ON COLUMN articles.agencies IS 'the news agencies that the byline or the text credits (“(Reuters)”, “© AFP”), each under one name';
COMMENT ON COLUMN articles.original_publisher IS 'where a syndicated text was first: by rel=syndication-source and its like, isBasedOn, the page''s own line (“originally published on …”, source text), or a canonical address on another site (source canonical)';
COMMENT ON COLUMN articles.original_url IS 'the address of the text there';
COMMENT ON COLUMN articles.licence IS 'the address of the licence, or its words; a copyright notice does not count';
COMMENT ON COLUMN articles.access IS 'free, metered or paid, as the page declares (isAccessibleForFree, article:content_tier)';
COMMENT ON COLUMN articles.image_width IS 'of the main picture, pixels, as stated';
COMMENT ON COLUMN articles.image_height IS 'the same';

COMMENT ON TABLE attempts IS 'one try of one stage';
COMMENT ON COLUMN attempts.id IS 'in the order in which they ended';
COMMENT ON COLUMN attempts.link_id IS 'the link';
COMMENT ON COLUMN attempts.stage IS 'fetch or extract';
COMMENT ON COLUMN attempts.number IS 'counts within a stage, and begins anew after a retry by hand';
COMMENT ON COLUMN attempts.ended_at IS 'when it ended';
COMMENT ON COLUMN attempts.elapsed_ms IS 'how long it took, milliseconds; null where the worker vanished';
COMMENT ON COLUMN attempts.outcome IS 'ok (page fetched), retry, stored, skipped, failed, moved (a redirect led to the line of another host) or lost (the worker vanished)';
COMMENT ON COLUMN attempts.code IS 'the failure code; '''' where it went well';
COMMENT ON COLUMN attempts.detail IS 'what went wrong, in a sentence';
COMMENT ON COLUMN attempts.final_url IS 'where redirects led';
COMMENT ON COLUMN attempts.worker IS 'the worker''s name';
COMMENT ON COLUMN attempts.status IS 'HTTP status of the answer';
COMMENT ON COLUMN attempts.bytes IS 'bytes of the body';
COMMENT ON COLUMN attempts.hops IS 'the redirects, as JSON';

COMMENT ON TABLE bands IS 'a band of an article''s text, by which copies find each other';
COMMENT ON COLUMN bands.band IS '64-bit hash of a part of the text''s fingerprint';
COMMENT ON COLUMN bands.article_id IS 'the article';

COMMENT ON TABLE change_numbers IS 'the last number that was given';
COMMENT ON COLUMN change_numbers.last IS 'the number';

COMMENT ON TABLE collections IS 'a named set of sources';
COMMENT ON COLUMN collections.id IS 'the collection''s number';
COMMENT ON COLUMN collections.name IS 'as queries name it, in upper or lower case';
COMMENT ON COLUMN collections.notes IS 'what it is for';
COMMENT ON COLUMN collections.created_at IS 'when it was made';

COMMENT ON TABLE daily IS 'how many articles a day has of one source and language';
COMMENT ON COLUMN daily.day IS 'by the publishers'' own clocks';
COMMENT ON COLUMN daily.source_id IS 'the outlet; 0 where there is none';
COMMENT ON COLUMN daily.language IS 'code; '''' where it is not known';
COMMENT ON COLUMN daily.stored IS 'articles';

COMMENT ON TABLE daily_stale IS 'an article came to a day or went; the day is counted again';
COMMENT ON COLUMN daily_stale.day IS 'the day';

COMMENT ON TABLE dead_deliveries IS 'an article that an output does not take';
COMMENT ON COLUMN dead_deliveries.output IS 'the output';
COMMENT ON COLUMN dead_deliveries.number IS 'the change, by its number';
COMMENT ON COLUMN dead_deliveries.article_id IS 'the article';
COMMENT ON COLUMN dead_deliveries.what IS 'stored, changed or removed';
COMMENT ON COLUMN dead_deliveries.code IS 'why the output does not take it';
COMMENT ON COLUMN dead_deliveries.detail IS 'the same in a sentence';
COMMENT ON COLUMN dead_deliveries.at IS 'when it was given up';

COMMENT ON TABLE feed_aliases IS 'an address that a feed had before it moved';
COMMENT ON COLUMN feed_aliases.url_key IS 'the identity of the address';
COMMENT ON COLUMN feed_aliases.url IS 'the address';
COMMENT ON COLUMN feed_aliases.feed_id IS 'the feed of today';
COMMENT ON COLUMN feed_aliases.since IS 'when the feed moved';

COMMENT ON TABLE feed_archives IS 'a page of a feed''s archive that was begun; code is '''' where it was read';
COMMENT ON COLUMN feed_archives.feed_id IS 'the feed';
COMMENT ON COLUMN feed_archives.url_key IS 'the identity of the page''s address';
COMMENT ON COLUMN feed_archives.url IS 'the page of the archive';
COMMENT ON COLUMN feed_archives.code IS 'why it could not be read; '''' where it was';
COMMENT ON COLUMN feed_archives.read_at IS 'when';

COMMENT ON TABLE feed_days IS 'a feed''s new entries of one day (UTC), for 60 days: its habit';
COMMENT ON COLUMN feed_days.feed_id IS 'the feed';
COMMENT ON COLUMN feed_days.day IS 'UTC';
COMMENT ON COLUMN feed_days.entries IS 'new entries';

COMMENT ON TABLE feeds IS 'a source polled on a schedule';
COMMENT ON COLUMN feeds.id IS 'the feed''s number';
COMMENT ON COLUMN feeds.url IS 'its address';
COMMENT ON COLUMN feeds.url_key IS 'the identity of its address';
COMMENT ON COLUMN feeds.host_id IS 'the host of its address';
COMMENT ON COLUMN feeds.title IS 'as it names itself, or as somebody has named it';
COMMENT ON COLUMN feeds.site_url IS 'the page that it is the feed of';
COMMENT ON COLUMN feeds.kind IS 'format, such as rss or atom';
COMMENT ON COLUMN feeds.language IS 'as it claims';
COMMENT ON COLUMN feeds.tags IS 'labels that people gave it';
COMMENT ON COLUMN feeds.state IS 'active, paused or stopped';
COMMENT ON COLUMN feeds.interval_s IS 'its habit: seconds between polls';
COMMENT ON COLUMN feeds.failures IS 'failed polls in a row';
COMMENT ON COLUMN feeds.next_poll_at IS 'when the next poll is due';
COMMENT ON COLUMN feeds.next_poll_why IS 'the reason, in words';
COMMENT ON COLUMN feeds.etag IS 'validator for conditional requests';
COMMENT ON COLUMN feeds.last_modified IS 'validator for conditional requests';
COMMENT ON COLUMN feeds.body_hash IS 'hash of the last body, so that an unchanged one is not read again';
COMMENT ON COLUMN feeds.last_polled_at IS 'when the last poll ended';
COMMENT ON COLUMN feeds.last_ok_at IS 'when the last poll that went well ended';
COMMENT ON COLUMN feeds.code IS 'why the last poll failed; '''' where it went well';
COMMENT ON COLUMN feeds.detail IS 'the same in a sentence';
COMMENT ON COLUMN feeds.phase IS 'the lease of a poll: idle, dispatched or running';
COMMENT ON COLUMN feeds.dispatch_id IS 'the claim of the poll under way';
COMMENT ON COLUMN feeds.lease_until IS 'when that claim ends at the latest';
COMMENT ON COLUMN feeds.created_at IS 'when it was added';
COMMENT ON COLUMN feeds.updated_at IS 'when the row was written last';
COMMENT ON COLUMN feeds.asked_s IS 'seconds that the document asks to wait between polls';
COMMENT ON COLUMN feeds.skip_hours IS 'hours (UTC) in which the document asks not to be polled';
COMMENT ON COLUMN feeds.skip_days IS 'days of the week on which the document asks not to be polled';
COMMENT ON COLUMN feeds.not_before IS 'no poll before this, by the site''s Retry-After';
COMMENT ON COLUMN feeds.probe_at IS 'when a poll goes without validators next';
COMMENT ON COLUMN feeds.moved_to IS 'where permanent redirects lead';
COMMENT ON COLUMN feeds.moved_count IS 'polls in a row that were led there';
COMMENT ON COLUMN feeds.moved_since IS 'when the first of them was';
COMMENT ON COLUMN feeds.alias_of IS 'the feed that is polled at the address to which this one moved';
COMMENT ON COLUMN feeds.sunset_at IS 'when the site says that the address ends';
COMMENT ON COLUMN feeds.archive_url IS 'the next page of its archive; '''' where none is to be read';
COMMENT ON COLUMN feeds.archive_tries IS 'tries of that page';
COMMENT ON COLUMN feeds.main_poll_at IS 'when the feed itself is polled next, while its archive is read';
COMMENT ON COLUMN feeds.options IS 'what differs from the settings for all, as JSON';
COMMENT ON COLUMN feeds.hub IS 'WebSub hub that the feed names';
COMMENT ON COLUMN feeds.topic IS 'WebSub topic that the feed names';
COMMENT ON COLUMN feeds.successor IS 'a feed that its site announces in its place';
COMMENT ON COLUMN feeds.successor_looked_at IS 'when the site was last looked at for one';
COMMENT ON COLUMN feeds.next_url IS 'where a poll goes on that was led to another host';
COMMENT ON COLUMN feeds.hops IS 'the redirects of that poll so far, as JSON';
COMMENT ON COLUMN feeds.origin_host_id IS 'its own host, while a redirect waits for another';

COMMENT ON TABLE fingerprints IS 'the bands of an article together, for stories.window_days';
COMMENT ON COLUMN fingerprints.article_id IS 'the article';
COMMENT ON COLUMN fingerprints.bands IS 'its bands together';
COMMENT ON COLUMN fingerprints.noted_at IS 'when it was stored';

COMMENT ON TABLE given_hints IS 'what a list of addresses says of the article of a link';
COMMENT ON COLUMN given_hints.link_id IS 'the link';
COMMENT ON COLUMN given_hints.title IS 'the title that the list gives';
COMMENT ON COLUMN given_hints.published_at IS 'the time of publication that the list gives';
COMMENT ON COLUMN given_hints.source IS 'the name of the publication that the list gives';
COMMENT ON COLUMN given_hints.given_at IS 'when the list was read';

COMMENT ON TABLE hosts IS 'a host: its lease, its settings, its robots.txt; shared by all workers';
COMMENT ON COLUMN hosts.id IS 'the host''s number';
COMMENT ON COLUMN hosts.name IS 'host, or host:port where the port is not the scheme''s own';
COMMENT ON COLUMN hosts.delay_s IS 'Crawl-delay of its robots.txt, seconds';
COMMENT ON COLUMN hosts.next_slot_at IS 'no request before this';
COMMENT ON COLUMN hosts.lease_id IS 'the claim of the one job that may talk to the host now; null when nobody does';
COMMENT ON COLUMN hosts.last_step IS 'poll or fetch: what the last lease was for';
COMMENT ON COLUMN hosts.feed_due_at IS 'hint when a feed of the host is due; early at worst';
COMMENT ON COLUMN hosts.link_due_at IS 'hint when a link of the host is due; early at worst';
COMMENT ON COLUMN hosts.paused_until IS 'no visit before this';
COMMENT ON COLUMN hosts.pause_reason IS 'why it is paused, in words';
COMMENT ON COLUMN hosts.failures IS 'visits in a row that failed in a way that speaks of the host';
COMMENT ON COLUMN hosts.robots_text IS 'its robots.txt';
COMMENT ON COLUMN hosts.robots_fetched_at IS 'when robots.txt was fetched';
COMMENT ON COLUMN hosts.robots_until IS 'when robots.txt is asked for again';
COMMENT ON COLUMN hosts.robots_failures IS 'failures to read robots.txt in a row';
COMMENT ON COLUMN hosts.robots_reachable IS 'whether robots.txt could be asked for';
COMMENT ON COLUMN hosts.robots_why IS 'what was found in place of a robots.txt, in words';
COMMENT ON COLUMN hosts.own_delay_s IS 'the operator''s word in place of fetch.min_gap_s, seconds';
COMMENT ON COLUMN hosts.latency_s IS 'how long the last answer took, seconds';
COMMENT ON COLUMN hosts.slowdowns IS 'answers 429 and 503 since the host was quiet';
COMMENT ON COLUMN hosts.slowed_at IS 'when the pause after the last of them ends';
COMMENT ON COLUMN hosts.last_code IS 'code of the last visit';
COMMENT ON COLUMN hosts.ignore_robots IS 'whether the operator has said that robots.txt does not count here';
COMMENT ON COLUMN hosts.robots_notes IS 'what was wrong with robots.txt';
COMMENT ON COLUMN hosts.sitemaps IS 'sitemaps that robots.txt names';
COMMENT ON COLUMN hosts.signals IS 'further lines of robots.txt, verbatim, as JSON';
COMMENT ON COLUMN hosts.tdmrep IS '/.well-known/tdmrep.json';
COMMENT ON COLUMN hosts.tdmrep_at IS 'when that was asked for';
COMMENT ON COLUMN hosts.robots_scheme IS 'the scheme that the copy of robots.txt is for';
COMMENT ON COLUMN hosts.robots_other IS 'the copy for the other scheme, as JSON';
COMMENT ON COLUMN hosts.robots_changed_at IS 'when robots.txt changed last';
COMMENT ON COLUMN hosts.lease_until IS 'when the lease ends at the latest';
COMMENT ON COLUMN hosts.slot_at IS 'when the job that holds the lease may begin; null once it has';
COMMENT ON COLUMN hosts.answered IS 'whether it answered the last request';
COMMENT ON COLUMN hosts.short_time IS 'its job waits a shorter time: many hosts wait that did not answer';
COMMENT ON COLUMN hosts.failing_since IS 'when the first of the failures in a row was';
COMMENT ON COLUMN hosts.robots_code IS 'why robots.txt could not be read';

COMMENT ON TABLE imports IS 'an archive or a list that is being read, and how far';
COMMENT ON COLUMN imports.file_key IS 'made of the file''s content';
COMMENT ON COLUMN imports.name IS 'name of the file';
COMMENT ON COLUMN imports.at_byte IS 'up to which byte it has been read';
COMMENT ON COLUMN imports.started_at IS 'when the reading began';
COMMENT ON COLUMN imports.updated_at IS 'when it went on last';

COMMENT ON TABLE key_version IS 'the version of the rules that made the keys of this database';
COMMENT ON COLUMN key_version.version IS 'the version';
COMMENT ON COLUMN key_version.since IS 'since when';

COMMENT ON TABLE links IS 'one URL to ingest: what is to be done and what became of it';
COMMENT ON COLUMN links.id IS 'the link''s number';
COMMENT ON COLUMN links.url IS 'as found';
COMMENT ON COLUMN links.url_key IS 'the identity of the address';
COMMENT ON COLUMN links.host_id IS 'the host in whose line it stands';
COMMENT ON COLUMN links.feed_id IS 'the first feed that listed it';
COMMENT ON COLUMN links.state IS 'waiting, dispatched, running, fetched, stored, skipped or failed';
COMMENT ON COLUMN links.stage IS 'fetch or extract, while dispatched or running';
COMMENT ON COLUMN links.priority IS 'of its fetch, higher first';
COMMENT ON COLUMN links.fetch_attempts IS 'starts of the fetch';
COMMENT ON COLUMN links.extract_attempts IS 'starts of the extraction of the page in hand';
COMMENT ON COLUMN links.due_at IS 'not before this';
COMMENT ON COLUMN links.dispatch_id IS 'the claim, while dispatched or running';
COMMENT ON COLUMN links.lease_until IS 'when that claim ends at the latest';
COMMENT ON COLUMN links.code IS 'why it ended, or what went wrong last';
COMMENT ON COLUMN links.detail IS 'the same in a sentence';
COMMENT ON COLUMN links.created_at IS 'when it was found';
COMMENT ON COLUMN links.updated_at IS 'when its state changed last';
COMMENT ON COLUMN links.next_url IS 'where it goes on after a redirect to another host';
COMMENT ON COLUMN links.hops IS 'the redirects so far, as JSON';
COMMENT ON COLUMN links.origin_host_id IS 'its own host, while a redirect has put it into the line of another';
COMMENT ON COLUMN links.recheck IS 'its article is stored, and this is a look for changes';
COMMENT ON COLUMN links.from_feed IS 'its article is made of what the feed carried, and the page is not fetched';
COMMENT ON COLUMN links.robots_host_id IS 'the host, not its own, whose robots.txt disallowed it last';
COMMENT ON COLUMN links.offsite_rank IS '0 where a feed of the site or a person wants it; else its place in the queue of its host';
COMMENT ON COLUMN links.late IS 'its next try comes hours or days after its site was away';
COMMENT ON COLUMN links.lost IS 'fetches in a row whose worker vanished';

COMMENT ON TABLE outputs IS 'an output, how far it has come and how it failed';
COMMENT ON COLUMN outputs.name IS 'the output';
COMMENT ON COLUMN outputs.reached IS 'the number of the last change that it has';
COMMENT ON COLUMN outputs.state IS 'what the output itself keeps, as JSON';
COMMENT ON COLUMN outputs.failures IS 'failures in a row';
COMMENT ON COLUMN outputs.code IS 'why it failed last';
COMMENT ON COLUMN outputs.detail IS 'the same in a sentence';
COMMENT ON COLUMN outputs.retry_at IS 'when it is tried again';
COMMENT ON COLUMN outputs.delivered_at IS 'when it took something last';
COMMENT ON COLUMN outputs.created_at IS 'when it ran first';

COMMENT ON TABLE pages IS 'one fetched page';
COMMENT ON COLUMN pages.id IS 'in the order in which they came';
COMMENT ON COLUMN pages.link_id IS 'the link';
COMMENT ON COLUMN pages.fetched_at IS 'when it came here';
COMMENT ON COLUMN pages.url IS 'the address that was asked for';
COMMENT ON COLUMN pages.final_url IS 'where redirects led';
COMMENT ON COLUMN pages.status IS 'HTTP status; 0 for a file';
COMMENT ON COLUMN pages.headers IS 'headers of the answer, by name, as JSON';
COMMENT ON COLUMN pages.hops IS 'the redirects, as JSON';
COMMENT ON COLUMN pages.body IS 'the body, compressed with zstd';
COMMENT ON COLUMN pages.size IS 'bytes of the body before';
COMMENT ON COLUMN pages.sha256 IS 'sha-256 of the body before';
COMMENT ON COLUMN pages.reason IS 'the reason phrase of the answer';
COMMENT ON COLUMN pages.raw_headers IS 'the headers as they came, as JSON';
COMMENT ON COLUMN pages.archived_at IS 'when the archive fetched it from which it came';

COMMENT ON TABLE periodic IS 'when a periodic task last ran to its end, and how it failed since';
COMMENT ON COLUMN periodic.task IS 'the task';
COMMENT ON COLUMN periodic.completed_at IS 'when it last ran to its end';
COMMENT ON COLUMN periodic.failed_at IS 'when it failed since';
COMMENT ON COLUMN periodic.error IS 'how it failed';

COMMENT ON TABLE polls IS 'one poll that ended; the last poll.keep_polls of each feed';
COMMENT ON COLUMN polls.id IS 'in the order in which they ended';
COMMENT ON COLUMN polls.feed_id IS 'the feed';
COMMENT ON COLUMN polls.started_at IS 'when it began';
COMMENT ON COLUMN polls.elapsed_ms IS 'how long it took, milliseconds';
COMMENT ON COLUMN polls.status IS 'HTTP status of the answer';
COMMENT ON COLUMN polls.code IS 'why it failed; '''' where it went well';
COMMENT ON COLUMN polls.detail IS 'the same in a sentence';
COMMENT ON COLUMN polls.bytes IS 'bytes of the body';
COMMENT ON COLUMN polls.entries IS 'entries in the feed';
COMMENT ON COLUMN polls.new_links IS 'links that were new';
COMMENT ON COLUMN polls.next_poll_at IS 'when the next one was set for';
COMMENT ON COLUMN polls.worker IS 'the worker''s name';

COMMENT ON TABLE pushes IS 'what a hub has sent and no worker has read yet';
COMMENT ON COLUMN pushes.id IS 'in the order in which they came';
COMMENT ON COLUMN pushes.feed_id IS 'the feed';
COMMENT ON COLUMN pushes.content_type IS 'as the hub says';
COMMENT ON COLUMN pushes.body IS 'what the hub sent';
COMMENT ON COLUMN pushes.received_at IS 'when it came';
COMMENT ON COLUMN pushes.sent_at IS 'when a worker was last sent for it; -infinity for a new one';

COMMENT ON TABLE reextractions IS 'a re-extraction that was stopped, and how far it had come';
COMMENT ON COLUMN reextractions.scope IS 'which links it was asked for';
COMMENT ON COLUMN reextractions.upto IS 'the link up to which it has come';
COMMENT ON COLUMN reextractions.started_at IS 'when it began';

COMMENT ON TABLE revisions IS 'an article''s earlier text';
COMMENT ON COLUMN revisions.id IS 'in the order in which they were replaced';
COMMENT ON COLUMN revisions.article_id IS 'the article';
COMMENT ON COLUMN revisions.title IS 'its title then';
COMMENT ON COLUMN revisions.text IS 'its text then';
COMMENT ON COLUMN revisions.content_hash IS 'hash of that text';
COMMENT ON COLUMN revisions.extractor IS 'name and version of what read the page';
COMMENT ON COLUMN revisions.fetched_at IS 'when the page was fetched that it was made of';
COMMENT ON COLUMN revisions.replaced_at IS 'when another text took its place';

COMMENT ON TABLE search IS 'the words of an article, and what counts are made by';
COMMENT ON COLUMN search.article_id IS 'the article';
COMMENT ON COLUMN search.source_id IS 'its outlet';
COMMENT ON COLUMN search.language IS 'code of its language';
COMMENT ON COLUMN search.words IS 'words of its text';
COMMENT ON COLUMN search.tsv IS 'the words of title (weight A) and text, with their places';

COMMENT ON TABLE sightings IS 'a feed listed a link, and what it said of it';
COMMENT ON COLUMN sightings.feed_id IS 'the feed';
COMMENT ON COLUMN sightings.link_id IS 'the link';
COMMENT ON COLUMN sightings.guid IS 'the entry''s own id';
COMMENT ON COLUMN sightings.title IS 'the title in the feed';
COMMENT ON COLUMN sightings.authors IS 'the authors in the feed';
COMMENT ON COLUMN sightings.published_at IS 'the time of publication in the feed';
COMMENT ON COLUMN sightings.summary IS 'the summary in the feed';
COMMENT ON COLUMN sightings.content IS 'the full text in the feed';
COMMENT ON COLUMN sightings.seen_at IS 'when the feed listed it first';
COMMENT ON COLUMN sightings.entry_hash IS 'hash of the entry, by which a correction is noticed';
COMMENT ON COLUMN sightings.updates IS 'how often the feed corrected it';
COMMENT ON COLUMN sightings.updated_at IS 'when the feed corrected it last';
COMMENT ON COLUMN sightings.tags IS 'the tags in the feed';
COMMENT ON COLUMN sightings.modified_at IS 'the time of the last change in the feed';
COMMENT ON COLUMN sightings.image_url IS 'the picture in the feed';
COMMENT ON COLUMN sightings.site IS 'the site of the feed''s address when it said this; '''' before this was kept';
COMMENT ON COLUMN sightings.url IS 'the link that the entry shares with others, where it stands under a name';
COMMENT ON COLUMN sightings.page_key IS 'the identity of that link';
COMMENT ON COLUMN sightings.folded IS 'other entries of the same link that are no articles of their own, as JSON';

COMMENT ON TABLE site_paragraphs IS 'the paragraphs of one article as hashes, by which the boilerplate of its site is found; the newest 500 of each host and language';
COMMENT ON COLUMN site_paragraphs.link_id IS 'the link of the article';
COMMENT ON COLUMN site_paragraphs.site IS 'the host without www.';
COMMENT ON COLUMN site_paragraphs.language IS 'code of the language';
COMMENT ON COLUMN site_paragraphs.paragraphs IS '64-bit hashes of its paragraphs in order; 0 for one without letters and digits';
COMMENT ON COLUMN site_paragraphs.title IS 'hash of its title';
COMMENT ON COLUMN site_paragraphs.byline IS 'hash of its byline';
COMMENT ON COLUMN site_paragraphs.day IS 'when it was extracted';

COMMENT ON TABLE source_changes IS 'a site whose sources have changed, and whose articles are being given to the right ones; gone once they are';

COMMENT ON TABLE source_collections IS 'a source in a collection';
COMMENT ON COLUMN source_collections.collection_id IS 'the collection';
COMMENT ON COLUMN source_collections.source_id IS 'the source';

COMMENT ON TABLE sources IS 'an outlet; the first article of a site makes one';
COMMENT ON COLUMN sources.id IS 'the source''s number';
COMMENT ON COLUMN sources.label IS 'its name for people';
COMMENT ON COLUMN sources.homepage IS 'its home page';
COMMENT ON COLUMN sources.country IS 'ISO 3166-1 code, such as DE';
COMMENT ON COLUMN sources.region IS 'of the country';
COMMENT ON COLUMN sources.language IS 'BCP 47 tag, such as pt-BR';
COMMENT ON COLUMN sources.media_type IS 'digital, print, tv, radio, agency, blog or other';
COMMENT ON COLUMN sources.notes IS 'whatever else is known';
COMMENT ON COLUMN sources.created_at IS 'when it was made';

COMMENT ON TABLE stories IS 'articles that are copies of one text';
COMMENT ON COLUMN stories.id IS 'the story''s number';
COMMENT ON COLUMN stories.original_id IS 'the article that others credit, else the earliest';
COMMENT ON COLUMN stories.articles IS 'copies, the original among them';
COMMENT ON COLUMN stories.created_at IS 'when the second copy came';
COMMENT ON COLUMN stories.updated_at IS 'when it changed last';

COMMENT ON TABLE story_articles IS 'an article in its story';
COMMENT ON COLUMN story_articles.article_id IS 'the article';
COMMENT ON COLUMN story_articles.story_id IS 'the story';
COMMENT ON COLUMN story_articles.likeness IS 'share of the text in common with the copy by which it came in, 0 to 1';

COMMENT ON TABLE subscriptions IS 'a feed''s subscription at its WebSub hub';
COMMENT ON COLUMN subscriptions.id IS 'the subscription''s number';
COMMENT ON COLUMN subscriptions.feed_id IS 'the feed; null once that was removed';
COMMENT ON COLUMN subscriptions.token IS 'the end of the callback''s address, made by chance';
COMMENT ON COLUMN subscriptions.secret IS 'the key of the hub''s signatures';
COMMENT ON COLUMN subscriptions.hub IS 'address of the hub';
COMMENT ON COLUMN subscriptions.topic IS 'what was subscribed to';
COMMENT ON COLUMN subscriptions.state IS 'asked, active, refused or leaving';
COMMENT ON COLUMN subscriptions.pending IS 'what the hub may ask to confirm';
COMMENT ON COLUMN subscriptions.lease_until IS 'when the hub''s lease ends';
COMMENT ON COLUMN subscriptions.due_at IS 'when the hub is asked next';
COMMENT ON COLUMN subscriptions.failures IS 'failures in a row';
COMMENT ON COLUMN subscriptions.detail IS 'what went wrong last';
COMMENT ON COLUMN subscriptions.pushes IS 'what the hub has sent so far, counted';
COMMENT ON COLUMN subscriptions.last_push_at IS 'when it sent something last';
COMMENT ON COLUMN subscriptions.created_at IS 'when it was made';
COMMENT ON COLUMN subscriptions.updated_at IS 'when it changed last';
COMMENT ON COLUMN subscriptions.host_id IS 'the hub''s host';
COMMENT ON COLUMN subscriptions.callback IS 'the address of ours that the hub was told';
COMMENT ON COLUMN subscriptions.dispatch_id IS 'the claim of the request under way';
COMMENT ON COLUMN subscriptions.claimed_until IS 'when that claim ends at the latest';
COMMENT ON COLUMN subscriptions.missed IS 'polls in a row that found what the hub had not sent';

COMMENT ON TABLE workers IS 'a running worker and its slots';
COMMENT ON COLUMN workers.name IS 'Celery''s name of the node';
COMMENT ON COLUMN workers.queue IS 'the queue that it serves';
COMMENT ON COLUMN workers.slots IS 'jobs that it does at a time';
COMMENT ON COLUMN workers.version IS 'of newsmill';
COMMENT ON COLUMN workers.started_at IS 'when it started';
COMMENT ON COLUMN workers.seen_at IS 'when it was last seen';
COMMENT ON TABLE pages_other IS 'what falls outside the months that exist; normally empty';
COMMENT ON TABLE search_other IS 'what falls outside the months that exist, such as years with few articles';
