-- One row: a friction point at which something was refused: in how many visits, of how many that were at its step, and of
-- how many that were on its page at all. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {points:Array(UInt64)}.
WITH
    refused AS (
        SELECT traffic_source, release, fingerprint, page_group, step, uniqExact(session_id) AS hit
        FROM snag_experience.friction_events_with_fingerprint
        WHERE app = {app:String} AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} AND NOT is_bot
          AND fingerprint IN {points:Array(UInt64)}
        GROUP BY traffic_source, release, fingerprint, page_group, step
    ),
    shown AS (
        SELECT traffic_source, release, page_group, step, uniqExact(session_id) AS sessions
        FROM snag_experience.page_views
        WHERE app = {app:String} AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} AND NOT is_bot
          AND page_group IN (SELECT page_group FROM refused)
        GROUP BY GROUPING SETS ((traffic_source, release, page_group, step), (traffic_source, release, page_group))
    )
SELECT r.traffic_source, r.release, r.fingerprint, r.hit, maxIf(s.sessions, s.step = r.step AND r.step != '') AS at_step,
    max(s.sessions) AS on_page
FROM refused AS r
GLOBAL LEFT JOIN shown AS s ON s.traffic_source = r.traffic_source AND s.release = r.release AND s.page_group = r.page_group
GROUP BY r.traffic_source, r.release, r.fingerprint, r.hit
