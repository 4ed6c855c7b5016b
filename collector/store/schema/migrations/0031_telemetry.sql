-- What is told of the store to others: counters for Prometheus that go on after a restart, and messages to support leads.

CREATE TABLE IF NOT EXISTS snag_experience.metric_totals (
    metric LowCardinality(String) COMMENT 'name of the counter; empty: only how far all of them are counted',
    app LowCardinality(String) COMMENT 'the site''s name, or other',
    label LowCardinality(String) COMMENT 'value of its other label: quality or kind',
    total UInt64 COMMENT 'counted until now; never less',
    through_ts DateTime64(3, 'UTC') COMMENT 'everything before this is counted; the newest holds'
) ENGINE = ReplacingMergeTree(through_ts)
ORDER BY (metric, app, label)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS snag_experience.notifications (
    app LowCardinality(String) COMMENT 'the site''s name',
    surge_id UUID COMMENT 'the surge that support leads are told of',
    channel LowCardinality(String) COMMENT 'webhook, slack or email',
    verdict LowCardinality(String) COMMENT 'the verdict that was told, or is to be told',
    state LowCardinality(String) COMMENT 'sent, failed (to be tried again) or given_up',
    attempts UInt32 COMMENT 'how often it was tried',
    next_ts DateTime64(3, 'UTC') COMMENT 'of a failed one: when it is tried again',
    error String COMMENT 'what went wrong last; empty: nothing',
    updated_ts DateTime64(3, 'UTC') COMMENT 'when this was written; the newest holds'
) ENGINE = ReplacingMergeTree(updated_ts)
ORDER BY (app, surge_id, channel, verdict)
TTL toDateTime(updated_ts) + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
