-- Sums that the pages read: of visits by the hour in which they began, of journeys by the day (UTC). All of them add up, and
-- are counted anew from friction_sessions and page_views whenever those of their time were written (store/sums.py).

CREATE TABLE IF NOT EXISTS snag_experience.friction_scores_1h (
    app LowCardinality(String) COMMENT 'the site''s name',
    hour DateTime('UTC') COMMENT 'start of the hour in which the visits began',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    release LowCardinality(String) COMMENT 'version of the site that the visits began with',
    visits UInt64 COMMENT 'visits',
    w Float64 COMMENT 'sum of the weights of the visits',
    ww Float64 COMMENT 'of their squares',
    ws Float64 COMMENT 'of weight times score',
    wws Float64 COMMENT 'of squared weight times score',
    wwss Float64 COMMENT 'of squared weight times squared score',
    hits UInt64 COMMENT 'visits with friction that counts',
    struggled UInt64 COMMENT 'visits with a moment of severity 2 or more',
    w_struggled Float64 COMMENT 'their weights',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (app, hour, traffic_source, release)
TTL hour + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.friction_points_1h (
    app LowCardinality(String) COMMENT 'the site''s name',
    hour DateTime('UTC') COMMENT 'start of the hour in which the visits began',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    release LowCardinality(String) COMMENT 'version of the site that the visits began with',
    fingerprint UInt64 COMMENT 'the friction point',
    cause_class LowCardinality(String) COMMENT 'whose fault the rules say it was',
    cause_sub LowCardinality(String) COMMENT 'which sort of it',
    cause_rule LowCardinality(String) COMMENT 'the rule that decided',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    kind LowCardinality(String) COMMENT 'kind of friction',
    target LowCardinality(String) COMMENT 'stable selector of the element',
    target_name LowCardinality(String) COMMENT 'name of the element, or its role',
    visits UInt64 COMMENT 'visits whose first moment on this point it was: sums to the visits that met it',
    kind_visits UInt64 COMMENT 'visits whose first moment of this kind that counts it was',
    moments UInt64 COMMENT 'moments',
    events UInt64 COMMENT 'events in them',
    ws Float64 COMMENT 'what the moments add to the scores of their visits, weighted',
    worst UInt8 COMMENT 'highest severity',
    left_visits UInt64 COMMENT 'visits that left or could not go on, by their first such moment on this point',
    first_ts DateTime64(3, 'UTC') COMMENT 'first moment',
    last_ts DateTime64(3, 'UTC') COMMENT 'last moment',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (app, hour, traffic_source, release, fingerprint, cause_class, cause_sub, cause_rule)
TTL hour + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.funnel_steps_1d (
    app LowCardinality(String) COMMENT 'the site''s name',
    journey LowCardinality(String) COMMENT 'name of the journey',
    day Date COMMENT 'the day, UTC, on which the visits entered it',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    position UInt16 COMMENT 'place of the step, from 1',
    step LowCardinality(String) COMMENT 'its name',
    visits UInt64 COMMENT 'visits that reached it',
    w Float64 COMMENT 'their weights',
    done UInt64 COMMENT 'those of them that went on',
    w_done Float64 COMMENT 'their weights',
    through UInt64 COMMENT 'those of them that completed the journey',
    took_s AggregateFunction(quantilesTDigestIf(0.5, 0.95), Float64, UInt8) COMMENT 'seconds until the next step; read with quantilesTDigestIfMerge',
    ww Float64 COMMENT 'sum of squared weights',
    ws Float64 COMMENT 'of weight times friction score in the step',
    wws Float64 COMMENT 'of squared weight times score',
    wwss Float64 COMMENT 'of squared weight times squared score',
    hits UInt64 COMMENT 'visits with friction in it that counts',
    struggled UInt64 COMMENT 'visits with a moment of severity 2 or more in it',
    w_struggled Float64 COMMENT 'their weights',
    linkable UInt64 COMMENT 'visits that agreed to be linked with contacts',
    callers UInt64 COMMENT 'those of them in contact within 24 hours',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (app, journey, day, traffic_source, position)
TTL day + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.funnel_points_1d (
    app LowCardinality(String) COMMENT 'the site''s name',
    journey LowCardinality(String) COMMENT 'name of the journey',
    day Date COMMENT 'the day, UTC, on which the visits entered it',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    position UInt16 COMMENT 'place of the step, from 1',
    fingerprint UInt64 COMMENT 'the friction point that was met in the step',
    step LowCardinality(String) COMMENT 'its name',
    page_group LowCardinality(String) COMMENT 'route template of the page',
    kind LowCardinality(String) COMMENT 'kind of friction',
    element LowCardinality(String) COMMENT 'name of the element, else its selector',
    exposed UInt64 COMMENT 'visits that met it there',
    exposed_through UInt64 COMMENT 'those of them that completed the journey',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (app, journey, day, traffic_source, position, fingerprint)
TTL day + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';
