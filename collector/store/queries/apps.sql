-- One row: a site and how many sessions were seen on it.
SELECT app, uniq(session_id) AS sessions
FROM snag_experience.page_views
GROUP BY app
ORDER BY sessions DESC
