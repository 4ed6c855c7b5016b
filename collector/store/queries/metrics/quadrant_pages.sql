-- One row: a page of {pages:Array(String)} and the visits that met friction there, as page_visits.sql counts those that came.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
WITH
    toStartOfDay(toStartOfHour({start:DateTime64(3)}) + INTERVAL 23 HOUR + INTERVAL 59 MINUTE + INTERVAL 59 SECOND) AS first_day,
    toStartOfDay({end:DateTime64(3)}) AS end_day
SELECT page_group, uniqMerge(sessions) AS hit
FROM (
    SELECT page_group, sessions FROM snag_experience.friction_1d FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group IN {pages:Array(String)}
      AND kind != 'input_refused' AND bucket >= toDate(first_day) AND bucket < toDate(end_day)
    UNION ALL
    SELECT page_group, sessions FROM snag_experience.friction_1h FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group IN {pages:Array(String)}
      AND kind != 'input_refused' AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
      AND (bucket < first_day OR bucket >= end_day)
)
GROUP BY page_group
