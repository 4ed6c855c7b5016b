-- One row: a site, a journey and a day (UTC) of visits that were written since its funnel was counted, or that was counted by
-- another definition; the newest day first. {since:DateTime64(3)}: no day before it.
SELECT visits.of_app AS app, d.journey AS journey, visits.of_day AS day
FROM (
    SELECT app AS of_app, toDate(hour) AS of_day, max(built_ts) AS written
    FROM snag_experience.friction_sessions
    WHERE hour >= {since:DateTime64(3)}
    GROUP BY of_app, of_day
) AS visits
CROSS JOIN (
    SELECT app AS for_app, journey, version FROM snag_experience.journey_definitions FINAL
) AS d
GLOBAL LEFT JOIN (
    SELECT app AS summed_app, journey AS summed_journey, day AS summed_day, max(built_ts) AS counted
    FROM snag_experience.funnel_steps_1d
    WHERE day >= toDate({since:DateTime64(3)})
    GROUP BY summed_app, summed_journey, summed_day
) AS sums ON summed_app = visits.of_app AND summed_journey = d.journey AND summed_day = visits.of_day
WHERE d.for_app IN ('', visits.of_app) AND (written >= counted OR d.version >= toUnixTimestamp64Milli(counted))
ORDER BY day DESC, app, journey
