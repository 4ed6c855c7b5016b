-- Whose fault each kind of friction is, what it weighs in a visit, and the steps of the journeys. Events stay as they
-- were sent: the class of an event is joined to it (friction_events_with_cause), and may change as more visits are seen.

CREATE TABLE IF NOT EXISTS snag_experience.friction_causes (
    app LowCardinality(String) COMMENT 'the site''s name',
    hour DateTime('UTC') COMMENT 'start of the hour of the events',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    release LowCardinality(String) COMMENT 'version of the site',
    fingerprint UInt64 COMMENT 'the friction point: page group, step, kind, target and error, without the release',
    kind LowCardinality(String) COMMENT 'kind of friction',
    cause_class LowCardinality(String) COMMENT 'usability, technical_issue, user_error, infrastructure or unclassified',
    cause_sub LowCardinality(String) COMMENT 'which sort of it, such as affordance or js_error',
    cause_rule LowCardinality(String) COMMENT 'the rule that decided, R0 to R9; see docs/causes.md',
    cause_confidence Float32 COMMENT 'how sure the rule is, 0 to 1',
    watch Bool COMMENT 'close to being decided otherwise: look again when there is more',
    evidence String COMMENT 'what the rule saw, in a sentence' CODEC(ZSTD(1)),
    events UInt64 COMMENT 'events of this friction point in this hour',
    classifier_version UInt16 COMMENT 'version of the rules',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was judged; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (app, hour, traffic_source, fingerprint, release)
TTL hour + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.event_causes (
    app LowCardinality(String) COMMENT 'the site''s name',
    hour DateTime('UTC') COMMENT 'start of the hour of the event',
    session_id UUID COMMENT 'the visit',
    event_id UUID COMMENT 'the event whose own evidence says otherwise than its friction point''s',
    cause_class LowCardinality(String) COMMENT 'usability, technical_issue, user_error, infrastructure or unclassified',
    cause_sub LowCardinality(String) COMMENT 'which sort of it',
    cause_rule LowCardinality(String) COMMENT 'the rule that decided',
    cause_confidence Float32 COMMENT 'how sure the rule is, 0 to 1',
    watch Bool COMMENT 'close to being decided otherwise',
    evidence String COMMENT 'what the rule saw, in a sentence' CODEC(ZSTD(1)),
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was judged; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (app, hour, session_id, event_id)
TTL hour + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.cause_overrides (
    app LowCardinality(String) COMMENT 'the site''s name',
    fingerprint UInt64 COMMENT 'the friction point',
    version UInt64 COMMENT 'ms since 1970 UTC when it was said; the highest one holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: taken back',
    cause_class LowCardinality(String) COMMENT 'what a person says that it is',
    cause_sub LowCardinality(String) COMMENT 'which sort of it; may be empty',
    who String COMMENT 'who says so',
    why String COMMENT 'the reason given',
    until_ts DateTime64(3, 'UTC') COMMENT 'from then on the rules decide again',
    set_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was said'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (app, fingerprint)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.friction_sessions (
    app LowCardinality(String) COMMENT 'the site''s name',
    hour DateTime('UTC') COMMENT 'start of the hour in which the visit began',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    start_ts DateTime64(3, 'UTC') COMMENT 'its first event' CODEC(Delta(8), ZSTD(1)),
    end_ts DateTime64(3, 'UTC') COMMENT 'its last event' CODEC(Delta(8), ZSTD(1)),
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site that the visit began with',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code; empty: not known',
    variant LowCardinality(String) COMMENT 'personalisation: the variant that the site chose for the visitor',
    user_setting LowCardinality(String) COMMENT 'customisation: the setting that the visitor chose',
    weight Float64 COMMENT 'visits that this one stands for: 1 / sample_rate',
    load Float64 COMMENT 'sum of the weights of its moments of friction, at most three of a kind and page; client network and strange scripts left out',
    score Float64 COMMENT 'friction of the visit, 0 to 100: ten times the load, the load at most 10',
    hit Bool COMMENT 'met at least one moment of severity 2 or more that counts',
    score_version UInt16 COMMENT 'version of severities and weights, see docs/score.md',
    moments Nested(
        ts DateTime64(3, 'UTC'),
        kind LowCardinality(String),
        page_group LowCardinality(String),
        journey LowCardinality(String),
        step LowCardinality(String),
        target LowCardinality(String),
        target_name LowCardinality(String),
        fingerprint UInt64,
        cause_class LowCardinality(String),
        cause_sub LowCardinality(String),
        cause_rule LowCardinality(String),
        severity UInt8,
        load Float32,
        events UInt32,
        blocked Bool
    ) COMMENT 'moments of friction, in the order of time; load: what it weighs, 0 where it does not count',
    built_ts DateTime64(3, 'UTC') COMMENT 'when it was counted; the newest holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: nothing is left of it'
) ENGINE = ReplacingMergeTree(built_ts, is_deleted)
PARTITION BY toYYYYMM(hour)
ORDER BY (app, hour, session_id)
TTL hour + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.journey_definitions (
    app LowCardinality(String) COMMENT 'the site; empty: every site',
    journey LowCardinality(String) COMMENT 'name of the journey',
    version UInt64 COMMENT 'ms since 1970 UTC when the file was read; the highest one holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: no longer in the file',
    steps Array(String) COMMENT 'names of its steps, in their order',
    pages Array(Array(String)) COMMENT 'for each step, the page groups that belong to it; * stands for any characters',
    completion_value Float64 COMMENT 'what one completion is worth; 0: not said',
    currency LowCardinality(String) COMMENT 'of the value'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (app, journey)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
