-- One row: a step of the journey {journey:String}: its name and place, the visits that reached it and went on (counted, and
-- weighted by 1/sample_rate), those that completed the journey, median and 95th percentile of the seconds until the next step,
-- the sums of friction scores in it, linkable visits and those of them in contact within 24 hours.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
WITH
    visits AS (
        SELECT session_id, weight, steps, reached, completed
        FROM snag_experience.journey_visits
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND journey = {journey:String}
          AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    ),
    met AS (
        SELECT session_id AS met_session, `moments.ts` AS at, `moments.load` AS loads, `moments.severity` AS severities
        FROM snag_experience.friction_sessions FINAL
        WHERE app = {app:String} AND hour >= toStartOfHour({start:DateTime64(3)}) - toIntervalHour({visit_hours:UInt8}) AND hour < {end:DateTime64(3)}
    ),
    agreed AS (
        SELECT session_id AS agreed_session, min(ts) AS began, 1 AS linkable
        FROM snag_experience.page_views
        WHERE app = {app:String} AND consent = 'full' AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
        GROUP BY session_id
    ),
    linked AS (
        SELECT DISTINCT agreed_session AS linked_session, 1 AS called
        FROM snag_experience.support_contacts AS c FINAL
        GLOBAL INNER JOIN agreed ON substring(toString(agreed_session), 1, 8) = substring(c.session_ref, 1, 8)
        WHERE c.session_ref != '' AND startsWith(toString(agreed_session), c.session_ref)
          AND c.created_ts >= began AND c.created_ts < began + toIntervalHour({linked_hours:UInt16})
    )
SELECT position, any(steps[position]) AS step, count() AS visits, sum(weight) AS w, countIf(is_done) AS done, sumIf(weight, is_done) AS w_done, countIf(completed) AS through,
    quantileExactIf(0.5)(took_s, took_s BETWEEN 0 AND 900) AS median_s, quantileExactIf(0.95)(took_s, took_s BETWEEN 0 AND 900) AS p95_s,
    sum(weight * weight) AS ww, sum(weight * score) AS ws, sum(weight * weight * score) AS wws,
    sum(weight * weight * score * score) AS wwss, countIf(score > 0) AS hits, countIf(is_hit) AS struggled,
    sumIf(weight, is_hit) AS w_struggled, sum(linked_visits.linkable) AS linkable, sum(called) AS callers
FROM (
    SELECT v.weight AS weight, v.steps AS steps, v.completed AS completed, position, position < length(reached) OR completed AS is_done,
        if(position < length(reached), dateDiff('millisecond', reached[position], reached[position + 1]) / 1000, -1) AS took_s,
        arrayMap((t, l) -> if(t >= reached[position] AND (position = length(reached) OR t < reached[position + 1]), l, 0), at, loads) AS here,
        100 * least(arraySum(here), {full_load:Float64}) / {full_load:Float64} AS score,
        arrayExists((l, s) -> l > 0 AND s >= {struggled:UInt8}, here, severities) AS is_hit, linkable, called
    FROM visits AS v
    LEFT JOIN met ON met_session = v.session_id
    LEFT JOIN agreed ON agreed_session = v.session_id
    LEFT JOIN linked ON linked_session = v.session_id
    ARRAY JOIN arrayEnumerate(reached) AS position
) AS linked_visits
GROUP BY position
ORDER BY position
