-- One row: a release that visitors of a site had first after {start:DateTime64(3)}, and when. Looked at is what came since
-- {back:DateTime64(3)}; what a site began with is no release of its own.
SELECT app, release, min(ts) AS first_seen
FROM snag_experience.page_views
WHERE ts >= {back:DateTime64(3)} AND release != '' AND traffic_source = 'rum' AND NOT is_bot
GROUP BY app, release
HAVING first_seen >= {start:DateTime64(3)}
   AND (app, first_seen) NOT IN (
       SELECT app, min(ts) FROM snag_experience.page_views
       WHERE ts >= {back:DateTime64(3)} AND traffic_source = 'rum' AND NOT is_bot GROUP BY app)
   AND count() >= {views:UInt32}
ORDER BY first_seen
