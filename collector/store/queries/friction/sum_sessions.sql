-- One row: a visit that had anything going on from {start:DateTime64(3)} to {end:DateTime64(3)}, as a row of friction_sessions:
-- its moments of friction, what they weigh, its load and score. {app:String}, {built:DateTime64(3)}, {version:UInt16},
-- {kinds:Array(String)} and {severities:Array(UInt8)}. A visit lasts at most {visit_hours:UInt8} hours.
WITH
    views AS (
        SELECT session_id AS view_session, min(ts) AS first_ts, max(ts) AS last_ts, any(traffic_source) AS traffic_source, any(env) AS env,
            argMin(release, ts) AS release, any(device) AS device, any(browser_family) AS browser_family, any(country) AS country,
            anyIf(variant, variant != '') AS variant, anyIf(user_setting, user_setting != '') AS user_setting,
            max(if(sample_rate > 0, sample_rate, 1)) AS rate
        FROM snag_experience.page_views
        WHERE app = {app:String} AND NOT is_bot
          AND ts >= {start:DateTime64(3)} - toIntervalHour({visit_hours:UInt8}) AND ts < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
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
            WHERE app = {app:String} AND hour >= {start:DateTime64(3)} - toIntervalHour({visit_hours:UInt8} + 1) AND hour < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
        ) AS c ON c.c_hour = e.hour AND c.c_source = e.traffic_source AND c.c_release = e.release AND c.c_point = e.fingerprint
        GLOBAL LEFT JOIN (
            SELECT hour AS x_hour, session_id AS x_session, event_id AS x_event, cause_class, cause_sub, cause_rule
            FROM snag_experience.event_causes FINAL
            WHERE app = {app:String} AND hour >= {start:DateTime64(3)} - toIntervalHour({visit_hours:UInt8} + 1) AND hour < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
        ) AS x ON x.x_hour = e.hour AND x.x_session = e.session_id AND x.x_event = e.event_id
        WHERE e.app = {app:String} AND NOT e.is_bot
          AND e.ts >= {start:DateTime64(3)} - toIntervalHour({visit_hours:UInt8}) AND e.ts < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
    ),
    numbered AS (
        SELECT *, sum(is_new) OVER (PARTITION BY session_id, page_group, target ORDER BY ts, event_id) AS number
        FROM (
            SELECT *, dateDiff('millisecond', lagInFrame(ts, 1, toDateTime64(0, 3, 'UTC')) OVER (
                PARTITION BY session_id, page_group, target ORDER BY ts, event_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), ts) > {moment_ms:UInt32} AS is_new
            FROM judged WHERE severity > 0
        )
    ),
    moments AS (
        SELECT session_id, page_group, target, min(ts) AS at, max(ts) AS until,
            argMax((kind, journey, step, target_name, fingerprint), (severity, usual, repeat_count)) AS lead,
            argMax((cause_class, cause_sub, cause_rule), (cause_class != 'unclassified', severity, usual)) AS cause,
            max(severity) AS worst, toUInt32(count()) AS of_events, max(blocked) AS is_blocked,
            max(if(sample_rate > 0, sample_rate, 1)) AS rate, any(traffic_source) AS traffic_source, any(env) AS env, any(release) AS release,
            any(device) AS device, any(browser_family) AS browser_family, any(country) AS country
        FROM numbered
        GROUP BY session_id, page_group, target, number
    ),
    weighed AS (
        SELECT *, row_number() OVER (PARTITION BY session_id, page_group, lead.1 ORDER BY at, target) AS place,
            if(place > {of_a_kind:UInt8} OR cause.2 = 'client_network' OR cause.3 = 'R0', 0, {weights:Array(Float32)}[worst]) AS points
        FROM moments
    ),
    met AS (
        SELECT session_id AS met_session, min(at) AS first_ts, max(until) AS last_ts, max(rate) AS met_rate,
            any(traffic_source) AS met_source, any(env) AS met_env, argMin(release, at) AS met_release, any(device) AS met_device,
            any(browser_family) AS met_browser, any(country) AS met_country, toFloat64(sum(points)) AS met_load,
            toUInt8(max(points > 0 AND worst >= {struggled:UInt8})) AS met_hit,
            CAST(arraySort(groupArray((at, lead.1, page_group, lead.2, lead.3, target, lead.4, lead.5, cause.1, cause.2, cause.3,
                worst, points, of_events, is_blocked))), 'Array(Tuple(DateTime64(3, \'UTC\'), String, String, String, String, String, String, UInt64, String, String, String, UInt8,
                Float32, UInt32, Bool))') AS met_list
        FROM weighed
        GROUP BY met_session
    )
SELECT {app:String} AS of_app, toStartOfHour(min(first)) AS of_hour, one, min(first) AS began, max(last) AS ended,
    argMax(source, is_view) AS of_source, argMax(in_env, is_view) AS of_env, argMax(of_release, is_view) AS by_release,
    argMax(on_device, is_view) AS of_device, argMax(by_browser, is_view) AS of_browser, argMax(from_country, is_view) AS of_country,
    max(by_variant) AS of_variant, max(by_setting) AS of_setting, 1 / max(sampled) AS counts,
    max(weighs) AS all_load, 100 * least(all_load, {full_load:Float64}) / {full_load:Float64} AS score_of_it, max(is_hit) AS was_hit, {version:UInt16} AS by_version,
    (argMin(list, is_view) AS all_list).1, all_list.2, all_list.3, all_list.4, all_list.5, all_list.6, all_list.7, all_list.8,
    all_list.9, all_list.10, all_list.11, all_list.12, all_list.13, all_list.14, all_list.15, {built:DateTime64(3)} AS at_built
FROM (
    SELECT 1 AS is_view, view_session AS one, first_ts AS first, last_ts AS last, traffic_source AS source, env AS in_env,
        release AS of_release, device AS on_device, browser_family AS by_browser, country AS from_country, variant AS by_variant,
        user_setting AS by_setting, rate AS sampled, toFloat64(0) AS weighs, toUInt8(0) AS is_hit,
        CAST([], 'Array(Tuple(DateTime64(3, \'UTC\'), String, String, String, String, String, String, UInt64, String, String, String, UInt8,
                Float32, UInt32, Bool))') AS list
    FROM views
    UNION ALL
    SELECT 0, met_session, first_ts, last_ts, met_source, met_env, met_release, met_device, met_browser, met_country, '', '',
        met_rate, met_load, met_hit, met_list
    FROM met
)
GROUP BY one
HAVING ended >= {start:DateTime64(3)} AND began < {end:DateTime64(3)}
