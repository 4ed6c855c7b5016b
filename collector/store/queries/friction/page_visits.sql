-- One row: a page of {pages:Array(String)} and its visits from {start:DateTime64(3)} to {end:DateTime64(3)}, from the counts of days,
-- and of hours at both ends. {app:String}, {sources:Array(String)}.
WITH
    toStartOfDay(toStartOfHour({start:DateTime64(3)}) + INTERVAL 23 HOUR + INTERVAL 59 MINUTE + INTERVAL 59 SECOND) AS first_day,
    toStartOfDay({end:DateTime64(3)}) AS end_day
SELECT page_group, uniqMerge(sessions) AS visits
FROM (
    SELECT page_group, sessions FROM snag_experience.pages_1d FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group IN {pages:Array(String)}
      AND bucket >= toDate(first_day) AND bucket < toDate(end_day)
    UNION ALL
    SELECT page_group, sessions FROM snag_experience.pages_1h FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group IN {pages:Array(String)}
      AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
      AND (bucket < first_day OR bucket >= end_day)
)
GROUP BY page_group
