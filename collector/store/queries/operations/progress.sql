-- One row: what is counted from the events, and up to which moment of storing.
SELECT name, max(through_ts) AS through
FROM snag_experience.rollup_progress
GROUP BY name
ORDER BY name
