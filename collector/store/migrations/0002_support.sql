-- Support contacts, what is known to have happened, and how far each source is complete.

CREATE TABLE IF NOT EXISTS snag_experience.support_contacts (
    source LowCardinality(String) COMMENT 'system that the contact came from',
    source_contact_id String COMMENT 'its id there',
    version UInt64 COMMENT 'the highest one holds: time of the source''s change in ms, or of the import',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: deleted, spam or merged away',
    ingested_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was taken in',
    created_ts DateTime64(3, 'UTC') COMMENT 'when the customer made contact',
    channel LowCardinality(String) COMMENT 'phone, email, chat, messaging, sms, web_form, in_app, social, review, community, in_person, bot or other',
    channel_raw LowCardinality(String) COMMENT 'as the source calls it',
    contact_reason LowCardinality(String) COMMENT 'why, by the customer''s own tree; empty: untagged',
    language LowCardinality(String) COMMENT 'language of the contact',
    country LowCardinality(String) COMMENT 'country of the contact',
    product LowCardinality(String) COMMENT 'what it was about',
    session_ref String COMMENT 'code of the visit that the customer gave, see snag.sessionRef(), or its whole id; only with consent'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (source, source_contact_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.annotations (
    annotation_id UUID COMMENT 'the annotation',
    version UInt64 COMMENT 'the highest one holds',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: taken back',
    start_ts DateTime64(3, 'UTC') COMMENT 'when it began',
    end_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when it ended; null: a moment, or still going on',
    kind LowCardinality(String) COMMENT 'release, incident, campaign, holiday, billing_run, outage, experiment, policy_change, data_gap or other',
    app LowCardinality(String) COMMENT 'the site; empty: all of them',
    title String COMMENT 'what people call it'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (kind, start_ts, annotation_id);

CREATE TABLE IF NOT EXISTS snag_experience.import_watermarks (
    source LowCardinality(String) COMMENT 'system that contacts come from',
    complete_through_ts DateTime64(3, 'UTC') COMMENT 'contacts up to here are all in; nothing is judged past it',
    updated_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was moved; the newest holds'
) ENGINE = ReplacingMergeTree(updated_ts)
ORDER BY source;
