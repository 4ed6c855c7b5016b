-- One row: a kind, class, page or target (`dimension`) with what its moments add to the scores of their visits, weighted:
-- divided by the sum of the visits' weights it is its share of the friction score. Sums per dimension are equal.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}, {releases:Array(String)}: these alone,
-- empty: all; {overridden:Array(UInt64)} and {overridden_to:Array(String)}: what people say of friction points.
SELECT
    multiIf(grouping(kind) = 0, 'kind', grouping(cause) = 0, 'class', grouping(target) = 0, 'target', 'page') AS dimension,
    multiIf(dimension = 'kind', toString(any(kind)), dimension = 'class', any(cause), toString(page_group)) AS value,
    toString(any(target)) AS of_target,
    sum(points) AS ws, count() AS moments, sum(severity >= 2) AS severe
FROM (
    SELECT `moments.kind` AS kind, `moments.page_group` AS page_group,
        if(`moments.target_name` != '', `moments.target_name`, `moments.target`) AS target, `moments.severity` AS severity,
        transform(`moments.fingerprint`, {overridden:Array(UInt64)}, {overridden_to:Array(String)}, toString(`moments.cause_class`)) AS cause,
        weight * score / load * `moments.load` AS points
    FROM snag_experience.friction_sessions FINAL
    ARRAY JOIN moments.kind, moments.page_group, moments.target, moments.target_name, moments.severity, moments.fingerprint,
        moments.cause_class, moments.load
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND load > 0
      AND hour >= toStartOfHour({start:DateTime64(3)}) AND start_ts >= {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)}
      AND (empty({releases:Array(String)}) OR release IN {releases:Array(String)})
)
GROUP BY GROUPING SETS ((kind), (cause), (page_group), (page_group, target))
ORDER BY dimension, ws DESC
