-- Written by `python -m collector.events`. Do not edit.

CREATE DATABASE IF NOT EXISTS snag_experience;

CREATE DATABASE IF NOT EXISTS snag_performance;

CREATE TABLE IF NOT EXISTS snag_experience.page_views (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    referrer_group LowCardinality(String) COMMENT 'where the visitor came from: internal, external or none',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.friction_events (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    target LowCardinality(String) COMMENT 'stable selector of the element, without text or values',
    target_name LowCardinality(String) COMMENT 'name that the site gave it (data-snag-name), or its role',
    repeat_count UInt16 COMMENT 'clicks, errors, refusals or refills in this one event',
    duration_ms UInt32 COMMENT 'how long the user waited or was held up, ms',
    threshold_ms UInt32 COMMENT 'the limit that was passed, ms; 0 where there is none',
    acknowledged Bool COMMENT 'the page showed that it was working on it',
    blocked Bool COMMENT 'the user left, or could not go on',
    error_source LowCardinality(String) COMMENT 'where an error came from',
    error_type LowCardinality(String) COMMENT 'class of the error, such as TypeError',
    error_message LowCardinality(String) COMMENT 'its message without digits, quoted text, addresses and query strings',
    error_place LowCardinality(String) COMMENT 'script and line of the error, or the resource, without query',
    first_party Bool COMMENT 'the fault lies in the site''s own code or servers, as far as the agent sees',
    route LowCardinality(String) COMMENT 'request that failed: host and path template',
    status UInt16 COMMENT 'HTTP status of that request; 0: no answer',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, kind, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.help_events (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    target LowCardinality(String) COMMENT 'stable selector of the element, without text or values',
    target_name LowCardinality(String) COMMENT 'name that the site gave it (data-snag-name), or its role',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, kind, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.journey_runs (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    run_status LowCardinality(String) COMMENT 'how the run ended',
    fault LowCardinality(String) COMMENT 'whose fault it was if it did not pass',
    reason LowCardinality(String) COMMENT 'stable code of the reason, such as step.timeout',
    message LowCardinality(String) COMMENT 'the reason in words',
    failed_step LowCardinality(String) COMMENT 'the step that is to blame',
    location LowCardinality(String) COMMENT 'where the run was made from',
    browser LowCardinality(String) COMMENT 'browser and version',
    duration_ms UInt32 COMMENT 'how long the run took, ms',
    attempts UInt8 COMMENT 'attempts that it took',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, journey, toStartOfHour(client_ts), run_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_experience.journey_steps (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    step_status LowCardinality(String) COMMENT 'how the step ended',
    step_index UInt16 COMMENT 'position in the journey, from 0',
    attempt UInt8 COMMENT 'attempt of the run, from 1',
    duration_ms UInt32 COMMENT 'how long the step took, ms',
    threshold_ms UInt32 COMMENT 'the step''s limit, ms; 0 where there is none',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, journey, toStartOfHour(client_ts), run_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.web_vitals (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    metric LowCardinality(String) COMMENT 'which vital',
    value Float64 COMMENT 'ms; without unit for CLS',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, metric, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE TABLE IF NOT EXISTS snag_performance.resource_timings (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong' CODEC(Delta(8), ZSTD(1)),
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it' CODEC(Delta(8), ZSTD(1)),
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name; may stand in the URL instead, as ?app=',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    sample_rate Float64 COMMENT 'part of the sessions that is sent; a session counts 1/rate times, by its highest rate',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    country LowCardinality(String) COMMENT 'ISO 3166-1 code of the country, from the shortened address; empty: not known',
    browser_family LowCardinality(String) COMMENT 'family of the browser, without its version',
    is_bot Bool COMMENT 'the browser says that it is a crawler or a monitor',
    initiator LowCardinality(String) COMMENT 'what asked for it',
    route LowCardinality(String) COMMENT 'host and path template of the request',
    status UInt16 COMMENT 'HTTP status; 0: no answer',
    duration_ms UInt32 COMMENT 'from the start of the request to the end of the answer, ms',
    ttfb_ms UInt32 COMMENT 'from the start of the request to the first byte of the answer, ms',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent' CODEC(Delta(8), ZSTD(1)),
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey',
    stored_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when the store took it, for the rollups' CODEC(Delta(8), ZSTD(1)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX stored_range stored_ts TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, default_compression_codec = 'ZSTD(1)';

CREATE DATABASE IF NOT EXISTS snag_intake;

CREATE TABLE IF NOT EXISTS snag_intake.landing (
    type String,
    received_ts Int64,
    skew_ms Int64,
    app String,
    env String,
    release String,
    traffic_source String,
    consent String,
    device String,
    sample_rate Float64,
    session_id UUID,
    run_id UUID,
    country String,
    browser_family String,
    is_bot Bool,
    page_views Array(Tuple(kind String, referrer_group String, event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String)),
    friction_events Array(Tuple(kind String, target String, target_name String, repeat_count Nullable(UInt16), duration_ms UInt32, threshold_ms UInt32, acknowledged Bool, blocked Bool, error_source Nullable(String), error_type String, error_message String, error_place String, first_party Nullable(Bool), route String, status UInt16, event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String)),
    help_events Array(Tuple(kind String, target String, target_name String, event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String)),
    journey_runs Array(Tuple(kind String, run_status String, fault Nullable(String), reason String, message String, failed_step String, location String, browser String, duration_ms UInt32, attempts Nullable(UInt8), event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String)),
    journey_steps Array(Tuple(kind String, step_status String, step_index UInt16, attempt Nullable(UInt8), duration_ms UInt32, threshold_ms UInt32, event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String)),
    web_vitals Array(Tuple(kind String, metric String, value Float64, event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String)),
    resource_timings Array(Tuple(kind String, initiator Nullable(String), route String, status UInt16, duration_ms UInt32, ttfb_ms UInt32, event_id UUID, client_ts Int64, revision UInt16, view_id UUID, page_group String, journey String, step String))
) ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.page_views TO snag_experience.page_views AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    event.referrer_group AS referrer_group,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN page_views AS event;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.friction_events TO snag_experience.friction_events AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    event.target AS target,
    event.target_name AS target_name,
    ifNull(event.repeat_count, 1) AS repeat_count,
    event.duration_ms AS duration_ms,
    event.threshold_ms AS threshold_ms,
    event.acknowledged AS acknowledged,
    event.blocked AS blocked,
    ifNull(event.error_source, 'none') AS error_source,
    event.error_type AS error_type,
    event.error_message AS error_message,
    event.error_place AS error_place,
    ifNull(event.first_party, true) AS first_party,
    event.route AS route,
    event.status AS status,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN friction_events AS event;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.help_events TO snag_experience.help_events AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    event.target AS target,
    event.target_name AS target_name,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN help_events AS event;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.journey_runs TO snag_experience.journey_runs AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    event.run_status AS run_status,
    ifNull(event.fault, 'none') AS fault,
    event.reason AS reason,
    event.message AS message,
    event.failed_step AS failed_step,
    event.location AS location,
    event.browser AS browser,
    event.duration_ms AS duration_ms,
    ifNull(event.attempts, 1) AS attempts,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN journey_runs AS event;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.journey_steps TO snag_experience.journey_steps AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    event.step_status AS step_status,
    event.step_index AS step_index,
    ifNull(event.attempt, 1) AS attempt,
    event.duration_ms AS duration_ms,
    event.threshold_ms AS threshold_ms,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN journey_steps AS event;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.web_vitals TO snag_performance.web_vitals AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    event.metric AS metric,
    event.value AS value,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN web_vitals AS event;

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.resource_timings TO snag_performance.resource_timings AS
SELECT
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS ts,
    fromUnixTimestamp64Milli(landing.received_ts, 'UTC') AS received_ts,
    event.kind AS kind,
    app AS app,
    env AS env,
    release AS release,
    traffic_source AS traffic_source,
    consent AS consent,
    device AS device,
    sample_rate AS sample_rate,
    session_id AS session_id,
    run_id AS run_id,
    country AS country,
    browser_family AS browser_family,
    is_bot AS is_bot,
    ifNull(event.initiator, 'other') AS initiator,
    event.route AS route,
    event.status AS status,
    event.duration_ms AS duration_ms,
    event.ttfb_ms AS ttfb_ms,
    event.event_id AS event_id,
    fromUnixTimestamp64Milli(event.client_ts, 'UTC') AS client_ts,
    event.revision AS revision,
    event.view_id AS view_id,
    event.page_group AS page_group,
    event.journey AS journey,
    event.step AS step
FROM snag_intake.landing ARRAY JOIN resource_timings AS event;
