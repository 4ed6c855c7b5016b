-- Support contacts, what is known to have happened, and how far each source is complete.

CREATE TABLE IF NOT EXISTS snag_experience.support_contacts (
    source LowCardinality(String) COMMENT 'system that the contact came from',
    source_contact_id String COMMENT 'its id there',
    version UInt64 COMMENT 'the highest one holds: time of the source''s change in ms x 1024, and a rank among changes of one moment',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: deleted or spam; a later version can restore it',
    ingested_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was taken in',
    created_ts DateTime64(3, 'UTC') COMMENT 'when the customer made contact',
    updated_ts DateTime64(3, 'UTC') DEFAULT created_ts COMMENT 'when the source changed it last',
    source_tz LowCardinality(String) COMMENT 'time zone that times without an offset were taken in; empty: they had one',
    ts_precision Enum8('ms' = 1, 's' = 2, 'min' = 3, 'hour' = 4, 'day' = 5) DEFAULT 's' COMMENT 'how exact created_ts is',
    ts_folded UInt8 DEFAULT 0 COMMENT '1: created_ts is a time that the clocks showed twice; the first was taken',
    direction Enum8('inbound' = 1, 'outbound' = 2, 'internal' = 3) DEFAULT 'inbound' COMMENT 'who made contact with whom',
    channel LowCardinality(String) COMMENT 'phone, email, chat, messaging, sms, web_form, in_app, social, review, community, in_person, bot or other',
    channel_raw LowCardinality(String) COMMENT 'as the source calls it',
    contact_reason LowCardinality(String) COMMENT 'why, by the customer''s own tree; empty: untagged',
    reason_raw LowCardinality(String) COMMENT 'as the source calls it',
    reason_rule LowCardinality(String) COMMENT 'the rule that chose contact_reason; empty: the source said it, or no rule matched',
    tags Array(LowCardinality(String)) COMMENT 'tags of the source',
    product LowCardinality(String) COMMENT 'what it was about',
    status Enum8('unknown' = 0, 'new' = 1, 'open' = 2, 'pending' = 3, 'on_hold' = 4, 'solved' = 5, 'closed' = 6, 'abandoned' = 7, 'merged' = 8, 'spam' = 9) DEFAULT 'unknown' COMMENT 'where it stands',
    priority LowCardinality(String) COMMENT 'as the source calls it',
    queue LowCardinality(String) COMMENT 'queue, group or team',
    language LowCardinality(String) COMMENT 'language of the contact',
    country LowCardinality(String) COMMENT 'country of the contact',
    case_id String COMMENT 'what joins contacts about one matter, such as transfers of one call; empty: the contact alone',
    merged_into String COMMENT 'id of the contact that it was merged into: still a contact, no case of its own; empty: not merged',
    created_by Enum8('unknown' = 0, 'customer' = 1, 'agent' = 2, 'bot' = 3, 'system' = 4) DEFAULT 'unknown' COMMENT 'who opened it',
    handled_by Enum8('unknown' = 0, 'human' = 1, 'bot' = 2, 'mixed' = 3, 'self_service' = 4) DEFAULT 'unknown' COMMENT 'who dealt with it',
    first_answered_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when a call or chat was picked up',
    first_reply_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'first public reply by a person; of a contact that an agent opened, the second',
    first_reply_s Nullable(UInt32) COMMENT 'seconds from created_ts to it by the calendar',
    first_reply_business_s Nullable(UInt32) COMMENT 'the same in opening hours, as the source counts them',
    first_resolved_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'solved for the first time',
    first_resolved_business_s Nullable(UInt32) COMMENT 'seconds to it in opening hours, as the source counts them',
    resolved_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'solved for the last time; null: open, or not known',
    resolved_business_s Nullable(UInt32) COMMENT 'seconds to it in opening hours, as the source counts them',
    abandoned_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when the customer gave up waiting',
    reopens Nullable(UInt16) COMMENT 'how often it was reopened; null: not known',
    agent_replies Nullable(UInt16) COMMENT 'public replies by people; null: not known',
    transfers Nullable(UInt16) COMMENT 'how often it went to another queue or agent; null: not known',
    escalated Nullable(UInt8) COMMENT '1: to a higher tier; null: not known',
    requester_key FixedString(16) DEFAULT toFixedString('', 16) COMMENT 'keyed hash of who made contact; zeros: not known',
    session_ref String COMMENT 'code of the visit that the customer gave, see snag.sessionRef(), or its whole id; only with consent',
    link_method Enum8('none' = 0, 'session_ref' = 1, 'user_key' = 2, 'url_time' = 3) DEFAULT if(session_ref = '', 'none', 'session_ref') COMMENT 'how it was linked to a visit',
    page_group LowCardinality(String) COMMENT 'page that it was made from, if the source says',
    subject_redacted String COMMENT 'subject without personal data; empty unless subjects are switched on'
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
    title String COMMENT 'what people call it',
    source LowCardinality(String) COMMENT 'who says so; release: the agent''s release attribute',
    url String COMMENT 'where to read more',
    labels Map(LowCardinality(String), String) COMMENT 'what else is known of it'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (kind, start_ts, annotation_id);

CREATE TABLE IF NOT EXISTS snag_experience.import_watermarks (
    source LowCardinality(String) COMMENT 'system that contacts come from',
    stream LowCardinality(String) DEFAULT 'contacts' COMMENT 'contacts, intervals, surveys; pull: where the last pull ended',
    cursor String COMMENT 'where the next pull goes on; of the stream pull alone',
    complete_through_ts DateTime64(3, 'UTC') COMMENT 'what was created up to here is all in; nothing is judged past it',
    updated_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was moved; the newest holds'
) ENGINE = ReplacingMergeTree(updated_ts)
ORDER BY (source, stream);
