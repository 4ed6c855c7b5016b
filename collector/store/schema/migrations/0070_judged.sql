-- Which times were evaluated for contact surges, so that "as usual" is said of no other.

CREATE TABLE IF NOT EXISTS snag_experience.contacts_judged (
    app LowCardinality(String) COMMENT 'name of the site',
    sources LowCardinality(String) COMMENT 'whose visits were counted: rum, or rum,simulated',
    hour_ts DateTime('UTC') COMMENT 'the hour that until_ts is in: the last evaluation of each outcome in it is kept',
    outcome LowCardinality(String) COMMENT 'judged, or missing: there was too little to say anything',
    since_ts DateTime64(3, 'UTC') COMMENT 'start of the evaluated time',
    through_ts DateTime64(3, 'UTC') COMMENT 'its end: contacts were complete up to here; of a missing one equal to since_ts',
    until_ts DateTime64(3, 'UTC') COMMENT 'end of the time in question',
    judged_ts DateTime64(3, 'UTC') COMMENT 'when it was evaluated; the newest row counts',
    missing String COMMENT 'what was missing, in a sentence; empty: nothing'
) ENGINE = ReplacingMergeTree(judged_ts)
ORDER BY (app, sources, hour_ts, outcome)
TTL toDateTime(judged_ts) + INTERVAL 760 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
