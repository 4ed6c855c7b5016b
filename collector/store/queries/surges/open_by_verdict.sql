-- One row: a site, a verdict, and how many of its surges stand that ended after {since:DateTime64(3)}.
SELECT app, verdict, count() AS surges
FROM snag_experience.contact_surges_now
WHERE state = 'standing' AND end_ts > {since:DateTime64(3)}
GROUP BY app, verdict
ORDER BY app, verdict
