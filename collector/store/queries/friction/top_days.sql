-- As friction_top.sql, from the counts of days, and of hours at both ends: {start:DateTime64(3)} and
-- {end:DateTime64(3)} count in whole hours.
WITH
    toStartOfHour({start:DateTime64(3)}) AS first,
    toStartOfDay(first + INTERVAL 23 HOUR + INTERVAL 59 MINUTE + INTERVAL 59 SECOND) AS first_day,
    toStartOfDay({end:DateTime64(3)}) AS end_day,
    friction AS (
        SELECT page_group, kind, target_name, sessions, repeats, toDateTime(bucket, 'UTC') AS at
        FROM snag_experience.friction_1d FINAL
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
          AND bucket >= toDate(first_day) AND bucket < toDate(end_day)
        UNION ALL
        SELECT page_group, kind, target_name, sessions, repeats, bucket
        FROM snag_experience.friction_1h FINAL
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
          AND bucket >= first AND bucket < {end:DateTime64(3)} AND (bucket < first_day OR bucket >= end_day)
    ),
    pages AS (
        SELECT page_group, uniqMerge(sessions) AS page_sessions
        FROM (
            SELECT page_group, sessions FROM snag_experience.pages_1d FINAL
            WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
              AND bucket >= toDate(first_day) AND bucket < toDate(end_day)
            UNION ALL
            SELECT page_group, sessions FROM snag_experience.pages_1h FINAL
            WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
              AND bucket >= first AND bucket < {end:DateTime64(3)} AND (bucket < first_day OR bucket >= end_day)
        )
        GROUP BY page_group
    )
SELECT f.page_group, f.kind, '' AS element, f.target_name AS name,
       uniqMerge(f.sessions) AS visits, sum(f.repeats) AS events, max(pages.page_sessions) AS page_sessions,
       toDateTime64(min(f.at), 3, 'UTC') AS first_ts, toDateTime64(max(f.at), 3, 'UTC') AS last_ts
FROM friction AS f
GLOBAL LEFT JOIN pages ON pages.page_group = f.page_group
GROUP BY f.page_group, f.kind, f.target_name
ORDER BY visits DESC, events DESC
LIMIT {limit:UInt32}
