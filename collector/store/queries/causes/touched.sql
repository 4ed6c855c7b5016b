-- One row: an hour of which page views, friction or runs were stored since {since:DateTime64(3)}, and how many.
SELECT hour, sum(rows) AS events
FROM (
    SELECT toStartOfHour(ts) AS hour, count() AS rows FROM snag_experience.friction_events
    WHERE stored_ts >= {since:DateTime64(3)} GROUP BY hour
    UNION ALL
    SELECT toStartOfHour(ts) AS hour, count() FROM snag_experience.page_views
    WHERE stored_ts >= {since:DateTime64(3)} GROUP BY hour
    UNION ALL
    SELECT toStartOfHour(ts) AS hour, count() FROM snag_experience.journey_runs
    WHERE stored_ts >= {since:DateTime64(3)} GROUP BY hour
)
GROUP BY hour
ORDER BY hour
