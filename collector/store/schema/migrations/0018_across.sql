-- Views that put contacts, surveys and what was observed side by side, and the loop from a contact's reason to a fix.

-- One row: a contact in the chain of its requester, on one channel of one matter (transfers on a channel are one), with
-- the one before and after it. Keys of before a rotation are joined to those after it.
CREATE VIEW IF NOT EXISTS snag_experience.metric_chains AS
WITH
    later AS (
        SELECT requester_key_before AS before, max(requester_key) AS after
        FROM snag_experience.support_contacts FINAL
        WHERE requester_key_before != toFixedString('', 16) AND requester_key != toFixedString('', 16)
        GROUP BY before
    ),
    touches AS (
        SELECT if(later.after = toFixedString('', 16), c.requester_key, later.after) AS requester,
            c.channel AS channel, min(c.created_ts) AS created_ts, argMin(c.contact_reason, c.created_ts) AS contact_reason
        FROM snag_experience.support_contacts AS c FINAL
        GLOBAL LEFT JOIN later ON later.before = c.requester_key
        WHERE c.direction = 'inbound' AND c.status NOT IN ('spam', 'merged') AND c.merged_into = ''
          AND c.requester_key != toFixedString('', 16)
        GROUP BY requester, channel, c.source, if(c.case_id = '', c.source_contact_id, c.case_id)
    )
SELECT created_ts, requester, channel, contact_reason,
    lagInFrame(toNullable(created_ts)) OVER w AS previous_ts, lagInFrame(toNullable(channel)) OVER w AS previous_channel,
    leadInFrame(toNullable(created_ts)) OVER w AS next_ts
FROM touches
WINDOW w AS (PARTITION BY requester ORDER BY created_ts, channel ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING);

CREATE TABLE IF NOT EXISTS snag_experience.feedback_links (
    link_id UUID COMMENT 'one loop from a reason of contacts to a friction point',
    version UInt64 COMMENT 'the highest one holds: time of the change in ms',
    is_deleted UInt8 DEFAULT 0 COMMENT '1: taken back',
    app LowCardinality(String) COMMENT 'the site',
    contact_reason LowCardinality(String) COMMENT 'why customers made contact',
    page_group LowCardinality(String) COMMENT 'page of the friction point',
    kind LowCardinality(String) COMMENT 'kind of its friction',
    target_name LowCardinality(String) COMMENT 'name of the element; empty: any',
    state LowCardinality(String) COMMENT 'found, owned, fixed or verified',
    began_ts DateTime64(3, 'UTC') COMMENT 'since when it has been so; the four weeks before say what is usual',
    owner String COMMENT 'team that has taken it on; no person',
    release LowCardinality(String) COMMENT 'release that is to have fixed it',
    fixed_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when that release went out',
    verified_ts Nullable(DateTime64(3, 'UTC')) COMMENT 'when friction and contacts were found back inside the band',
    changed_ts DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when this was noted'
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY link_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
