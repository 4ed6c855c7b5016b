-- One row: a day, start in seconds since 1970 (UTC), its contacts of a reason, its sessions that met a friction point,
-- its sessions on that page. {app:String}, {reason:String}, {page:String}, {kind:String}, {target:String} (empty: any),
-- {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT toUnixTimestamp(toStartOfDay(ts)) AS start_s, sum(n.contacts) AS contacts,
    uniqExactIf(n.hit, n.hit != toUUID('00000000-0000-0000-0000-000000000000')) AS hit,
    uniqExactIf(seen, seen != toUUID('00000000-0000-0000-0000-000000000000')) AS sessions
FROM (
    SELECT created_ts AS ts, 1 AS contacts, toUUID('00000000-0000-0000-0000-000000000000') AS hit,
        toUUID('00000000-0000-0000-0000-000000000000') AS seen
    FROM snag_experience.metric_contacts
    WHERE contact_reason = {reason:String} AND created_ts >= {start:DateTime64(3)} AND created_ts < {end:DateTime64(3)}
    UNION ALL
    SELECT ts, 0, session_id, toUUID('00000000-0000-0000-0000-000000000000') FROM snag_experience.friction_events
    WHERE app = {app:String} AND page_group = {page:String} AND kind = {kind:String} AND {target:String} IN ('', target_name)
      AND traffic_source IN {sources:Array(String)} AND NOT is_bot AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    UNION ALL
    SELECT ts, 0, toUUID('00000000-0000-0000-0000-000000000000'), session_id FROM snag_experience.page_views
    WHERE app = {app:String} AND page_group = {page:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
      AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
) AS n
GROUP BY start_s
ORDER BY start_s
