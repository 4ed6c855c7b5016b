-- One row: a friction point of {kind:String} on {page_group:String}: its fingerprint, the element's name and selector, and the
-- visits that met it, the most first. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT fingerprint, any(target_name) AS name, any(target) AS selector, uniqExact(session_id) AS visits
FROM snag_experience.friction_events_with_fingerprint
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
  AND page_group = {page_group:String} AND kind = {kind:String}
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY fingerprint
ORDER BY visits DESC, fingerprint
LIMIT 3
