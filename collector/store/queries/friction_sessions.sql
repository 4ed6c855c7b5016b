-- One row: a visit that had anything going on from {start:DateTime64(3)} to {end:DateTime64(3)}, as a row of friction_sessions:
-- its moments of friction, what they weigh, its load and score. {app:String}, {built:DateTime64(3)}, {version:UInt16},
-- {kinds:Array(String)} and {severities:Array(UInt8)}. A visit lasts at most four hours.
WITH
    views AS (
        SELECT session_id AS view_session, min(ts) AS first_ts, max(ts) AS last_ts, any(traffic_source) AS traffic_source, any(env) AS env,
            argMin(release, ts) AS release, any(device) AS device, any(browser_family) AS browser_family, any(country) AS country,
            anyIf(variant, variant != '') AS variant, anyIf(user_setting, user_setting != '') AS user_setting,
            max(sample_rate) AS rate
        FROM snag_experience.page_views
        WHERE app = {app:String} AND NOT is_bot
          AND ts >= {start:DateTime64(3)} - INTERVAL 4 HOUR AND ts < {end:DateTime64(3)} + INTERVAL 4 HOUR
        GROUP BY view_session
    ),
    judged AS (
        SELECT e.*, multiIf(x.cause_class != '', x.cause_class, c.cause_class != '', c.cause_class, 'unclassified') AS cause_class,
            if(x.cause_class != '', x.cause_sub, c.cause_sub) AS cause_sub,
            if(x.cause_class != '', x.cause_rule, c.cause_rule) AS cause_rule,
            transform(toString(e.kind), {kinds:Array(String)}, {severities:Array(UInt8)}, toUInt8(1)) AS usual,
            if(usual > 0 AND e.blocked, toUInt8(4), usual) AS severity
        FROM snag_experience.friction_events_with_fingerprint AS e
        GLOBAL LEFT JOIN (
            SELECT hour AS c_hour, traffic_source AS c_source, release AS c_release, fingerprint AS c_point,
                cause_class, cause_sub, cause_rule
            FROM snag_experience.friction_causes FINAL
            WHERE app = {app:String} AND hour >= {start:DateTime64(3)} - INTERVAL 5 HOUR AND hour < {end:DateTime64(3)} + INTERVAL 4 HOUR
        ) AS c ON c.c_hour = e.hour AND c.c_source = e.traffic_source AND c.c_release = e.release AND c.c_point = e.fingerprint
        GLOBAL LEFT JOIN (
            SELECT hour AS x_hour, session_id AS x_session, event_id AS x_event, cause_class, cause_sub, cause_rule
            FROM snag_experience.event_causes FINAL
            WHERE app = {app:String} AND hour >= {start:DateTime64(3)} - INTERVAL 5 HOUR AND hour < {end:DateTime64(3)} + INTERVAL 4 HOUR
        ) AS x ON x.x_hour = e.hour AND x.x_session = e.session_id AND x.x_event = e.event_id
        WHERE e.app = {app:String} AND NOT e.is_bot
          AND e.ts >= {start:DateTime64(3)} - INTERVAL 4 HOUR AND e.ts < {end:DateTime64(3)} + INTERVAL 4 HOUR
    ),
    numbered AS (
        SELECT *, sum(is_new) OVER (PARTITION BY session_id, page_group, target ORDER BY ts, event_id) AS number
        FROM (
            SELECT *, dateDiff('millisecond', lagInFrame(ts, 1, toDateTime64(0, 3, 'UTC')) OVER (
                PARTITION BY session_id, page_group, target ORDER BY ts, event_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), ts) > 10000 AS is_new
            FROM judged WHERE severity > 0
        )
    ),
    moments AS (
        SELECT session_id, page_group, target, min(ts) AS at, max(ts) AS until,
            argMax((kind, journey, step, target_name, fingerprint), (severity, usual, repeat_count)) AS lead,
            argMax((cause_class, cause_sub, cause_rule), (cause_class != 'unclassified', severity, usual)) AS cause,
            max(severity) AS worst, toUInt32(count()) AS of_events, max(blocked) AS is_blocked,
            max(sample_rate) AS rate, any(traffic_source) AS traffic_source, any(env) AS env, any(release) AS release,
            any(device) AS device, any(browser_family) AS browser_family, any(country) AS country
        FROM numbered
        GROUP BY session_id, page_group, target, number
    ),
    weighed AS (
        SELECT *, row_number() OVER (PARTITION BY session_id, page_group, lead.1 ORDER BY at, target) AS place,
            if(place > 3 OR cause.2 = 'client_network' OR cause.3 = 'R0', 0, [1, 3, 6, 10][worst]) AS points
        FROM moments
    ),
    met AS (
        SELECT session_id AS met_session, min(at) AS first_ts, max(until) AS last_ts, max(rate) AS met_rate, any(traffic_source) AS met_source,
            any(env) AS met_env, argMin(release, at) AS met_release, any(device) AS met_device,
            any(browser_family) AS met_browser, any(country) AS met_country, sum(points) AS load,
            max(points > 0 AND worst >= 2) AS hit,
            arraySort(groupArray((at, lead.1, page_group, lead.2, lead.3, target, lead.4, lead.5, cause.1, cause.2, cause.3,
                worst, points, of_events, is_blocked))) AS list
        FROM weighed
        GROUP BY met_session
    )
SELECT {app:String} AS of_app, toStartOfHour(began) AS of_hour, if(v.rate > 0, v.view_session, m.met_session) AS of_session,
    multiIf(v.rate = 0, m.first_ts, m.met_rate = 0, v.first_ts, least(v.first_ts, m.first_ts)) AS began,
    greatest(v.last_ts, m.last_ts) AS ended, if(v.rate > 0, v.traffic_source, m.met_source) AS of_source,
    if(v.rate > 0, v.env, m.met_env) AS of_env, if(v.rate > 0, v.release, m.met_release) AS of_release,
    if(v.rate > 0, v.device, m.met_device) AS of_device, if(v.rate > 0, v.browser_family, m.met_browser) AS of_browser,
    if(v.rate > 0, v.country, m.met_country) AS of_country, v.variant AS of_variant, v.user_setting AS of_setting,
    1 / greatest(v.rate, m.met_rate) AS counts, toFloat64(m.load) AS all_load, 10 * least(all_load, 10) AS points, m.hit AS is_hit,
    {version:UInt16} AS by_version,
    list.1, list.2, list.3, list.4, list.5, list.6, list.7, list.8, list.9, list.10, list.11, list.12, list.13, list.14, list.15,
    {built:DateTime64(3)} AS at_built
FROM views AS v
FULL OUTER JOIN met AS m ON m.met_session = v.view_session
WHERE ended >= {start:DateTime64(3)} AND began < {end:DateTime64(3)}
