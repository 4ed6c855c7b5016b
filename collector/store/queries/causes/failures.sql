-- One row: a failure that a server or the way to it may be to blame for: its place (host and route; else the page), when it
-- was seen and by which visit, in the order of places and times.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}; five minutes around them are read too.
SELECT traffic_source, multiIf(route != '', route, kind = 'page_error', error_place, concat('page ', page_group)) AS place,
    toUnixTimestamp64Milli(ts) AS at_ms, toString(session_id) AS session
FROM snag_experience.friction_events FINAL
WHERE app = {app:String} AND ts >= {start:DateTime64(3)} - INTERVAL 5 MINUTE AND ts < {end:DateTime64(3)} + INTERVAL 5 MINUTE
  AND NOT is_bot AND NOT offline
  AND (
      (kind IN ('failed_action', 'error_page', 'error_click') AND (status IN (502, 503, 504) OR status BETWEEN 520 AND 530))
      OR (kind IN ('failed_action', 'error_click') AND route != '' AND status = 0)
      OR (kind = 'page_error' AND error_source = 'resource' AND NOT first_party)
  )
ORDER BY traffic_source, place, at_ms
