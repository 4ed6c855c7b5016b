-- One row: a friction point, or with {by:String} page, target, kind, class or release all moments of that value: visits that
-- met it, its moments and events, what it adds to the scores of the visits (weighted), the class that most of them have with
-- its sort and rule, first and last time, and for a point the visits on its page. Most added first.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}, {limit:UInt32}, {point:UInt64} (0: all),
-- {overridden:Array(UInt64)}, {overridden_to:Array(String)}.
WITH
    pages AS (
        SELECT page_group, uniqExact(session_id) AS page_visits
        FROM snag_experience.page_views
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
          AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
        GROUP BY page_group
    ),
    met AS (
        SELECT session_id, release, weight, `moments.ts` AS at, `moments.kind` AS kind, `moments.page_group` AS page_group,
            `moments.target` AS target, `moments.target_name` AS target_name, `moments.fingerprint` AS point,
            transform(`moments.fingerprint`, {overridden:Array(UInt64)}, {overridden_to:Array(String)}, toString(`moments.cause_class`)) AS cause,
            if(has({overridden:Array(UInt64)}, `moments.fingerprint`), '', toString(`moments.cause_sub`)) AS sub,
            if(has({overridden:Array(UInt64)}, `moments.fingerprint`), 'override', toString(`moments.cause_rule`)) AS rule,
            `moments.severity` AS severity, `moments.events` AS events, `moments.blocked` AS blocked,
            if(load > 0, weight * score / load * `moments.load`, 0) AS points
        FROM snag_experience.friction_sessions FINAL
        ARRAY JOIN moments.ts, moments.kind, moments.page_group, moments.target, moments.target_name, moments.fingerprint,
            moments.cause_class, moments.cause_sub, moments.cause_rule, moments.severity, moments.events, moments.load, moments.blocked
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
          AND hour >= toStartOfHour({start:DateTime64(3)}) AND start_ts >= {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)}
          AND ({point:UInt64} = 0 OR `moments.fingerprint` = {point:UInt64})
    )
SELECT multiIf({by:String} = 'page', toString(page_group),
        {by:String} = 'target', concat(page_group, ' ', if(target_name != '', target_name, target)),
        {by:String} = 'kind', toString(kind), {by:String} = 'class', cause, {by:String} = 'release', toString(release),
        toString(point)) AS value,
    any(point) AS a_point, any(m.page_group) AS a_page, any(kind) AS a_kind, anyLast(target) AS a_target,
    anyLast(target_name) AS a_name, uniqExact(session_id) AS visits, count() AS moments, sum(events) AS all_events,
    sum(points) AS ws, topK(1)((cause, sub, rule))[1] AS found, max(severity) AS worst, uniqExactIf(session_id, blocked) AS left,
    min(at) AS first_ts, max(at) AS last_ts, max(page_visits) AS of_page
FROM met AS m
GLOBAL LEFT JOIN pages ON pages.page_group = m.page_group
GROUP BY value
ORDER BY ws DESC, visits DESC, all_events DESC, value
LIMIT {limit:UInt32}
