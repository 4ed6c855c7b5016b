-- What happened to contacts, counts that call centres give, and what customers answered.

CREATE TABLE IF NOT EXISTS snag_experience.support_contact_events (
    source LowCardinality(String) COMMENT 'system that the event came from',
    source_contact_id String COMMENT 'the contact that it happened to',
    source_event_id String COMMENT 'its id there; the same id again is the same event',
    event_ts DateTime64(3, 'UTC') COMMENT 'when it happened',
    ingested_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was taken in',
    kind LowCardinality(String) COMMENT 'snapshot, created, changed, answered, replied, resolved, reopened, transferred, escalated, abandoned, merged, spam, deleted or restored',
    actor Enum8('unknown' = 0, 'customer' = 1, 'agent' = 2, 'bot' = 3, 'system' = 4) DEFAULT 'unknown' COMMENT 'who did it',
    from_value LowCardinality(String) COMMENT 'what it was before, such as a queue',
    to_value LowCardinality(String) COMMENT 'what it was then; of merged, the id of the other contact',
    fields String COMMENT 'fields of the contact that it sets, as JSON; null takes a field back'
) ENGINE = ReplacingMergeTree(ingested_ts)
ORDER BY (source, source_contact_id, source_event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.support_contact_intervals (
    source LowCardinality(String) COMMENT 'system that the counts came from',
    channel LowCardinality(String) COMMENT 'phone, email, chat and so on, as of contacts',
    queue LowCardinality(String) COMMENT 'queue, group or team',
    contact_reason LowCardinality(String) COMMENT 'why, by the customer''s own tree; empty: not told',
    interval_s UInt32 COMMENT 'length of the interval',
    interval_start_ts DateTime64(3, 'UTC') COMMENT 'its start',
    version UInt64 COMMENT 'the highest one holds: time of the import in ms x 1024',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: taken back',
    ingested_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was taken in',
    source_tz LowCardinality(String) COMMENT 'time zone that times without an offset were taken in; empty: they had one',
    offered UInt32 COMMENT 'contacts that arrived',
    answered Nullable(UInt32) COMMENT 'of them, those that were answered; null: not told',
    abandoned Nullable(UInt32) COMMENT 'those that gave up waiting',
    abandoned_short Nullable(UInt32) COMMENT 'of them, those within the first seconds, as the source defines it',
    flowed_out Nullable(UInt32) COMMENT 'those that left for another queue or a voicemail',
    answered_in_threshold Nullable(UInt32) COMMENT 'answered within threshold_s',
    abandoned_in_threshold Nullable(UInt32) COMMENT 'abandoned within threshold_s',
    threshold_s Nullable(UInt32) COMMENT 'the promise that the two before are counted by',
    sum_wait_answered_s Nullable(UInt64) COMMENT 'seconds that the answered ones waited, all together',
    sum_handle_s Nullable(UInt64) COMMENT 'seconds of talk and wrap-up, all together'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (source, channel, queue, contact_reason, interval_s, interval_start_ts)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.survey_responses (
    metric Enum8('nps' = 1, 'csat' = 2, 'ces' = 3, 'task_success' = 4, 'other' = 9) COMMENT 'what was asked for',
    source LowCardinality(String) COMMENT 'system that the answer came from',
    source_response_id String COMMENT 'its id there',
    version UInt64 COMMENT 'the highest one holds: time of the source''s change in ms x 1024',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: taken back',
    ingested_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was taken in',
    asked_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when the question was put; null: not known',
    answered_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when it was answered; null: asked and not answered',
    score Nullable(Int16) COMMENT 'the answer on the scale; null: asked and not answered',
    scale_min Int16 COMMENT 'lowest answer of the scale',
    scale_max Int16 COMMENT 'highest answer of the scale',
    higher_is_better UInt8 DEFAULT 1 COMMENT '0: the scale is reversed, such as effort from 1 to 5',
    survey_type Enum8('unknown' = 0, 'relational' = 1, 'transactional' = 2) DEFAULT 'unknown' COMMENT 'about the company, or about one matter',
    question_version LowCardinality(String) COMMENT 'wording of the question; answers to different ones are not mixed',
    touchpoint LowCardinality(String) COMMENT 'where it was asked, such as after_contact or checkout',
    channel LowCardinality(String) COMMENT 'channel of the contact, or that it was asked on',
    app LowCardinality(String) COMMENT 'the site; empty: not about one',
    page_group LowCardinality(String) COMMENT 'page that it was asked on',
    journey LowCardinality(String) COMMENT 'journey that it was asked in',
    release LowCardinality(String) COMMENT 'release of the site',
    language LowCardinality(String) COMMENT 'language of the question',
    contact_source LowCardinality(String) COMMENT 'source of the contact that it is about; empty: about none',
    source_contact_id String COMMENT 'id of that contact',
    requester_key FixedString(16) DEFAULT toFixedString('', 16) COMMENT 'keyed hash of who answered; zeros: not known',
    session_ref String COMMENT 'code of the visit, or its whole id; only with consent',
    weight Float32 DEFAULT 1 COMMENT 'how many customers it stands for'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (metric, source, source_response_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
