-- One row: a site and about how many pages were looked at on it.
SELECT app, count() AS views
FROM snag_experience.page_views
GROUP BY app
ORDER BY views DESC
