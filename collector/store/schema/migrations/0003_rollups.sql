-- Counts by five minutes, hour and day, recomputed from the events whenever some of an hour came in (rollups.py).
-- No insert view: a row is what its events are, however often and late they were sent.

CREATE TABLE IF NOT EXISTS snag_experience.sessions_5m (
    bucket DateTime('UTC') COMMENT 'start of the five minutes',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    views UInt64 COMMENT 'page views',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.pages_5m (
    bucket DateTime('UTC') COMMENT 'start of the five minutes',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    views UInt64 COMMENT 'page views',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, page_group, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.friction_5m (
    bucket DateTime('UTC') COMMENT 'start of the five minutes',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    kind LowCardinality(String) COMMENT 'kind of friction',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    events UInt64 COMMENT 'events',
    repeats UInt64 COMMENT 'clicks, errors or refusals in them',
    blocked UInt64 COMMENT 'events after which the user left or could not go on',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, page_group, kind, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.web_vitals_5m (
    bucket DateTime('UTC') COMMENT 'start of the five minutes',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    metric LowCardinality(String) COMMENT 'which vital',
    value AggregateFunction(quantilesTDigest(0.5, 0.75, 0.95), Float64) COMMENT 'ms; without unit for CLS; read with quantilesTDigestMerge',
    samples UInt64 COMMENT 'measurements',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, metric, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.requests_5m (
    bucket DateTime('UTC') COMMENT 'start of the five minutes',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    requests UInt64 COMMENT 'requests',
    failed UInt64 COMMENT 'answered 5xx',
    duration AggregateFunction(quantilesTDigest(0.5, 0.75, 0.95), UInt32) COMMENT 'ms; read with quantilesTDigestMerge',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.sessions_1h (
    bucket DateTime('UTC') COMMENT 'start of the hour',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    release LowCardinality(String) COMMENT 'version of the site',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    views UInt64 COMMENT 'page views',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, env, release, device)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.pages_1h (
    bucket DateTime('UTC') COMMENT 'start of the hour',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    release LowCardinality(String) COMMENT 'version of the site',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    views UInt64 COMMENT 'page views',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, page_group, env, release, device)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.friction_1h (
    bucket DateTime('UTC') COMMENT 'start of the hour',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    kind LowCardinality(String) COMMENT 'kind of friction',
    target_name LowCardinality(String) COMMENT 'name of the element, or its role',
    release LowCardinality(String) COMMENT 'version of the site',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    events UInt64 COMMENT 'events',
    repeats UInt64 COMMENT 'clicks, errors or refusals in them',
    blocked UInt64 COMMENT 'events after which the user left or could not go on',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, page_group, kind, target_name, env, release, device)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.web_vitals_1h (
    bucket DateTime('UTC') COMMENT 'start of the hour',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    metric LowCardinality(String) COMMENT 'which vital',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    value AggregateFunction(quantilesTDigest(0.5, 0.75, 0.95), Float64) COMMENT 'ms; without unit for CLS; read with quantilesTDigestMerge',
    samples UInt64 COMMENT 'measurements',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, metric, page_group, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.requests_1h (
    bucket DateTime('UTC') COMMENT 'start of the hour',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    route LowCardinality(String) COMMENT 'host and path template of the request',
    requests UInt64 COMMENT 'requests',
    failed UInt64 COMMENT 'answered 5xx',
    duration AggregateFunction(quantilesTDigest(0.5, 0.75, 0.95), UInt32) COMMENT 'ms; read with quantilesTDigestMerge',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, route, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.sessions_1d (
    bucket Date COMMENT 'the day, UTC',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    release LowCardinality(String) COMMENT 'version of the site',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    views UInt64 COMMENT 'page views',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, env, release, device)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.pages_1d (
    bucket Date COMMENT 'the day, UTC',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    release LowCardinality(String) COMMENT 'version of the site',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    views UInt64 COMMENT 'page views',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, page_group, env, release, device)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.friction_1d (
    bucket Date COMMENT 'the day, UTC',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    kind LowCardinality(String) COMMENT 'kind of friction',
    target_name LowCardinality(String) COMMENT 'name of the element, or its role',
    release LowCardinality(String) COMMENT 'version of the site',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sessions AggregateFunction(uniq, UUID) COMMENT 'distinct sessions; read with uniqMerge',
    events UInt64 COMMENT 'events',
    repeats UInt64 COMMENT 'clicks, errors or refusals in them',
    blocked UInt64 COMMENT 'events after which the user left or could not go on',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, page_group, kind, target_name, env, release, device)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.web_vitals_1d (
    bucket Date COMMENT 'the day, UTC',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    metric LowCardinality(String) COMMENT 'which vital',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    value AggregateFunction(quantilesTDigest(0.5, 0.75, 0.95), Float64) COMMENT 'ms; without unit for CLS; read with quantilesTDigestMerge',
    samples UInt64 COMMENT 'measurements',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, metric, page_group, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.requests_1d (
    bucket Date COMMENT 'the day, UTC',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    route LowCardinality(String) COMMENT 'host and path template of the request',
    requests UInt64 COMMENT 'requests',
    failed UInt64 COMMENT 'answered 5xx',
    duration AggregateFunction(quantilesTDigest(0.5, 0.75, 0.95), UInt32) COMMENT 'ms; read with quantilesTDigestMerge',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (app, bucket, traffic_source, route, env)
TTL bucket + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.rollup_progress (
    name LowCardinality(String) COMMENT 'which table of events',
    through_ts DateTime64(3, 'UTC') COMMENT 'events that the store took before it are counted',
    updated_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'the newest holds'
) ENGINE = ReplacingMergeTree(updated_ts)
ORDER BY name;
