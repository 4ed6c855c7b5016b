-- One row: a friction point that visits with release {after:String} met and those with {before:String} did not: fingerprint,
-- page, kind, element, visits, class and rule, the most visits first. {app:String}, {start:DateTime64(3)},
-- {end:DateTime64(3)}, {sources:Array(String)}.
SELECT fingerprint, any(page_group) AS page, any(kind) AS of_kind, any(if(target_name != '', target_name, target)) AS element,
    sum(visits) AS met, (argMax(cause_class, moments), argMax(cause_rule, moments)) AS cause
FROM snag_experience.friction_points_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)} AND release IN ({before:String}, {after:String})
GROUP BY fingerprint
HAVING countIf(release = {before:String}) = 0 AND sum(ws) > 0
ORDER BY met DESC, fingerprint
LIMIT 10
