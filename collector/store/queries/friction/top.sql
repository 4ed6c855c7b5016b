-- One row: a friction point (page group, kind, target), its sessions and events, and all sessions of the page.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}, {limit:UInt32}
WITH pages AS (
    SELECT page_group, uniqExact(session_id) AS page_sessions
    FROM snag_experience.page_views
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
      AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    GROUP BY page_group
)
SELECT f.page_group, f.kind, anyLast(f.target) AS element, f.target_name AS name,
       uniqExact(f.session_id) AS visits, sum(f.repeat_count) AS events, max(pages.page_sessions) AS page_sessions,
       min(f.ts) AS first_ts, max(f.ts) AS last_ts
FROM snag_experience.friction_events AS f FINAL
GLOBAL LEFT JOIN pages ON pages.page_group = f.page_group
WHERE f.app = {app:String} AND f.traffic_source IN {sources:Array(String)} AND f.kind != 'input_refused' AND NOT f.is_bot
  AND f.ts >= {start:DateTime64(3)} AND f.ts < {end:DateTime64(3)}
GROUP BY f.page_group, f.kind, f.target_name
ORDER BY visits DESC, events DESC
LIMIT {limit:UInt32}
