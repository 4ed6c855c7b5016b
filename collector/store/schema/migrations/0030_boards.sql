-- What boards read of visits and moments: friction_score_by_session and friction_moments with the hour that the rows are
-- sorted by. Give it: `hour >= toStartOfHour(from) AND ts >= from`, so that a day is read and not all that is kept.

-- One row: a visit, calm or not; as friction_score_by_session, `ts` its first event.
CREATE VIEW IF NOT EXISTS snag_experience.board_visits AS
SELECT hour, start_ts AS ts, app, env, release, traffic_source, device, browser_family, country, variant, user_setting,
    session_id, weight, load, score, hit
FROM snag_experience.friction_sessions FINAL;

-- One row: a moment of friction; as friction_moments, but `ts` is when its visit began, so that the contributions of a time
-- sum to the friction score of the same visits; `at` is when it happened.
CREATE VIEW IF NOT EXISTS snag_experience.board_moments AS
SELECT m.hour AS hour, m.ts AS ts, m.at AS at, m.app AS app, m.env AS env, m.release AS release,
    m.traffic_source AS traffic_source, m.device AS device, m.session_id AS session_id, m.weight AS weight,
    m.kind AS kind, m.page_group AS page_group, m.journey AS journey, m.step AS step, m.target AS target,
    m.target_name AS target_name, m.fingerprint AS fingerprint,
    lower(leftPad(hex(m.fingerprint), 16, '0')) AS friction_point,
    if(o.cause_class != '', o.cause_class, m.cause_class) AS cause_class,
    if(o.cause_class != '', o.cause_sub, m.cause_sub) AS cause_sub,
    if(o.cause_class != '', 'override', m.cause_rule) AS cause_rule,
    m.severity AS severity, m.points AS points, m.events AS events, m.blocked AS blocked
FROM (
    SELECT hour, start_ts AS ts, `moments.ts` AS at, app, env, release, traffic_source, device, session_id, weight,
        `moments.kind` AS kind, `moments.page_group` AS page_group, `moments.journey` AS journey, `moments.step` AS step,
        `moments.target` AS target, `moments.target_name` AS target_name, `moments.fingerprint` AS fingerprint,
        `moments.cause_class` AS cause_class, `moments.cause_sub` AS cause_sub, `moments.cause_rule` AS cause_rule,
        `moments.severity` AS severity, if(s.load > 0, `moments.load` * s.score / s.load, 0) AS points,
        `moments.events` AS events, `moments.blocked` AS blocked
    FROM snag_experience.friction_sessions AS s FINAL
    ARRAY JOIN moments.ts, moments.kind, moments.page_group, moments.journey, moments.step, moments.target,
        moments.target_name, moments.fingerprint, moments.cause_class, moments.cause_sub, moments.cause_rule,
        moments.severity, moments.load, moments.events, moments.blocked
) AS m
GLOBAL LEFT JOIN snag_experience.cause_overrides_now AS o ON o.of_app = m.app AND o.of_fingerprint = m.fingerprint;
