-- What every CX and service number is counted from: one row per contact, case, survey or interval, read by
-- `snag metrics` and by panels alike. Callers give the time range. A formula stands once, in the metric catalogue.

CREATE TABLE IF NOT EXISTS snag_experience.active_customers (
    segment LowCardinality(String) COMMENT 'part of the customers; empty: all',
    period_start Date COMMENT 'first day of the period',
    period_end Date COMMENT 'first day after it',
    customers_at_start UInt64 COMMENT 'customers when it began',
    customers_lost UInt64 COMMENT 'of those, how many were none any more when it ended; new ones count nowhere',
    version UInt64 COMMENT 'the highest one holds: time of the import in ms',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: taken back'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (segment, period_start, period_end)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE VIEW IF NOT EXISTS snag_experience.metric_contacts AS
SELECT
    created_ts, source, source_contact_id, channel, queue, contact_reason, product, priority, language, country,
    session_ref,
    (source, if(case_id = '', source_contact_id, case_id)) AS case_key,
    merged_into = '' AND status != 'merged' AS is_case,
    toUnixTimestamp64Milli(created_ts) / 1000 AS created_s,
    coalesce(first_reply_ts, first_answered_ts) AS replied_ts,
    first_resolved_ts, resolved_ts, abandoned_ts,
    first_reply_business_s, first_resolved_business_s, resolved_business_s,
    resolved_ts IS NOT NULL OR status IN ('solved', 'closed') AS is_solved,
    status != 'unknown' OR resolved_ts IS NOT NULL AS solving_known,
    status = 'abandoned' OR abandoned_ts IS NOT NULL AS is_abandoned,
    reopens, agent_replies, transfers, escalated, handled_by
FROM snag_experience.support_contacts FINAL
WHERE direction = 'inbound' AND status != 'spam';

CREATE VIEW IF NOT EXISTS snag_experience.metric_cases AS
WITH
    later AS (
        SELECT requester_key_before AS before, max(requester_key) AS after
        FROM snag_experience.support_contacts FINAL
        WHERE requester_key_before != toFixedString('', 16) AND requester_key != toFixedString('', 16)
        GROUP BY before
    ),
    cases AS (
        SELECT if(later.after = toFixedString('', 16), c.requester_key, later.after) AS requester,
            argMin(c.contact_reason, c.created_ts) AS contact_reason, min(c.created_ts) AS created_ts,
            argMin(c.channel, c.created_ts) AS channel, c.source AS source, argMin(c.queue, c.created_ts) AS queue,
            argMin(c.product, c.created_ts) AS product, argMin(c.priority, c.created_ts) AS priority,
            argMin(c.language, c.created_ts) AS language, argMin(c.country, c.created_ts) AS country
        FROM snag_experience.support_contacts AS c FINAL
        GLOBAL LEFT JOIN later ON later.before = c.requester_key
        WHERE c.direction = 'inbound' AND c.status NOT IN ('spam', 'merged') AND c.merged_into = ''
          AND c.requester_key != toFixedString('', 16)
        GROUP BY requester, source, if(c.case_id = '', c.source_contact_id, c.case_id)
    )
SELECT created_ts, source, channel, queue, contact_reason, product, priority, language, country, requester,
    leadInFrame(toNullable(created_ts)) OVER same AS next_same_reason_ts,
    leadInFrame(toNullable(created_ts)) OVER any_reason AS next_ts,
    leadInFrame(toNullable(channel)) OVER any_reason AS next_channel,
    lagInFrame(toNullable(created_ts)) OVER any_reason AS previous_ts
FROM cases
WINDOW
    same AS (PARTITION BY requester, contact_reason ORDER BY created_ts ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING),
    any_reason AS (PARTITION BY requester ORDER BY created_ts ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING);

CREATE VIEW IF NOT EXISTS snag_experience.metric_surveys AS
SELECT
    coalesce(answered_ts, asked_ts) AS ts, toString(metric) AS metric, source, touchpoint, channel, app, page_group, journey,
    release, language, toString(survey_type) AS survey_type, question_version, contact_source, session_ref,
    concat(toString(scale_min), '-', toString(scale_max), if(higher_is_better, '', ' reversed')) AS scale,
    score IS NOT NULL AS is_answered,
    score IS NOT NULL AND score BETWEEN scale_min AND scale_max AND scale_max > scale_min AS is_valid,
    if(higher_is_better, score, scale_min + scale_max - score) AS better_score,
    score
FROM snag_experience.survey_responses FINAL
WHERE coalesce(answered_ts, asked_ts) IS NOT NULL;

CREATE VIEW IF NOT EXISTS snag_experience.metric_service AS
SELECT interval_start_ts, source, channel, queue, contact_reason, toUInt32(ifNull(threshold_s, 0)) AS threshold_s,
    toUInt64(offered) AS offered, toNullable(toUInt64(answered)) AS answered, toNullable(toUInt64(abandoned)) AS abandoned,
    toNullable(toUInt64(abandoned_short)) AS abandoned_short, toNullable(toUInt64(answered_in_threshold)) AS answered_in_threshold,
    toNullable(toUInt64(abandoned_in_threshold)) AS abandoned_in_threshold,
    toNullable(toFloat64(sum_wait_answered_s)) AS sum_wait_answered_s
FROM snag_experience.support_contact_intervals FINAL
UNION ALL
SELECT toStartOfInterval(created_ts, INTERVAL 30 MINUTE) AS interval_start_ts, source, channel, queue, contact_reason,
    toUInt32(20) AS threshold_s, count() AS offered, toNullable(countIf(first_answered_ts IS NOT NULL)) AS answered,
    toNullable(countIf(first_answered_ts IS NULL AND abandoned_ts IS NOT NULL)) AS abandoned,
    toNullable(countIf(first_answered_ts IS NULL AND abandoned_ts <= created_ts + INTERVAL 5 SECOND)) AS abandoned_short,
    toNullable(countIf(first_answered_ts <= created_ts + INTERVAL 20 SECOND)) AS answered_in_threshold,
    toNullable(countIf(first_answered_ts IS NULL AND abandoned_ts <= created_ts + INTERVAL 20 SECOND)) AS abandoned_in_threshold,
    toNullable(sumIf(toFloat64(dateDiff('millisecond', created_ts, first_answered_ts)) / 1000, first_answered_ts IS NOT NULL)) AS sum_wait_answered_s
FROM snag_experience.support_contacts FINAL
WHERE direction = 'inbound' AND status != 'spam' AND (first_answered_ts IS NOT NULL OR abandoned_ts IS NOT NULL)
  AND source NOT IN (SELECT source FROM snag_experience.support_contact_intervals FINAL)
GROUP BY interval_start_ts, source, channel, queue, contact_reason;

CREATE VIEW IF NOT EXISTS snag_experience.metric_customers AS
SELECT segment, toDateTime64(period_start, 3, 'UTC') AS period_start_ts, dateDiff('day', period_start, period_end) AS days,
    customers_at_start, customers_lost
FROM snag_experience.active_customers FINAL;
