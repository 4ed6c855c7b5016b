-- Where minified code comes from: positions and names only, no source text. Read by `snag friction show`.

CREATE TABLE IF NOT EXISTS snag_experience.source_maps (
    app LowCardinality(String) COMMENT 'the site''s name',
    release LowCardinality(String) COMMENT 'version of the site that was built so',
    file String COMMENT 'path of the script as its server gives it out, or the end of that path',
    uploaded_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was kept; the last one holds',
    content String COMMENT 'the source map as JSON, without sourcesContent' CODEC(ZSTD(9))
) ENGINE = ReplacingMergeTree(uploaded_ts)
ORDER BY (app, release, file)
TTL toDateTime(uploaded_ts) + INTERVAL 400 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
