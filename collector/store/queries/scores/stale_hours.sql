-- One row: an hour in which visits to a site began that were written since the sums of the hour were counted.
-- {since:DateTime64(3)}: no hour before it.
SELECT visits.of_app AS app, visits.of_hour AS hour
FROM (
    SELECT app AS of_app, hour AS of_hour, max(built_ts) AS written
    FROM snag_experience.friction_sessions
    WHERE hour >= {since:DateTime64(3)}
    GROUP BY of_app, of_hour
) AS visits
GLOBAL LEFT JOIN (
    SELECT app AS summed_app, hour AS summed_hour, max(built_ts) AS counted
    FROM snag_experience.friction_scores_1h
    WHERE hour >= {since:DateTime64(3)}
    GROUP BY summed_app, summed_hour
) AS sums ON summed_app = visits.of_app AND summed_hour = visits.of_hour
WHERE written >= counted
ORDER BY app, hour
