-- One row: a friction point of visits that began in the hours from {start:DateTime64(3)} to {end:DateTime64(3)}: its fingerprint,
-- page, kind, selector, name, the visits that met it, moments, events, what it adds to the scores (weighted), the cause of most
-- moments with its sort and rule, the worst severity, visits that left, first and last moment, the visits of its page.
-- {app:String}, {sources:Array(String)}, {limit:UInt32}, {point:UInt64} (0: all), {overridden:Array(UInt64)} and
-- {overridden_to:Array(String)}.
WITH
    toStartOfDay(toStartOfHour({start:DateTime64(3)}) + INTERVAL 23 HOUR + INTERVAL 59 MINUTE + INTERVAL 59 SECOND) AS first_day,
    toStartOfDay({end:DateTime64(3)}) AS end_day,
    points AS (
        SELECT fingerprint, any(page_group) AS page, any(kind) AS of_kind, any(target) AS element, any(target_name) AS name,
            sum(visits) AS met, sum(moments) AS all_moments, sum(events) AS all_events, sum(ws) AS adds,
            (argMax((cause_class, cause_sub, cause_rule), of_cause) AS said).1 AS class, said.2 AS sub, said.3 AS rule,
            max(worst) AS severity, sum(left_visits) AS gone, min(first_ts) AS began, max(last_ts) AS ended
        FROM (
            SELECT *, sum(moments) OVER (PARTITION BY fingerprint, cause_class, cause_sub, cause_rule) AS of_cause
            FROM snag_experience.friction_points_1h FINAL
            WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
              AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
              AND ({point:UInt64} = 0 OR fingerprint = {point:UInt64})
        )
        GROUP BY fingerprint
        ORDER BY adds DESC, met DESC, all_events DESC, fingerprint
        LIMIT {limit:UInt32}
    ),
    pages AS (
        SELECT page_group AS of_page, uniqMerge(sessions) AS page_visits
        FROM (
            SELECT page_group, sessions FROM snag_experience.pages_1d FINAL
            WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group IN (SELECT page FROM points)
              AND bucket >= toDate(first_day) AND bucket < toDate(end_day)
            UNION ALL
            SELECT page_group, sessions FROM snag_experience.pages_1h FINAL
            WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group IN (SELECT page FROM points)
              AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
              AND (bucket < first_day OR bucket >= end_day)
        )
        GROUP BY of_page
    )
SELECT fingerprint, page, of_kind, element, name, met, all_moments, all_events, adds,
    if(has({overridden:Array(UInt64)}, fingerprint), {overridden_to:Array(String)}[indexOf({overridden:Array(UInt64)}, fingerprint)], toString(class)) AS cause_class,
    if(has({overridden:Array(UInt64)}, fingerprint), '', toString(sub)) AS cause_sub,
    if(has({overridden:Array(UInt64)}, fingerprint), 'override', toString(rule)) AS cause_rule,
    severity, gone, began, ended, page_visits
FROM points
GLOBAL LEFT JOIN pages ON of_page = page
ORDER BY adds DESC, met DESC, all_events DESC, fingerprint
