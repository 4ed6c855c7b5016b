-- Written by `python -m collector.events`. Do not edit.

CREATE DATABASE IF NOT EXISTS snag_experience;

CREATE DATABASE IF NOT EXISTS snag_performance;

CREATE TABLE IF NOT EXISTS snag_experience.page_views (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    referrer_group LowCardinality(String) COMMENT 'where the visitor came from: internal, external or none',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.friction_events (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
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
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, kind, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.help_events (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    target LowCardinality(String) COMMENT 'stable selector of the element, without text or values',
    target_name LowCardinality(String) COMMENT 'name that the site gave it (data-snag-name), or its role',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, kind, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.journey_runs (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
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
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, journey, toStartOfHour(client_ts), run_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.journey_steps (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    step_status LowCardinality(String) COMMENT 'how the step ended',
    step_index UInt16 COMMENT 'position in the journey, from 0',
    attempt UInt8 COMMENT 'attempt of the run, from 1',
    duration_ms UInt32 COMMENT 'how long the step took, ms',
    threshold_ms UInt32 COMMENT 'the step''s limit, ms; 0 where there is none',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, journey, toStartOfHour(client_ts), run_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_performance.web_vitals (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    metric LowCardinality(String) COMMENT 'which vital',
    value Float64 COMMENT 'ms; without unit for CLS',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, metric, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_performance.resource_timings (
    ts DateTime64(3, 'UTC') COMMENT 'when it happened, corrected for a visitor clock that is over 2 s wrong',
    received_ts DateTime64(3, 'UTC') COMMENT 'when the collector received it',
    kind LowCardinality(String) COMMENT 'kind of event, see docs/vocabulary.md',
    app LowCardinality(String) COMMENT 'the site''s name',
    env LowCardinality(String) COMMENT 'such as production or staging',
    release LowCardinality(String) COMMENT 'version of the site',
    traffic_source LowCardinality(String) COMMENT 'a visitor, a journey, or a simulator',
    consent LowCardinality(String) COMMENT 'what the visitor agreed to',
    device LowCardinality(String) COMMENT 'phone, tablet or desktop',
    session_id UUID COMMENT 'one visit; ends with the tab, never a person',
    run_id UUID COMMENT 'the synthetic run; zero for visitors',
    initiator LowCardinality(String) COMMENT 'what asked for it',
    route LowCardinality(String) COMMENT 'host and path template of the request',
    status UInt16 COMMENT 'HTTP status; 0: no answer',
    duration_ms UInt32 COMMENT 'from the start of the request to the end of the answer, ms',
    ttfb_ms UInt32 COMMENT 'from the start of the request to the first byte of the answer, ms',
    event_id UUID COMMENT 'the same for every retry and every revision of one event',
    client_ts DateTime64(3, 'UTC') COMMENT 'when it happened by the visitor''s clock, ms since 1970 UTC, as sent',
    revision UInt16 COMMENT 'counts the sendings of an event that went on; the highest one holds',
    view_id UUID COMMENT 'one view of one page',
    page_group LowCardinality(String) COMMENT 'route template of the page, never a raw URL',
    journey LowCardinality(String) COMMENT 'journey that the event belongs to',
    step LowCardinality(String) COMMENT 'step of that journey'
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY if(abs(dateDiff('day', client_ts, received_ts)) > 400, 0, toYYYYMM(client_ts))
ORDER BY (app, toStartOfHour(client_ts), session_id, event_id, client_ts)
TTL toDateTime(ts) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
