-- Who asked to be forgotten, the proof that it was done, and how a chain of contacts outlives a rotation of the keys.

CREATE TABLE IF NOT EXISTS snag_experience.erasure_requests (
    request_id UUID COMMENT 'the request',
    requested_ts DateTime64(3, 'UTC') COMMENT 'when it was made',
    subject_key FixedString(16) COMMENT 'key of the subject on the suppression list; not the one that rows stand under',
    scope LowCardinality(String) COMMENT 'requester or session',
    state LowCardinality(String) COMMENT 'open or done',
    done_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when nothing was left; null: not yet',
    removed Map(LowCardinality(String), UInt64) COMMENT 'rows and queued lines that were removed, by table or folder',
    updated_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'the newest holds'
) ENGINE = ReplacingMergeTree(updated_ts)
ORDER BY request_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.erasure_suppressions (
    subject_key FixedString(16) COMMENT 'every key that the subject may come back under; rows of it are taken in no more',
    since_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'since when'
) ENGINE = ReplacingMergeTree(since_ts)
ORDER BY subject_key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE snag_experience.support_contacts ADD COLUMN IF NOT EXISTS requester_key_before FixedString(16) COMMENT 'key of the same requester under the secret before, for two weeks after a rotation; joins chains over it';
