-- One row: sessions; those that sought help, that searched in the help, that opened a way to contact; of those that
-- sought help the ones that agreed to be linked, and of these the ones in contact within 24 hours; searches in the help,
-- and those that failed: no result, another search, or a way to contact within five minutes, in the same session.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
WITH
    helped AS (
        SELECT session_id, min(ts) AS at, countIf(kind = 'help_search') > 0 AS searched,
            countIf(kind = 'contact_opened') > 0 AS opened, countIf(kind IN ('help_opened', 'help_search')) > 0 AS sought,
            max(consent = 'full') AS linkable
        FROM snag_experience.help_events FINAL
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
          AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
        GROUP BY session_id
    ),
    linked AS (
        SELECT DISTINCT helped.session_id AS session_id
        FROM snag_experience.metric_contacts AS c
        GLOBAL INNER JOIN helped ON substring(toString(helped.session_id), 1, 8) = substring(c.session_ref, 1, 8)
        WHERE c.session_ref != '' AND startsWith(toString(helped.session_id), c.session_ref)
          AND c.created_ts >= helped.at AND c.created_ts < helped.at + toIntervalHour({linked_hours:UInt16})
    ),
    steps AS (
        SELECT session_id, ts, kind FROM snag_experience.help_events FINAL
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
          AND kind IN ('help_search', 'contact_opened') AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
        UNION ALL
        SELECT session_id, ts, kind FROM snag_experience.friction_events FINAL
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
          AND kind = 'no_results' AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
          AND session_id IN (SELECT session_id FROM helped WHERE searched)
    ),
    searches AS (
        SELECT kind, ifNull(leadInFrame(toNullable(ts)) OVER w <= ts + INTERVAL 5 MINUTE, 0) AS failed
        FROM steps
        WINDOW w AS (PARTITION BY session_id ORDER BY ts ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)
    )
SELECT
    assumeNotNull((SELECT uniqExact(session_id) FROM snag_experience.page_views
     WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
       AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)})) AS sessions,
    countIf(helped.sought) AS sought_help, countIf(helped.searched) AS searched_help, countIf(helped.opened) AS opened_contact,
    countIf(helped.sought AND helped.opened) AS sought_and_opened, countIf(helped.sought AND linkable) AS linkable_sessions,
    countIf(helped.sought AND linkable AND session_id IN (SELECT session_id FROM linked)) AS in_contact,
    assumeNotNull((SELECT countIf(kind = 'help_search') FROM searches)) AS searches_made,
    assumeNotNull((SELECT countIf(kind = 'help_search' AND failed) FROM searches)) AS searches_failed
FROM helped
