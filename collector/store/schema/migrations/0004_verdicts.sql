-- What was judged, and when: every account of a surge is kept, so that an amendment can be explained.

CREATE TABLE IF NOT EXISTS snag_experience.contact_surges (
    app LowCardinality(String) COMMENT 'the site''s name',
    surge_id UUID COMMENT 'one story; the same through all its amendments',
    version UInt64 COMMENT 'ms since 1970 UTC of the judgement; the highest one holds',
    state LowCardinality(String) COMMENT 'standing; withdrawn: what came in later showed that there was none',
    start_ts DateTime64(3, 'UTC') COMMENT 'start of the first five minutes',
    end_ts DateTime64(3, 'UTC') COMMENT 'end of the last five minutes',
    detected_ts DateTime64(3, 'UTC') COMMENT 'when a look at what was known then would first have shown it',
    judged_ts DateTime64(3, 'UTC') COMMENT 'when this account was made',
    judged_through_ts DateTime64(3, 'UTC') COMMENT 'contacts were complete up to here; nothing past it was judged',
    observed Float64 COMMENT 'contacts in this time',
    expected Float64 COMMENT 'contacts that such a time usually brings',
    extra Float64 COMMENT 'observed less expected',
    extra_low Float64 COMMENT 'lower end of its 90 % interval',
    extra_high Float64 COMMENT 'upper end of its 90 % interval',
    z Float64 COMMENT 'how far out of the usual, in its usual spread',
    verdict LowCardinality(String) COMMENT 'friction, infrastructure, traffic, event or unexplained',
    confidence Nullable(Float64) COMMENT 'share of verdicts with such signs that are right; null: not known',
    p Nullable(Float64) COMMENT 'share of other days that match as well',
    q Nullable(Float64) COMMENT 'the same with control over all surges looked at',
    lag_s Nullable(Float64) COMMENT 'from the cause to the contact, seconds',
    attributed Nullable(Float64) COMMENT 'contacts that follow the cause',
    attributed_low Nullable(Float64) COMMENT 'lower end of its 90 % interval',
    attributed_high Nullable(Float64) COMMENT 'upper end of its 90 % interval',
    to_come Nullable(Float64) COMMENT 'extra contacts to be expected in the next four hours',
    first_key LowCardinality(String) COMMENT 'page_group|kind that it follows best',
    onset_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when that friction rose',
    event String COMMENT 'the annotation that explains it',
    insufficient String COMMENT 'why it could not be judged',
    algorithm LowCardinality(String) COMMENT 'version of the method',
    inputs UInt64 COMMENT 'fingerprint of everything that was judged from',
    account String COMMENT 'all of it as JSON' CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree
ORDER BY (app, surge_id, version)
TTL toDateTime(start_ts) + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.contact_surge_causes (
    app LowCardinality(String) COMMENT 'the site''s name',
    surge_id UUID COMMENT 'the surge',
    version UInt64 COMMENT 'the judgement that this belongs to',
    cause LowCardinality(String) COMMENT 'friction, infrastructure, traffic or event',
    rank UInt16 COMMENT 'for a kind of friction: its place; 0: the cause as a whole',
    key LowCardinality(String) COMMENT 'page_group|kind; empty: the cause as a whole',
    state LowCardinality(String) COMMENT 'holds, ruled_out or not_checked',
    explained Nullable(Float64) COMMENT 'share of the extra contacts that it would explain',
    p Nullable(Float64) COMMENT 'share of other days that match as well',
    q Nullable(Float64) COMMENT 'the same with control over all',
    lag_s Nullable(Float64) COMMENT 'from the cause to the contact, seconds',
    attributed Nullable(Float64) COMMENT 'contacts that follow it',
    onset_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when it rose',
    reason String COMMENT 'what was tested and what came out, in a sentence'
) ENGINE = ReplacingMergeTree
ORDER BY (app, surge_id, version, cause, rank, key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE VIEW IF NOT EXISTS snag_experience.contact_surges_now AS
SELECT * FROM snag_experience.contact_surges FINAL
ORDER BY version DESC
LIMIT 1 BY app, surge_id;

CREATE TABLE IF NOT EXISTS snag_performance.imported_series (
    app LowCardinality(String) COMMENT 'the site that it is about; empty: all of them',
    name LowCardinality(String) COMMENT 'what it is called here, such as ttfb_p75_ms or http_5xx_rate',
    ts DateTime64(3, 'UTC') COMMENT 'time of the sample',
    value Float64 COMMENT 'as the source gives it',
    source LowCardinality(String) COMMENT 'where it came from, without credentials',
    imported_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'the newest holds'
) ENGINE = ReplacingMergeTree(imported_ts)
PARTITION BY toYYYYMM(ts)
ORDER BY (app, name, ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
