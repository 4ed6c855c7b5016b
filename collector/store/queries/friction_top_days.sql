-- As friction_top.sql, from the hours: {start:DateTime64(3)} and {end:DateTime64(3)} count in whole hours.
WITH pages AS (
    SELECT page_group, uniqMerge(sessions) AS page_sessions
    FROM snag_experience.pages_1h FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
      AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
    GROUP BY page_group
)
SELECT f.page_group, f.kind, '' AS element, f.target_name AS name,
       uniqMerge(f.sessions) AS found, sum(f.repeats) AS times, max(pages.page_sessions) AS page_sessions,
       toDateTime64(min(f.bucket), 3, 'UTC') AS first_ts, toDateTime64(max(f.bucket), 3, 'UTC') AS last_ts
FROM snag_experience.friction_1h AS f FINAL
GLOBAL LEFT JOIN pages ON pages.page_group = f.page_group
WHERE f.app = {app:String} AND f.traffic_source IN {sources:Array(String)}
  AND f.bucket >= toStartOfHour({start:DateTime64(3)}) AND f.bucket < {end:DateTime64(3)}
GROUP BY f.page_group, f.kind, f.target_name
ORDER BY found DESC, times DESC
LIMIT {limit:UInt32}
